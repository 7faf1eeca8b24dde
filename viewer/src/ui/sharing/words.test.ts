import { expect, test } from 'vitest';
import type { Share, ShareState } from '../../api/sharing';
import { canExtend, canResend, deliveryWords, factorsWords, isOpen, scopeWords, stateSentence, whoseLinks } from './words';

const share: Share = {
  id: 's', recipient: 'Dr. A', email: 'a@b.example', studies: [], sources: [], series: null, clean: false, arrivals: 'frozen', may: 'view', createdAt: '2026-11-22T10:30:00Z', createdBy: 'R', byAccount: true, starts: null,
  expires: '2026-11-29T10:30:00Z', state: 'live', maxUses: 5, uses: 0, failedAttempts: 0, factors: ['passcode'], authority: 'treatment', authorisation: null, purpose: 'Treatment', message: '',
  language: 'en', firstOpenedAt: null, lastOpenedAt: null, revokedAt: null, delivery: null,
};

test.each<[ShareState, boolean, boolean]>([
  ['live', true, true], ['notYet', true, true], ['locked', true, true], ['frozen', true, true], ['exhausted', true, true], ['withdrawn', true, false], ['expired', false, false], ['revoked', false, false],
])('a link that is %s can be revoked: %s, sent again: %s; and says what it means', (state, open, again) => {
  expect([isOpen({ state }), canResend({ state })]).toEqual([open, again]);
  expect(stateSentence({ ...share, state })).toMatch(/^[A-Z].*\.$/);
});

test('clean copies are closed by one study of those they were made of', () => {
  expect(stateSentence({ ...share, state: 'withdrawn' })).toMatch(/^The study was withdrawn/);
  expect(stateSentence({ ...share, clean: true, state: 'withdrawn' })).toMatch(/^A study of which these copies were made was withdrawn/);
});

test('a link in words', () => {
  expect(factorsWords(['passcode', 'email'])).toBe('Passcode + Code by e-mail');
  expect(factorsWords([])).toBe('Nothing: the link alone opens it');
  expect(scopeWords({ series: null, clean: false, arrivals: 'live' })).toBe('The whole study, with name, later arrivals too');
  expect(scopeWords({ series: { count: 1 }, clean: true, arrivals: 'frozen' })).toBe('1 series, without name');
  expect(deliveryWords(share)).toContain('not by e-mail');
  expect(deliveryWords({ ...share, delivery: { state: 'queued', tries: 2, at: '', error: null } })).toBe('Waits to be mailed to a@b.example. Tries so far: 2.');
});

test.each<[ShareState, string, boolean]>([
  ['live', '2026-11-23T10:30:00Z', true], ['expired', '2026-12-01T10:30:00Z', true], ['frozen', '2026-12-01T10:30:00Z', true], ['revoked', '2026-11-23T10:30:00Z', false],
  ['expired', '2027-02-20T09:00:00Z', true], ['expired', '2027-02-20T10:30:00Z', false], ['expired', '2028-01-01T00:00:00Z', false],
])('a link that is %s at %s can be extended: %s', (state, now, can) => expect(canExtend({ ...share, state }, new Date(now))).toBe(can));

test('clean copies are removed when their link has expired', () => {
  const at = (state: ShareState): boolean => canExtend({ ...share, clean: true, state }, new Date('2026-12-01T10:30:00Z'));
  expect([at('live'), at('expired')]).toEqual([true, false]);
});

test('whose links a link belongs to: of the study that copies were made of; made by no account, no user’s', () => {
  const studies = [{ studyInstanceUid: '1.2', patientName: '', description: '', studyDate: '' }];
  expect(whoseLinks({ ...share, studies })).toEqual({ recipient: 'a@b.example', user: 'R', study: '1.2' });
  expect(whoseLinks({ ...share, studies, sources: [{ studyInstanceUid: '9.8', patientName: 'Doe^Jane', description: '', studyDate: '' }] }).study).toBe('9.8');
  expect(whoseLinks({ ...share, email: null, byAccount: false })).toEqual({ recipient: 'Dr. A' });
});
