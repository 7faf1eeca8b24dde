import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import en from './en.json';
import { t } from './index';

const source = new URL('../', import.meta.url).pathname;
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }));
const all = files.map((file) => file.text).join('\n');
/** `read.tool.${…}` uses every key that begins so. */
const prefixes = [...all.matchAll(/`([a-z]+\.(?:[a-zA-Z]+\.)*)\$\{/g)].map((match) => match[1] ?? '');

test('no word waits for a page that does not use it', () => {
  const unused = Object.keys(en).filter((key) => key !== 'locale' && !all.includes(`'${key}'`) && !prefixes.some((prefix) => prefix !== '' && key.startsWith(prefix)));
  expect(unused).toEqual([]);
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
