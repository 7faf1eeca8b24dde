/** How facts are put in words, the same on every page. */
import type { Progress } from '../../api/answers';
import { operator } from '../../api/sharing';
import { locale, t } from '../../i18n';
import { readableDate, readableInstant, readableTime, readableZoned } from '../../model/instant';
import { readableName } from '../../model/personName';
import { readableDuration, readableSize, secondsAt } from '../../model/size';

export const personName = (raw: string): string => readableName(raw) || t('worklist.noName');
/** Somebody as who does a thing, and as by whom it was done: the operator has no name but that of the language. */
export const who = (name: string): string => (name === operator ? t('operator.who') : name);
export const whom = (name: string): string => (name === operator ? t('operator.whom') : name);
export const day = (da: string): string => (da === '' ? t('worklist.noDate') : readableDate(da, locale()));
/** `2026-11-22` as people read it; null is no day. */
export const plainDay = (text: string | null): string => day((text ?? '').replaceAll('-', ''));
export const hour = (tm: string): string => readableTime(tm);
/** A study in a line: whose, what, when. */
export const studyName = (study: { readonly patientName: string; readonly description: string; readonly studyDate: string }): string =>
  [personName(study.patientName), study.description || t('worklist.noDescription'), ...(study.studyDate === '' ? [] : [day(study.studyDate)])].join(' · ');
export const instant = (text: string): string => readableInstant(text, locale());
export const zoned = (text: string): string => readableZoned(text, locale());
export const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);
export const size = (bytes: number): string => readableSize(bytes, locale());
/** How large a download is, and how long it takes on a usual line. */
export function sizeAndTime(bytes: number): string {
  const time = readableDuration(secondsAt(bytes, 20), locale());
  return time === null ? t('download.sizeShort', { size: size(bytes) }) : t('download.size', { size: size(bytes), time });
}
export const seriesName = (description: string, number: number): string => description || t('read.seriesNumber', { number });
/** What the server says, which may be a clause of a longer message, as a sentence of its own. */
export const asSentence = (text: string): string => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
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
