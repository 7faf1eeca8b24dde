import { afterEach, expect, test, vi } from 'vitest';
import { emptyTerms, termsOf } from './authorisation';
import { freshDraft, wantedOf } from './draft';
import { endAuthorisation, forgetMade, lookAhead, record, recordAnew, share } from './making';
import { createStaffStore } from './staff';

afterEach(() => vi.unstubAllGlobals());

const wanted = wantedOf({ ...freshDraft('en'), people: [{ name: 'Dr. A', email: '' }] }, ['1.2'], new Date('2026-11-22T10:30:00Z'));
const terms = termsOf(emptyTerms, '1.2');

function serving(answers: Record<string, readonly [number, unknown]>) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const at = `${init.method} ${url.split('?')[0] ?? ''}`;
    asked.push(at);
    const [status, body] = answers[at] ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return asked;
}

test('what was made and what was looked at are forgotten with the dialog', async () => {
  serving({ 'POST /api/v1/shares/preview': [200, { images: 3 }], 'POST /api/v1/shares': [201, { shares: [] }] });
  const store = createStaffStore({ page: 'shares' });
  expect(await lookAhead(store, wanted)).toBeNull();
  expect(await share(store, wanted)).toBeNull();
  expect([store.get().preview, store.get().made]).toEqual([{ images: 3 }, { shares: [] }]);
  forgetMade(store);
  expect([store.get().preview, store.get().made]).toEqual([null, null]);
});

test('a refusal is told and makes nothing; an ended session goes back to the sign-in', async () => {
  serving({ 'POST /api/v1/shares': [400, { detail: 'Mail is not set up here.' }], 'POST /api/v1/shares/preview': [401, { detail: 'Sign in first.' }] });
  const store = createStaffStore({ page: 'shares' });
  expect(await share(store, wanted)).toMatchObject({ sentence: 'Mail is not set up here.', status: 400 });
  expect(store.get().made).toBeNull();
  await lookAhead(store, wanted);
  expect(store.get().session).toEqual({ kind: 'out' });
});

test('a record whose scan was refused stands, and a second try only attaches', async () => {
  const store = createStaffStore({ page: 'shares' });
  const form = new Blob(['x'], { type: 'application/pdf' });
  const list = [200, { authorisations: [{ id: 'r' }] }] as const;
  const first = serving({ 'POST /api/v1/authorisations': [201, { id: 'r' }], 'PUT /api/v1/authorisations/r/form': [413, { detail: 'The form is larger than 20 MiB.' }], 'GET /api/v1/authorisations': list });
  expect(await record(store, terms, form, null)).toMatchObject({ id: 'r', failure: { status: 413 } });
  expect(first).toEqual(['POST /api/v1/authorisations', 'PUT /api/v1/authorisations/r/form', 'GET /api/v1/authorisations']);
  const second = serving({ 'PUT /api/v1/authorisations/r/form': [200, {}], 'GET /api/v1/authorisations': list });
  expect(await record(store, terms, form, 'r')).toEqual({ id: 'r', failure: null });
  expect(second).toEqual(['PUT /api/v1/authorisations/r/form', 'GET /api/v1/authorisations']);
});

test('a new version is put where the record is, with its scan, and shown', async () => {
  const store = createStaffStore({ page: 'shares' });
  const form = new Blob(['x'], { type: 'application/pdf' });
  serving({ 'PUT /api/v1/authorisations/r': [409, { detail: 'The authorisation is revoked. Record a new one.' }] });
  expect(await recordAnew(store, 'r', terms, form, null)).toMatchObject({ id: null, failure: { status: 409 } });
  expect(store.get().toast).toBeNull();
  const asked = serving({ 'PUT /api/v1/authorisations/r': [200, { id: 'r' }], 'PUT /api/v1/authorisations/r/form': [200, {}], 'GET /api/v1/authorisations/r': [200, { id: 'r', version: 2 }] });
  expect(await recordAnew(store, 'r', terms, form, null)).toEqual({ id: 'r', failure: null });
  expect(asked).toEqual(['PUT /api/v1/authorisations/r', 'PUT /api/v1/authorisations/r/form', 'GET /api/v1/authorisations/r']);
  expect(store.get()).toMatchObject({ toast: { word: 'toast.authorisationChanged' }, authorisation: { state: 'here', value: { version: 2 } } });
});

test('why an authorisation was not revoked is told to who asked; that it was, at the foot of the page', async () => {
  const store = createStaffStore({ page: 'shares' });
  serving({ 'DELETE /api/v1/authorisations/r': [400, { detail: 'Write why it is revoked.' }] });
  expect(await endAuthorisation(store, 'r', '')).toMatchObject({ status: 400, sentence: 'Write why it is revoked.' });
  expect(store.get().toast).toBeNull();
  serving({ 'DELETE /api/v1/authorisations/r': [200, { revoked: 1 }], 'GET /api/v1/authorisations/r': [200, { id: 'r', state: 'revoked' }] });
  expect(await endAuthorisation(store, 'r', 'The patient asked')).toBeNull();
  expect(store.get()).toMatchObject({ toast: { tone: 'done', word: 'toast.authorisationRevoked' }, authorisation: { state: 'here', value: { state: 'revoked' } } });
});

test('what was not recorded has no id', async () => {
  serving({ 'POST /api/v1/authorisations': [400, { detail: 'The discloser is missing.' }] });
  expect(await record(createStaffStore({ page: 'shares' }), terms, null, null)).toMatchObject({ id: null, failure: { sentence: 'The discloser is missing.' } });
});
