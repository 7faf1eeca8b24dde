/** The date of birth as a proof: day, month and year as they were typed. */

export interface TypedDate {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

/** `YYYY-MM-DD`, or null for a day that no calendar has. */
export function readBirthDate({ day, month, year }: TypedDate): string | null {
  const parts = [year, month, day].map((part) => part.trim());
  if (!/^\d{4}$/.test(parts[0] ?? '') || !parts.slice(1).every((part) => /^\d{1,2}$/.test(part))) return null;
  const text = [parts[0], ...parts.slice(1).map((part) => part.padStart(2, '0'))].join('-');
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? null : text;
}
