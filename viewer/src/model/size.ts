/** Lengths of files and how long they take, as people read them. */

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1.2 GB`; in thousands, as browsers count what they load. */
export function readableSize(bytes: number, locale: string): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(locale, { style: 'unit', unit: units[step] ?? 'byte', maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 }).format(value);
}

/** `8 minutes`, `2.5 hours`; null under a minute. */
export function readableDuration(seconds: number, locale: string): string | null {
  if (seconds < 60) return null;
  const minutes = Math.round(seconds / 60);
  const [value, unit] = minutes < 90 ? [minutes, 'minute'] : [minutes / 60, 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(value);
}

/** Seconds that so many bytes take. */
export const secondsAt = (bytes: number, megabitsPerSecond: number): number => (bytes * 8) / (megabitsPerSecond * 1_000_000);
