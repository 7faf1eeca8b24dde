import { afterEach, expect, test, vi } from 'vitest';
import type { Share } from '../api/sharing';
import { filterShares, loadAlerts, moreShares, recall, see } from './shares';
import { createStaffStore } from './staff';

afterEach(() => vi.unstubAllGlobals());

const settled = (): Promise<void> => new Promise((done) => {
  setTimeout(done, 0);
});

function serving(answers: Record<string, readonly [number, unknown]>) {
  const asked: { readonly at: string; readonly body: unknown }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ at: `${init.method} ${url}`, body: typeof init.body === 'string' ? JSON.parse(init.body) : null });
    const [status, body] = answers[url.split('?')[0] ?? ''] ?? [500, {}];
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  });
  return asked;
}

test('filters are asked of the server, empty ones not', async () => {
  const asked = serving({ '/api/v1/shares': [200, { shares: [], more: false }] });
  const store = createStaffStore({ page: 'shares' });
  filterShares(store, { state: 'neverOpened', recipient: 'müller' });
  filterShares(store, { mine: false, state: '', recipient: '' });
  await settled();
  expect(asked.map((one) => one.at)).toEqual([
    'GET /api/v1/shares?state=neverOpened&recipient=m%C3%BCller&mine=true&limit=50&offset=0', 'GET /api/v1/shares?limit=50&offset=0',
  ]);
});

test('more of the list comes behind what is there', async () => {
  const asked = serving({ '/api/v1/shares': [200, { shares: [{ id: 'b' }], more: false }] });
  const store = createStaffStore({ page: 'shares' });
  store.patch({ shares: { state: 'here', value: { shares: [{ id: 'a' } as Share], more: true } } });
  await moreShares(store);
  expect(asked[0]?.at).toContain('offset=1');
  expect(store.get().shares).toMatchObject({ state: 'here', value: { shares: [{ id: 'a' }, { id: 'b' }], more: false } });
});

const alert = (id: string) => ({ id, share: 's', recipient: 'A', kind: 'locked', at: '', seen: false });

test('what was seen is gone at once, and back when the server did not hear of it', async () => {
  serving({ '/api/v1/alerts': [200, { alerts: [alert('a'), alert('b')], unseen: 2 }], '/api/v1/alerts/seen': [204, null] });
  const store = createStaffStore({ page: 'shares' });
  await loadAlerts(store);
  await see(store, ['a']);
  expect(store.get().alerts).toMatchObject({ alerts: [{ id: 'b' }], unseen: 1 });
  serving({ '/api/v1/alerts/seen': [503, { detail: 'Later.' }] });
  await see(store, ['b']);
  expect(store.get().alerts).toMatchObject({ alerts: [{ id: 'b' }], unseen: 1 });
  expect(store.get().toast).toMatchObject({ tone: 'failed', failure: { sentence: 'Later.' } });
});

test('a recall tells how many ended, or why none did', async () => {
  const store = createStaffStore({ page: 'shares' });
  const asked = serving({ '/api/v1/shares/recall': [200, { revoked: 3 }], '/api/v1/shares': [200, { shares: [], more: false }] });
  expect(await recall(store, { patientId: 'P1', reason: 'mistake' })).toBe(3);
  expect(asked[0]).toEqual({ at: 'POST /api/v1/shares/recall', body: { patientId: 'P1', reason: 'mistake' } });
  serving({ '/api/v1/shares/recall': [404, { detail: 'No such user.' }] });
  expect(await recall(store, { user: 'x', reason: 'left' })).toMatchObject({ status: 404, sentence: 'No such user.' });
});
