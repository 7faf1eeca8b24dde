/** How facts are put in words, the same on every page. */
import type { Progress } from '../../api/answers';
import { locale, t } from '../../i18n';
import { readableDate, readableInstant, readableTime } from '../../model/instant';
import { readableName } from '../../model/personName';

export const personName = (raw: string): string => readableName(raw) || t('worklist.noName');
export const day = (da: string): string => (da === '' ? t('worklist.noDate') : readableDate(da, locale));
export const hour = (tm: string): string => readableTime(tm);
export const instant = (text: string): string => readableInstant(text, locale);
export const seriesName = (description: string, number: number): string => description || t('read.seriesNumber', { number });
/** What the server says, which may be a clause of a longer message, as a sentence of its own. */
export const asSentence = (text: string): string => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
export const pictureCount = (count: number): string => (count === 1 ? t('read.image') : t('read.images', { count }));

/** What is still to come, as far as anything says so; nothing where nothing does. */
export function progressWords(progress: Progress | null | undefined): string {
  if (progress === null || progress === undefined) return '';
  const short = progress.expected !== null && progress.expected > progress.received;
  return [
    progress.arriving ? t('progress.arriving') : '',
    short ? t('progress.of', { received: progress.received, expected: progress.expected ?? 0 }) : '',
  ].filter((part) => part !== '').join(' · ');
}
