import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import deShare from './de/share.json';
import deStaff from './de/staff.json';
import enShare from './en/share.json';
import enStaff from './en/staff.json';
import { speak, t, tIn } from './index';
import { firstOf, languageOf } from './language';

const source = new URL('../', import.meta.url).pathname;
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }));
const pages = ['index.html', 'share.html'].map((name) => readFileSync(join(source, '..', name), 'utf8'));
const all = [...files.map((file) => file.text), ...pages].join('\n');
/** `read.tool.${…}` uses every key that begins so. */
const prefixesOf = (text: string): readonly string[] => [...text.matchAll(/`([a-z]+\.(?:[a-zA-Z]+\.)*)\$\{/g)].map((match) => match[1] ?? '');
const uses = (text: string, key: string): boolean => text.includes(`'${key}'`) || text.includes(` ${key}}}`) || prefixesOf(text).some((prefix) => prefix !== '' && key.startsWith(prefix));

/** What a page consists of: the file it begins with, and all that is imported from there. */
function partsOf(start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = readFileSync(join(source, name), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const base = normalize(join(dirname(name), path));
      const file = [`${base}.ts`, `${base}.tsx`, join(base, 'index.ts')].find((one) => existsSync(join(source, one)));
      if (file !== undefined) waiting.push(file);
    }
  }
  return found;
}

const en: Readonly<Record<string, string>> = { ...enShare, ...enStaff };

test('no word waits for a page that does not use it', () => {
  expect(Object.keys(en).filter((key) => key !== 'locale' && !uses(all, key))).toEqual([]);
});

test('no word stands in both files of a language', () => {
  expect(Object.keys(enShare).filter((key) => Object.hasOwn(enStaff, key))).toEqual([]);
});

test('the share page says nothing that only staff have words for', () => {
  const share = [...partsOf('mainShare.ts')].map((name) => readFileSync(join(source, name), 'utf8')).join('\n');
  expect(Object.keys(enStaff).filter((key) => uses(share, key))).toEqual([]);
});

const holes = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).toSorted();

test.each([['share', enShare, deShare], ['staff', enStaff, deStaff]] as const)('%s.json has the same keys in the same order in both languages', (_, english: Readonly<Record<string, string>>, german: Readonly<Record<string, string>>) => {
  expect(Object.keys(german)).toEqual(Object.keys(english));
  expect(Object.entries(german).filter(([key, text]) => holes(text).join() !== holes(english[key] ?? '').join()).map(([key]) => key)).toEqual([]);
  expect(Object.entries(german).filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
});

test('every visible word is in the table', () => {
  const loose = files.flatMap(({ name, text }) =>
    [...text.matchAll(/(?:>|aria-label="|title="|placeholder=")\s*([A-Z][a-z]+[^<>{}"=;()]*)\s*(?:<\/|"|\{)/g)].map((match) => `${name}: ${match[1]}`),
  );
  expect(loose).toEqual([]);
});

test('names in braces are filled in, unknown ones stay to be seen', () => {
  expect(t('picture.position', { index: 12, count: 160 })).toBe('Picture 12 of 160');
  expect(t('picture.position', { index: 12 })).toBe('Picture 12 of {count}');
});

test('another language is spoken from then on, and any can be asked for', () => {
  speak('de');
  expect(t('door.open')).toBe('Weiter');
  speak('en');
  expect(t('door.open')).toBe('Continue');
  expect(tIn('de', 'purpose.treatment')).toBe('Behandlung');
});

test.each([
  [['de-AT', 'en'], 'de'], [['fr-FR', 'de'], 'de'], [['fr'], 'en'], [[], 'en'], [['EN-us'], 'en'], [['deutsch'], 'en'],
])('a browser that asks for %j reads %s', (wanted, language) => expect(firstOf(wanted)).toBe(language));

test('a tag names its language', () => {
  expect(languageOf('de-CH-1996')).toBe('de');
  expect(languageOf('')).toBeNull();
});
