/** A link as it is being written: what is asked for, what is still lacking, and what is sent. */
import type { Arrivals, Authority, Deliver, Factor, LinkLanguage, May, Wanted } from '../api/sharing';
import { tIn } from '../i18n';
import { isAddress } from '../model/address';
import { endAfter, faultOfEnd, instantOf, momentOf, type EndFault, type Moment } from '../model/moment';
import type { SeriesUid } from '../model/uid';

export const mostRecipients = 20;
export const endPresets = [7, 30, 90] as const;
export const useChoices = [1, 2, 5, 10, 20, 50] as const;
/** In the order they are asked for. */
export const factors = ['passcode', 'email', 'account', 'birthDate'] as const satisfies readonly Factor[];

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** So many days, or a moment of one's own. */
export type End = (typeof endPresets)[number] | Moment;

export interface Draft {
  readonly people: readonly Person[];
  /** Null: the whole study. */
  readonly series: ReadonlySet<SeriesUid> | null;
  readonly clean: boolean;
  readonly arrivals: Arrivals;
  readonly may: May;
  readonly end: End;
  /** Null: at once. */
  readonly start: Moment | null;
  readonly maxUses: number;
  readonly factors: ReadonlySet<Factor>;
  readonly authority: Authority;
  readonly authorisation: string | null;
  /** Null: as the authority says it. */
  readonly purpose: string | null;
  readonly message: string;
  readonly language: LinkLanguage;
  readonly deliver: Deliver;
}

/** The usual link: the whole study with its name, to look at for a week, with a passcode. */
export const freshDraft = (language: LinkLanguage): Draft => ({
  people: [{ name: '', email: '' }], series: null, clean: false, arrivals: 'frozen', may: 'view', end: 7, start: null, maxUses: 5,
  factors: new Set(['passcode']), authority: 'treatment', authorisation: null, purpose: null, message: '', language, deliver: 'copy',
});

export const endOf = (end: End, now: Date, made: Date = now): string | null => (typeof end === 'number' ? endAfter(now, end, made) : instantOf(end));

/** What the field of one's own end starts with: where the preset stood. */
export const ownEnd = (end: End, now: Date): Moment => (typeof end === 'number' ? momentOf(new Date(endAfter(now, end, now)), 'local') : end);

/** In the words of the link's language, since it stands in the recipient's notice. */
export const purposeOf = ({ purpose, authority, language }: Pick<Draft, 'purpose' | 'authority' | 'language'>): string => purpose ?? tIn(language, `purpose.${authority}`);

const longestPurpose = 200;

/** The purpose of a record, where the notice has room for it: on one line. Else the authority says it. */
export function purposeOfRecord(purpose: string): string | null {
  const text = purpose.trim();
  return text === '' || [...text].length > longestPurpose || /\p{Cc}/u.test(text) ? null : text;
}

export const needsAddresses = (draft: Draft): boolean => draft.deliver === 'mail' || draft.factors.has('email') || draft.factors.has('account');

/** Arrivals can be waited for only where nothing was chosen or cleaned. */
export const arrivalsOf = (draft: Draft): Arrivals => (draft.series === null && !draft.clean ? draft.arrivals : 'frozen');

/** Of a clean copy nobody knows a date of birth. */
export const factorsOf = (draft: Draft): readonly Factor[] => factors.filter((one) => draft.factors.has(one) && !(one === 'birthDate' && draft.clean));

/** The first thing that is still lacking or cannot be so. */
export type Lack =
  | 'name' | 'address' | 'wrongAddress' | 'twice' | 'series' | 'factor' | 'birthDateAlone' | 'purpose' | 'authorisation' | 'startLate'
  | `end.${EndFault}`;

export function lackOf(draft: Draft, now: Date, withoutFactor: boolean): Lack | null {
  const { people, start } = draft;
  if (people.some((one) => one.name.trim() === '')) return 'name';
  if (people.some((one) => one.email.trim() !== '' && !isAddress(one.email.trim()))) return 'wrongAddress';
  if (needsAddresses(draft) && people.some((one) => one.email.trim() === '')) return 'address';
  const keys = people.map((one) => `${one.name.trim()}\n${one.email.trim()}`.toLowerCase());
  if (new Set(keys).size < keys.length) return 'twice';
  const end = endOf(draft.end, now);
  const fault = faultOfEnd(end, now, now);
  if (fault !== null) return `end.${fault}`;
  if (draft.series?.size === 0) return 'series';
  const asked = factorsOf(draft);
  if (asked.length === 0 && !withoutFactor) return 'factor';
  if (asked.length === 1 && asked[0] === 'birthDate') return 'birthDateAlone';
  const begins = start === null ? null : instantOf(start);
  if (start !== null && (begins === null || end === null || begins >= end)) return 'startLate';
  if (purposeOf(draft).trim() === '') return 'purpose';
  return draft.authority === 'authorisation' && draft.authorisation === null ? 'authorisation' : null;
}

/** What is sent; only for a draft that lacks nothing. */
export function wantedOf(draft: Draft, studies: readonly string[], now: Date): Wanted {
  return {
    studies, series: draft.series === null ? null : [...draft.series], clean: draft.clean, arrivals: arrivalsOf(draft), may: draft.may,
    recipients: draft.people.map((one) => ({ name: one.name.trim(), email: one.email.trim() === '' ? null : one.email.trim() })),
    expires: endOf(draft.end, now) ?? '', starts: draft.start === null ? null : instantOf(draft.start), maxUses: draft.maxUses, factors: factorsOf(draft),
    authority: draft.authority, authorisation: draft.authority === 'authorisation' ? draft.authorisation : null, purpose: purposeOf(draft).trim(),
    message: draft.message.trim(), deliver: draft.deliver, language: draft.language,
  };
}
