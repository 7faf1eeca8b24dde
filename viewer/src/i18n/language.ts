/** Which language is spoken: the one that was chosen on this machine, or one the browser asks for. */

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** What each calls itself. */
export const ownName: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const isLanguage = (text: string): text is Language => (languages as readonly string[]).includes(text);

/** `de-AT` is German; null for what is not spoken here. */
export function languageOf(tag: string): Language | null {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  return isLanguage(primary) ? primary : null;
}

/** The first one spoken here of what the browser asks for. */
export const firstOf = (wanted: readonly string[]): Language => wanted.map(languageOf).find((one) => one !== null) ?? languages[0];

const place = 'lightcase.language';

/** The choice made here before. Storage may be closed to this page; then every visit is the first. */
export function chosenLanguage(): Language | null {
  try {
    return languageOf(localStorage.getItem(place) ?? '');
  } catch {
    return null;
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(place, language);
  } catch {
    // Not kept, and spoken all the same.
  }
}

export const preferredLanguage = (): Language => chosenLanguage() ?? firstOf(navigator.languages);
