import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Review } from '../api/deident';
import { parseSeriesUid, parseSopUid, parseStudyUid } from '../model/uid';
import { here, known } from './remote';
import { alike, approveOne, approveSeries, nextOf, nextUnseen, openReview, pictureUrl, rejectOne } from './review';
import { createStaffStore, type StaffStore } from './staff';

const regions = [{ x: 0, y: 0, width: 20, height: 5 }];
const conflict = [409, { detail: 'Somebody has decided.' }] as const;

const review = (id: string, facts: Partial<Review> = {}): Review => ({
  id, project: 'lung', studyUid: parseStudyUid('1.2') ?? expect.fail(), seriesUid: parseSeriesUid('1.2.3') ?? expect.fail(), sopInstanceUid: parseSopUid('1.2.3.4') ?? expect.fail(),
  sopClass: '', modality: 'US', rows: 480, columns: 640, frames: 1, because: [], regions: [], at: '2026-11-29T02:00:00Z', ...facts,
});
const [a, b, c] = [review('a'), review('b'), review('c')] as const;

beforeEach(() => vi.stubGlobal('history', { pushState: vi.fn(), replaceState: vi.fn() }));
afterEach(() => vi.unstubAllGlobals());

/** What was sent, as `address body`; answers by address, 204 where nothing else is said. */
function serving(answers: Readonly<Record<string, readonly [number, unknown]>> = {}): string[] {
  const sent: string[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push(typeof init.body === 'string' ? `${url} ${init.body}` : url);
    const [status, body] = answers[url] ?? [204, null];
    return Promise.resolve(new Response(body === null ? null : JSON.stringify(body), { status }));
  });
  return sent;
}

function looking(at: Review, list: readonly Review[], project: string | null = null): StaffStore {
  const store = createStaffStore({ page: 'reviewing', project: at.project, review: at.id });
  store.patch({ waiting: here({ project, reviews: list }) });
  return store;
}
const ids = (store: StaffStore): string => (known(store.get().waiting)?.reviews ?? []).map((one) => one.id).join('');

test('the next is the one behind, after the last the first, and of one alone none', () => {
  expect([nextOf([a, b, c], 'a')?.id, nextOf([a, b, c], 'c')?.id, nextOf([a], 'a'), nextOf([], 'a')]).toEqual(['b', 'a', null, null]);
});

test('alike are those of the series with the same size', () => {
  const others = [review('d', { columns: 641 }), review('e', { seriesUid: parseSeriesUid('1.2.9') ?? expect.fail() }), review('f', { project: 'skin' })];
  expect(alike([a, ...others, b], b).map((one) => one.id)).toEqual(['b', 'a']);
});

test('of several frames none is approved unseen with others', () => {
  const cine = review('g', { frames: 2 });
  expect([alike([a, cine, b], a), alike([a, cine, b], cine)].map((all) => all.map((one) => one.id).join(''))).toEqual(['ab', 'g']);
});

test('the next frame to see is the one behind that was not seen, and none where all were', () => {
  const next = (seen: readonly number[], frame: number): number | null => nextUnseen(4, new Set(seen), frame);
  expect([next([1], 1), next([1, 2, 4], 2), next([2, 3, 4], 3), next([1, 2, 3], 4), next([1, 2, 3, 4], 2)]).toEqual([2, 3, 1, 4, null]);
  expect([nextUnseen(1, new Set(), 1), nextUnseen(1, new Set([1]), 1), nextUnseen(0, new Set(), 1)]).toEqual([1, null, null]);
});

test('an approval carries regions and reason; then the next opens and says that it was done', async () => {
  const sent = serving();
  const store = looking(a, [a, b]);
  expect(await approveOne(store, a, regions, 'name')).toBeNull();
  expect(sent).toEqual([`/api/v1/reviews/a/approve ${JSON.stringify({ regions, reason: 'name' })}`]);
  expect([ids(store), store.get().route, store.get().toast?.word]).toEqual(['b', { page: 'reviewing', project: 'lung', review: 'b' }, 'toast.approved']);
});

test('after the last one comes the list that it was opened from', async () => {
  serving();
  const store = looking(a, [a], 'lung');
  await rejectOne(store, a, 'face');
  expect(store.get().route).toEqual({ page: 'review', project: 'lung' });
});

test('who is too late is told so, and goes on', async () => {
  serving({ '/api/v1/reviews/a/reject': conflict });
  const store = looking(a, [a, b]);
  expect(await rejectOne(store, a, 'face')).toBeNull();
  expect([ids(store), store.get().toast?.failure?.sentence]).toEqual(['b', 'Somebody has decided.']);
});

test('what could not be decided stays where it is', async () => {
  serving({ '/api/v1/reviews/a/approve': [500, { detail: 'The disk is full.' }] });
  const store = looking(a, [a, b]);
  expect((await approveOne(store, a, [], 'x'))?.sentence).toBe('The disk is full.');
  expect([ids(store), store.get().route.page, store.get().toast]).toEqual(['ab', 'reviewing', null]);
});

test('a series stops at the first error, and says which', async () => {
  const sent = serving({ '/api/v1/reviews/b/approve': conflict });
  const told: number[] = [];
  const ended = await approveSeries(looking(a, [a, b, c]), [a, b, c], { regions, reason: 'name' }, { tell: (done) => told.push(done), stopped: () => false });
  expect([ended.done, ended.failed?.review.id, ended.failed?.failure.status, told, sent.length]).toEqual([[a], 'b', 409, [1], 2]);
});

test('a series stops when it is told to', async () => {
  const sent = serving();
  const ended = await approveSeries(looking(a, [a, b, c]), [a, b, c], { regions, reason: 'name' }, { tell: () => undefined, stopped: () => sent.length === 2 });
  expect([ended.done.length, ended.failed]).toEqual([2, null]);
});

test('an address that was typed brings the list of its project', async () => {
  const sent = serving({ '/api/v1/reviews?project=lung': [200, { reviews: [a] }], '/review/lung/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/metadata': [200, [{ '00080060': { vr: 'CS', Value: ['US'] } }]] });
  const store = createStaffStore({ page: 'reviewing', project: 'lung', review: 'a' });
  await openReview(store, 'lung', 'a');
  expect([sent.length, ids(store), known(store.get().inspected)?.attributes.length]).toEqual([2, 'a', 1]);
});

test('pictures come as they are, and very large ones smaller', () => {
  const path = '/review/lung/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/3/rendered';
  expect(pictureUrl(a, 3, {})).toBe(path);
  expect(pictureUrl(review('g', { rows: 4096, columns: 8192 }), 3, { voi: { center: 0, width: 9 } })).toBe(`${path}?viewport=4096%2C2048&window=0%2C9%2Clinear`);
  expect(pictureUrl(review('h', { project: 'a/b' }), 1, {})).toContain('/review/a%2Fb/dicom-web/');
});
