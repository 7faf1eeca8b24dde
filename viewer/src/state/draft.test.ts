import { expect, test, vi } from 'vitest';
import type { Authorisation } from '../api/sharing';
import { inZone } from '../model/moment';
import { parseSeriesUid } from '../model/uid';
import { emptyTerms, lackOfTerms, termsFrom, termsOf, type Terms } from './authorisation';
import { freshDraft, lackOf, purposeOf, purposeOfRecord, wantedOf, type Draft } from './draft';

const now = new Date('2026-11-22T10:30:00Z');
const series = parseSeriesUid('1.2.3') ?? expect.fail();
const usual: Draft = { ...freshDraft('en'), people: [{ name: ' Dr. A ', email: '' }] };
const addressed = [{ name: 'Dr. A', email: 'a@b.example' }];
const utc = (day: string, time: string) => ({ day, time, zone: 'utc' }) as const;

test('the usual link needs a name only', () => {
  expect(lackOf(freshDraft('en'), now, false)).toBe('name');
  expect(lackOf(usual, now, false)).toBeNull();
  expect(wantedOf(usual, ['1.2'], now)).toEqual({
    studies: ['1.2'], series: null, clean: false, arrivals: 'frozen', may: 'view', recipients: [{ name: 'Dr. A', email: null }], expires: '2026-11-29T10:30:00Z', starts: null,
    maxUses: 5, factors: ['passcode'], authority: 'treatment', authorisation: null, purpose: 'Treatment', message: '', deliver: 'copy', language: 'en',
  });
});

