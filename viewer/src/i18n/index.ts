/**
 * Every visible word, by key. A language is a folder with two files: what the share page says, bundled with it in all
 * languages so that a link opens without waiting for words, and what only staff read (`staff.ts`).
 */
import deShare from './de/share.json';
import enShare from './en/share.json';
import type enStaff from './en/staff.json';
import { languages, type Language } from './language';

export { languages, type Language } from './language';

export type Word = keyof typeof enShare | keyof typeof enStaff;
type Words = Readonly<Record<string, string>>;

const known: Record<Language, Words> = { en: enShare, de: deShare };
let spoken: Language = languages[0];

/** Adds words to a language. */
export function teach(language: Language, words: Words): void {
  known[language] = { ...known[language], ...words };
}

/** From now on words are of this language. Whoever shows words draws them again. */
export function speak(language: Language): void {
  spoken = language;
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

export const language = (): Language => spoken;

/** For dates and numbers. */
export const locale = (): string => known[spoken]['locale'] ?? spoken;

export const isWord = (key: string): key is Word => Object.hasOwn(known[spoken], key);

/** The words of a key with `{names}` filled in, in a language of choice. */
export function tIn(language: Language, word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return (known[language][word] ?? word).replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const t = (word: Word, values: Readonly<Record<string, string | number>> = {}): string => tIn(spoken, word, values);
