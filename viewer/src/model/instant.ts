/** Dates and instants: DICOM's `YYYYMMDD`, the server's RFC 3339 in UTC, and what people read. */

/** `20261122` as a date of the given locale; other texts come back as they are, days that no calendar has among them. */
export function readableDate(da: string, locale: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(da);
  if (match === null) return da;
  // Parsed from text: the constructor of numbers carries a 13th month over, and takes the first century for the twentieth.
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10).replaceAll('-', '') !== da) return da;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}

/** `134501.123` as `13:45`; other texts, and times that no clock shows, come back empty. */
export function readableTime(tm: string): string {
  const match = /^([01]\d|2[0-3])([0-5]\d)/.exec(tm);
  return match === null ? '' : `${match[1]}:${match[2]}`;
}

/** An instant in the reader's own time zone, to the minute. */
export function readableInstant(instant: string, locale: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** An instant to the minute with the name of its zone, by default the reader's own: what two people may have to agree on. */
export function readableZoned(instant: string, locale: string, timeZone?: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short', ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date);
}

/** `YYYYMMDD` of a day `days` before `from`, in the reader's own calendar. */
export function dayBefore(from: Date, days: number): string {
  const date = new Date(from.getFullYear(), from.getMonth(), from.getDate() - days);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
}