test.each([
  ['Asia/Tokyo', '10:30', '2026-11-28T01:30:00Z'], ['Asia/Tokyo', '08:00', '2026-11-27T23:00:00Z'], ['America/New_York', '22:15', '2026-11-29T03:15:00Z'], ['UTC', '10:30', '2026-11-28T10:30:00Z'],
])('an end and a beginning at a clock in %s, %s, are sent as the instant %s', (zone, time, instant) => {
  vi.stubEnv('TZ', zone);
  try {
    const moment = { day: '2026-11-28', time, zone: 'local' } as const;
    const { expires, starts } = wantedOf({ ...usual, end: moment, start: moment }, ['1.2'], now);
    expect([expires, starts]).toEqual([instant, instant]);
    expect(inZone({ day: instant.slice(0, 10), time: instant.slice(11, 16), zone: 'utc' }, 'local')).toEqual(moment);
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each<[string, Partial<Draft>, string | null]>([
  ['a mail without an address', { deliver: 'mail' }, 'address'],
  ['a mail with one', { deliver: 'mail', people: addressed }, null],
  ['a code without an address', { factors: new Set(['passcode', 'email'] as const) }, 'address'],
  ['an account without an address', { factors: new Set(['account'] as const) }, 'address'],
  ['what is no address', { people: [{ name: 'A', email: 'a@b' }] }, 'wrongAddress'],
  ['the same person twice', { people: [...addressed, { name: 'dr. a', email: 'A@B.example' }] }, 'twice'],
  ['the same name at two addresses', { people: [...addressed, { name: 'Dr. A', email: 'c@d.example' }] }, null],
  ['no series', { series: new Set() }, 'series'],
  ['a series', { series: new Set([series]) }, null],
  ['no factor', { factors: new Set() }, 'factor'],
  ['a date of birth alone', { factors: new Set(['birthDate'] as const) }, 'birthDateAlone'],
  ['a date of birth for a clean copy', { clean: true, factors: new Set(['birthDate'] as const) }, 'factor'],
  ['an end in the past', { end: utc('2026-11-22', '10:29') }, 'end.past'],
  ['an end too late', { end: utc('2027-02-21', '10:29') }, 'end.late'],
  ['no end', { end: utc('', '10:29') }, 'end.missing'],
  ['a beginning after the end', { start: utc('2026-11-30', '10:29') }, 'startLate'],
  ['a beginning before it', { start: utc('2026-11-28', '10:29') }, null],
  ['a beginning that is none', { start: utc('2026-02-30', '10:29') }, 'startLate'],
  ['an emptied purpose', { purpose: ' ' }, 'purpose'],
  ['an authorisation that is not chosen', { authority: 'authorisation' }, 'authorisation'],
  ['one that is', { authority: 'authorisation', authorisation: 'x' }, null],
])('%s', (_, part, lack) => expect(lackOf({ ...usual, ...part }, now, false)).toBe(lack));

test('who may share without a factor lacks none', () => {
  expect(lackOf({ ...usual, factors: new Set() }, now, true)).toBeNull();
  expect(wantedOf({ ...usual, factors: new Set() }, ['1.2'], now).factors).toEqual([]);
});

test('factors are asked for in one order, and of a clean copy no date of birth', () => {
  const draft: Draft = { ...usual, factors: new Set(['birthDate', 'email', 'passcode'] as const) };
  expect(wantedOf(draft, ['1.2'], now).factors).toEqual(['passcode', 'email', 'birthDate']);
  expect(wantedOf({ ...draft, clean: true }, ['1.2'], now).factors).toEqual(['passcode', 'email']);
});

test('only a whole study as it is can wait for more', () => {
  const live: Draft = { ...usual, arrivals: 'live' };
  expect(wantedOf(live, ['1.2'], now).arrivals).toBe('live');
  expect(wantedOf({ ...live, clean: true }, ['1.2'], now).arrivals).toBe('frozen');
  expect(wantedOf({ ...live, series: new Set([series]) }, ['1.2'], now)).toMatchObject({ arrivals: 'frozen', series: ['1.2.3'] });
});

test('the purpose is in the language of the link until somebody writes one', () => {
  expect(purposeOf({ ...usual, language: 'de' })).toBe('Behandlung');
  expect(purposeOf({ ...usual, authority: 'ownAccess' })).toBe('At the patient’s own request');
  expect(purposeOf({ ...usual, purpose: 'Second opinion' })).toBe('Second opinion');
});

test.each<[string, string | null]>([
  [' Second opinion ', 'Second opinion'], ['ä'.repeat(200), 'ä'.repeat(200)], ['ä'.repeat(201), null], ['A claim\nagainst the insurer', null], ['A\tclaim', null], ['  ', null], ['🙂'.repeat(200), '🙂'.repeat(200)],
])('of a record, the purpose %j becomes %j', (purpose, taken) => expect(purposeOfRecord(purpose)).toBe(taken));

test('a record that was chosen counts only with its authority', () => {
  expect(wantedOf({ ...usual, authorisation: 'x' }, ['1.2'], now).authorisation).toBeNull();
  expect(wantedOf({ ...usual, authority: 'authorisation', authorisation: 'x' }, ['1.2'], now)).toMatchObject({ authority: 'authorisation', authorisation: 'x' });
});

const whole: Terms = {
  ...emptyTerms, description: 'CT', discloser: 'Clinic', recipient: 'Dr. A', purpose: 'Second opinion', expires: '2026-12-31', signedBy: 'Jane Doe', signedOn: '2026-11-20',
  statements: { revocation: true, conditioning: true, redisclosure: true },
};

test.each<[Partial<Terms>, string | null]>([
  [{}, null], [{ description: ' ' }, 'description'], [{ discloser: '' }, 'discloser'], [{ recipient: '' }, 'recipient'], [{ purpose: '' }, 'purpose'], [{ expires: '' }, 'expiry'],
  [{ expires: '', expiryEvent: 'end of treatment' }, null], [{ signedBy: '' }, 'signedBy'], [{ signedOn: '' }, 'signedOn'], [{ byRepresentative: true }, 'representative'],
  [{ byRepresentative: true, representative: 'mother' }, null],
  ...(['revocation', 'conditioning', 'redisclosure'] as const).map((one): [Partial<Terms>, string] => [{ statements: { ...whole.statements, [one]: false } }, 'statements']),
])('an authorisation with %j lacks %j', (part, lack) => expect(lackOfTerms({ ...whole, ...part })).toBe(lack));

test('what nobody filled in is null, and a representative only where one signed', () => {
  expect(termsOf({ ...whole, representative: 'mother', expiryEvent: ' ' }, '1.2')).toMatchObject({ study: '1.2', expires: '2026-12-31', expiryEvent: null, representative: null });
  expect(termsOf({ ...whole, byRepresentative: true, representative: ' mother ' }, '1.2').representative).toBe('mother');
});

const kept = { id: 'r', version: 1, state: 'inForce', createdAt: '', recordedAt: '', recordedBy: 'R', revokedAt: null, revokedBy: null, revokedReason: null, form: null } as const;

test.each<Partial<Terms>>([{}, { expires: '', expiryEvent: 'end of treatment\nor discharge' }, { byRepresentative: true, representative: 'mother' }])('the next version of a record with %j starts with what it says', (part) => {
  const { study, ...said } = termsOf({ ...whole, ...part }, '1.2');
  const record: Authorisation = { ...kept, ...said, studyInstanceUid: study };
  expect(termsOf(termsFrom(record), study)).toEqual({ study, ...said });
  expect(lackOfTerms(termsFrom(record))).toBeNull();
  expect(lackOfTerms(termsFrom({ ...record, signedOn: null }))).toBe('signedOn');
});
