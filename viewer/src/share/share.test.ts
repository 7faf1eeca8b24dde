import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { language, speak } from '../i18n';
import { readBirthDate } from './factors/birthDate';
import { digitsOf, spelledCode } from './factors/code';
import { readPasscode } from './factors/passcode';
import { accept } from './consent';
import { ask, prove, resume, sendCode } from './unlock';
import { chooseLanguage, createVisit, stepOf } from './visit';

const secret = 's'.repeat(43);
const share = 'i'.repeat(22);
const handle = 'h'.repeat(22);
const fragment = `#v1.${share}.${secret}`;
const link = { share, secret };
const refused = { title: 'Refused', status: 403, detail: 'The passcode is not right, or this link has ended.' };
const view = { noticeAccepted: false, notice: { text: [], hash: 'n' }, studies: [], patient: null, language: 'en' };
const opens = { handle, expires: '', shown: view };
const accepted = { ...view, noticeAccepted: true };

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value) });
});

afterEach(() => {
  vi.unstubAllGlobals();
  speak('en');
});

/** Answers by address, in turn where there are several; tells what was sent, and where the address went. */
function serving(answers: Record<string, readonly (readonly [number, unknown])[]>) {
  const bodies: unknown[] = [];
  const addresses: string[] = [];
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([url, all]) => [url, [...all]]));
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, address: string) => addresses.push(address) });
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push(url);
    if (typeof init.body === 'string') bodies.push(JSON.parse(init.body));
    const [status, body] = left.get(url)?.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return { bodies, addresses, asked };
}

/** A visit whose door has answered with a first factor. */
async function asked(factor: string) {
  serving({ '/s/session': [[200, { factor }]] });
  const visit = createVisit('/s', fragment);
  await ask(visit, link);
  return visit;
}

test.each([
  ['/s', fragment, 'door'], ['/s', '', 'noLink'], ['/s', '#v1.x', 'noLink'], [`/s/${handle}/`, '', 'resuming'],
])('%s%s stands at %s', (path, hash, at) => expect(stepOf(path, hash).at).toBe(at));

test('typing is forgiven before anything is sent', () => {
  expect(readPasscode('k7m2 9oil')).toEqual({ kind: 'ready', code: 'K7M29011' });
  expect(readPasscode('abc')).toEqual({ kind: 'short', count: 3 });
  expect(readPasscode('ABCDEFGU')).toEqual({ kind: 'foreign' });
  expect(digitsOf(' 1234-5678 9')).toBe('12345678');
  expect(spelledCode('12345678')).toBe('1234 5678');
});

test.each([
  ['7', '4', '1970', '1970-04-07'], ['07', '04', '1970', '1970-04-07'], ['31', '2', '1970', null], ['29', '2', '2024', '2024-02-29'], ['29', '2', '2023', null],
  ['7', '4', '70', null], ['', '4', '1970', null], ['7', 'x', '1970', null], ['0', '4', '1970', null], ['7', '13', '1970', null],
])('day %j, month %j, year %j is the date %j', (day, month, year, date) => expect(readBirthDate({ day, month, year })).toBe(date));

test('the door asks first, and sends the secret in the body only', async () => {
  const { bodies } = serving({ '/s/session': [[200, { factor: 'passcode' }]] });
  const visit = createVisit('/s', fragment);
  await ask(visit, link);
  expect(visit.get().step).toMatchObject({ at: 'factor', factor: 'passcode', proofs: {}, mailed: 0 });
  expect(bodies).toEqual([link]);
});

test('a link without a factor opens at once', async () => {
  const { bodies } = serving({ '/s/session': [[200, { factor: 'none' }], [200, opens]] });
  const visit = createVisit('/s', fragment);
  await ask(visit, link);
  expect(visit.get().step.at).toBe('notice');
  expect(bodies).toEqual([link, { ...link, accept: true }]);
});

test('a refusal keeps the form and the link', async () => {
  const visit = await asked('passcode');
  const { addresses } = serving({ '/s/session': [[403, refused]] });
  await prove(visit, { passcode: 'ABCDEFGH' });
  expect(visit.get().step).toMatchObject({ at: 'factor', factor: 'passcode', link, proofs: {}, busy: false, failure: { sentence: refused.detail, status: 403 } });
  expect(addresses).toEqual([]);
});

