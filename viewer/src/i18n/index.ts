/** Every visible word, by key. The keys are checked by the compiler; another language is another file of the same keys. */
import en from './en.json';

export type Word = keyof typeof en;

export const locale: string = en.locale;

export const isWord = (key: string): key is Word => Object.hasOwn(en, key);

/** The words of a key with `{names}` filled in. */
export function t(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return en[word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
