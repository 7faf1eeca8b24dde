import { afterEach, expect, test, vi } from 'vitest';
import { readPasscode } from './factors/passcode';
import { ask, prove, resume } from './unlock';
import { createVisit, stepOf } from './visit';

const secret = 's'.repeat(43);
const share = 'i'.repeat(22);
const handle = 'h'.repeat(22);
const fragment = `#v1.${share}.${secret}`;
const link = { share, secret };
const refused = { title: 'Refused', status: 403, detail: 'The passcode is not right, or this link has ended.' };
const view = { noticeAccepted: false, notice: { text: [], hash: 'n' }, studies: [], patient: null };

afterEach(() => vi.unstubAllGlobals());

function serving(answers: Record<string, [number, unknown]>) {
  const bodies: unknown[] = [];
  const addresses: string[] = [];
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, address: string) => addresses.push(address) });
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    bodies.push(typeof init.body === 'string' ? JSON.parse(init.body) : null);
    const [status, body] = answers[url] ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return { bodies, addresses };
}

test.each([
  ['/s', fragment, 'door'], ['/s', '', 'noLink'], ['/s', '#v1.x', 'noLink'], [`/s/${handle}/`, '', 'resuming'],
])('%s%s stands at %s', (path, hash, at) => expect(stepOf(path, hash).at).toBe(at));

test('typing is forgiven before anything is sent', () => {
  expect(readPasscode('k7m2 9oil')).toEqual({ kind: 'ready', code: 'K7M29011' });
  expect(readPasscode('abc')).toEqual({ kind: 'short', count: 3 });
  expect(readPasscode('ABCDEFGU')).toEqual({ kind: 'foreign' });
});

test('the door asks first, and sends the secret in the body only', async () => {
  const { bodies } = serving({ '/s/session': [200, { factor: 'passcode' }] });
  const visit = createVisit('/s', fragment);
  await ask(visit, link);
  expect(visit.get().step.at).toBe('passcode');
  expect(bodies).toEqual([link]);
});

test('a refusal keeps the form and the link', async () => {
  const { addresses } = serving({ '/s/session': [403, refused] });
  const visit = createVisit('/s', fragment);
  await prove(visit, link, 'ABCDEFGH');
  expect(visit.get().step).toMatchObject({ at: 'passcode', link, busy: false, failure: { sentence: refused.detail } });
  expect(addresses).toEqual([]);
});

test('a session takes the secret out of the address', async () => {
  const { addresses } = serving({ '/s/session': [200, { handle, expires: '' }], [`/s/${handle}/share`]: [200, view] });
  const visit = createVisit('/s', fragment);
  await prove(visit, link, 'ABCDEFGH');
  expect(visit.get().step).toMatchObject({ at: 'notice', handle });
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('a session that is over goes back to the door in plain words', async () => {
  serving({ [`/s/${handle}/share`]: [403, refused] });
  const visit = createVisit(`/s/${handle}/`, '');
  await resume(visit, handle, null);
  expect(visit.get().step).toMatchObject({ at: 'door', ended: true, failure: null });
});

test('a network that fails is no end', async () => {
  serving({ [`/s/${handle}/share`]: [503, { detail: 'Try again.' }] });
  const visit = createVisit(`/s/${handle}/`, '');
  await resume(visit, handle, null);
  expect(visit.get().step).toMatchObject({ at: 'door', ended: false, failure: { sentence: 'Try again.' } });
});