test('a session takes the secret out of the address, and not before', async () => {
  const visit = await asked('passcode');
  const { addresses } = serving({ '/s/session': [[200, opens]] });
  await prove(visit, { passcode: 'ABCDEFGH' });
  expect(visit.get().step).toMatchObject({ at: 'notice', handle });
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('factors follow one another, and what was right is sent again', async () => {
  const visit = await asked('passcode');
  const { bodies } = serving({
    '/s/session': [[200, { factor: 'email' }], [403, refused], [200, { factor: 'account' }], [200, { factor: 'birthDate' }], [200, opens]],
  });
  await prove(visit, { passcode: 'ABCDEFGH' });
  expect(visit.get().step).toMatchObject({ factor: 'email', proofs: { passcode: 'ABCDEFGH' }, mailed: 1 });
  await prove(visit, { code: '00000000' });
  expect(visit.get().step).toMatchObject({ factor: 'email', proofs: { passcode: 'ABCDEFGH' }, failure: { status: 403 } });
  await prove(visit, { code: '12345678' });
  expect(visit.get().step).toMatchObject({ factor: 'account', failure: null });
  await prove(visit, { account: { name: 'a@b.example', password: 'x' } });
  expect(visit.get().step).toMatchObject({ factor: 'birthDate' });
  await prove(visit, { birthDate: '1970-04-12' });
  expect(visit.get().step.at).toBe('notice');
  expect(bodies.at(-1)).toEqual({ ...link, accept: true, passcode: 'ABCDEFGH', code: '12345678', account: { name: 'a@b.example', password: 'x' }, birthDate: '1970-04-12' });
});

test('a code is mailed only when it is asked for, and again on demand', async () => {
  const visit = await asked('email');
  expect(visit.get().step).toMatchObject({ factor: 'email', mailed: 0 });
  const { bodies } = serving({ '/s/session': [[200, { factor: 'email' }], [200, { factor: 'email' }]] });
  await sendCode(visit);
  expect(visit.get().step).toMatchObject({ mailed: 1 });
  await sendCode(visit);
  expect(visit.get().step).toMatchObject({ mailed: 2 });
  expect(bodies).toEqual([{ ...link, accept: true }, { ...link, accept: true }]);
});

/** A visit whose link was opened on this page: the notice is there, and nothing has shown yet that the cookie was kept. */
async function begun(answers: Parameters<typeof serving>[0]) {
  const visit = await asked('passcode');
  const told = serving({ '/s/session': [[200, opens]], ...answers });
  await prove(visit, { passcode: 'ABCDEFGH' });
  return { visit, ...told };
}

test('what comes with the session and with the notice is asked for no more', async () => {
  const { visit, addresses, asked } = await begun({ [`/s/${handle}/notice`]: [[200, accepted]] });
  expect(visit.get().step).toMatchObject({ at: 'notice', handle, link });
  await accept(visit);
  expect(visit.get().step).toEqual({ at: 'pictures', handle, opened: accepted });
  expect(asked).toEqual(['/s/session', `/s/${handle}/notice`]);
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('the first picture is asked for before the pictures are shown', async () => {
  const asked: string[] = [];
  vi.stubGlobal('Image', class {
    set src(url: string) {
      asked.push(url, visit.get().step.at);
    }
  });
  const series = [{ seriesInstanceUid: '1.2.3' }, { seriesInstanceUid: '1.2.4' }];
  const { visit } = await begun({ [`/s/${handle}/notice`]: [[200, { ...accepted, studies: [{ studyInstanceUid: '1.2', series }] }]] });
  await accept(visit);
  expect(asked).toEqual([`/s/${handle}/dicom-web/studies/1.2/series/1.2.3/thumbnail?viewport=384%2C384`, 'notice']);
  expect(visit.get().step.at).toBe('pictures');
});

test('a session that was accepted before shows its pictures at once', async () => {
  const visit = await asked('passcode');
  const { addresses } = serving({ '/s/session': [[200, { ...opens, shown: accepted }]] });
  await prove(visit, { passcode: 'ABCDEFGH' });
  expect(visit.get().step).toEqual({ at: 'pictures', handle, opened: accepted });
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('a browser that comes back without its cookie is told so, and finds its link in the address again', async () => {
  const { visit, addresses } = await begun({ [`/s/${handle}/notice`]: [[403, refused]] });
  await accept(visit);
  expect(visit.get().step).toEqual({ at: 'noCookies' });
  expect(addresses).toEqual([`/s/${handle}/`, `/s${fragment}`]);
});

test('a server that stumbles over the notice is no missing cookie', async () => {
  const { visit, addresses } = await begun({ [`/s/${handle}/notice`]: [[503, {}], [200, accepted]] });
  await accept(visit);
  expect(visit.get().step).toMatchObject({ at: 'notice', link, busy: false, failure: { status: 503 } });
  await accept(visit);
  expect(visit.get().step.at).toBe('pictures');
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('a notice that has changed is shown anew; a browser that got it kept its cookie', async () => {
  const { visit, addresses } = await begun({ [`/s/${handle}/notice`]: [[409, {}], [403, refused]], [`/s/${handle}/share`]: [[200, { ...view, notice: { text: ['New'], hash: 'm' } }]] });
  await accept(visit);
  expect(visit.get().step).toMatchObject({ at: 'notice', link: null, opened: { notice: { hash: 'm' } }, failure: { status: 409 } });
  await accept(visit);
  expect(visit.get().step).toMatchObject({ at: 'door', link: null, ended: true });
  expect(addresses).toEqual([`/s/${handle}/`]);
});

test('a session that is over goes back to the door in plain words', async () => {
  serving({ [`/s/${handle}/share`]: [[403, refused]] });
  const visit = createVisit(`/s/${handle}/`, '');
  await resume(visit, handle);
  expect(visit.get().step).toMatchObject({ at: 'door', ended: true, failure: null });
});

test('a network that fails is no end', async () => {
  serving({ [`/s/${handle}/share`]: [[503, { detail: 'Try again.' }]] });
  const visit = createVisit(`/s/${handle}/`, '');
  await resume(visit, handle);
  expect(visit.get().step).toMatchObject({ at: 'door', ended: false, failure: { sentence: 'Try again.' } });
});

test('the page speaks the language of the link, unless its reader chose another', async () => {
  serving({ [`/s/${handle}/share`]: [[200, { ...view, language: 'de' }], [200, { ...view, language: 'de' }]] });
  const visit = createVisit(`/s/${handle}/`, '');
  await resume(visit, handle);
  expect([visit.get().language, language()]).toEqual(['de', 'de']);
  chooseLanguage(visit, 'en');
  await resume(visit, handle);
  expect([visit.get().language, language()]).toEqual(['en', 'en']);
});
