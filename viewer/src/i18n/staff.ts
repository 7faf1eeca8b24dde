/** The words that only staff read, one language at a time. */
import { teach } from './index';
import type { Language } from './language';

const learned = new Set<Language>();

export async function learnStaff(language: Language): Promise<void> {
  if (learned.has(language)) return;
  const words = language === 'de' ? await import('./de/staff.json') : await import('./en/staff.json');
  teach(language, words.default);
  learned.add(language);
}
