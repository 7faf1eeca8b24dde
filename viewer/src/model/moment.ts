/** A day and a time of day in a zone, as they are typed, and the instant they mean. */

export type Zone = 'local' | 'utc';

export interface Moment {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `HH:MM` */
  readonly time: string;
  readonly zone: Zone;
}

const two = (value: number): string => String(value).padStart(2, '0');
const whole = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** In UTC, whole seconds; null where no calendar or clock has it. */
export function instantOf({ day, time, zone }: Moment): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{2}:\d{2}$/.test(time)) return null;
  const date = new Date(`${day}T${time}:00${zone === 'utc' ? 'Z' : ''}`);
  return Number.isNaN(date.getTime()) || momentOf(date, zone).day !== day ? null : whole(date);
}

export function momentOf(date: Date, zone: Zone): Moment {
  if (zone === 'utc') return { day: date.toISOString().slice(0, 10), time: date.toISOString().slice(11, 16), zone };
  return { day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`, time: `${two(date.getHours())}:${two(date.getMinutes())}`, zone };
}

/** The same instant in the other zone; a moment that means none keeps what was typed. */
export function inZone(moment: Moment, zone: Zone): Moment {
  const instant = instantOf(moment);
  return instant === null ? { ...moment, zone } : momentOf(new Date(instant), zone);
}

/** A link lives at most so long from when it was made. */
export const longestDays = 90;
const dayLength = 86_400_000;

export type EndFault = 'missing' | 'past' | 'late';

/** What is wrong with an end, for a link made at `made`. */
export function faultOfEnd(instant: string | null, now: Date, made: Date): EndFault | null {
  if (instant === null) return 'missing';
  const at = Date.parse(instant);
  if (at <= now.getTime()) return 'past';
  return at > made.getTime() + longestDays * dayLength ? 'late' : null;
}

/**
 * So many days from now, and an hour less than what the server allows for a link made at `made`, so that two clocks
 * need not agree to the second.
 */
export const endAfter = (now: Date, days: number, made: Date): string =>
  whole(new Date(Math.min(now.getTime() + days * dayLength, made.getTime() + longestDays * dayLength - 3_600_000)));
