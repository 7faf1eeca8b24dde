/** Held objects: the list of them, the one being looked at, and what is decided on it. */
import { approve, reject, reviews, type Review } from '../api/deident';
import { attributesOf } from '../dicomweb/attributes';
import { wholeRange } from '../dicomweb/facts';
import { Problem } from '../dicomweb/http';
import { instanceMetadata, renderedUrl, type InstanceOf, type Rendering, type Root } from '../dicomweb/wado';
import type { Word } from '../i18n';
import type { Region } from '../model/region';
import { load, noticeEnd } from './load';
import { failureOf, here, idle, known, type Failure } from './remote';
import { goInstead } from './session';
import type { StaffStore } from './staff';

/** Longer sides are asked for at this length: more, some browsers cannot hold. */
const longestSide = 4096;

const rootOf = (project: string): Root => `/review/${encodeURIComponent(project)}/dicom-web`;
const placeOf = ({ studyUid, seriesUid, sopInstanceUid }: Review): InstanceOf => ({ study: studyUid, series: seriesUid, sop: sopInstanceUid });

export const hasPixels = (review: Review): boolean => review.rows > 0 && review.columns > 0;

/** The picture as it came. Frames count from 1. */
export function pictureUrl(review: Review, frame: number, rendering: Rendering, longest: number = longestSide): string {
  const scale = Math.min(1, longest / Math.max(review.rows, review.columns, 1));
  const viewport = [Math.max(1, Math.round(review.columns * scale)), Math.max(1, Math.round(review.rows * scale))] as const;
  return renderedUrl(rootOf(review.project), placeOf(review), frame, scale < 1 ? { ...rendering, viewport } : rendering);
}

export function loadReviews(store: StaffStore, project: string | null): Promise<void> {
  const before = known(store.get().waiting);
  if (before !== null && before.project !== project) store.patch({ waiting: idle });
  return load(store, 'waiting', async () => ({ project, reviews: await reviews(project) }));
}

export const findReview = (store: StaffStore, id: string): Review | null => known(store.get().waiting)?.reviews.find((one) => one.id === id) ?? null;

/** The list that somebody came from stays; an address that was typed brings the list of its project. */
export async function openReview(store: StaffStore, project: string, id: string): Promise<void> {
  store.patch({ inspected: idle });
  if (findReview(store, id) === null) await loadReviews(store, project);
  const review = findReview(store, id);
  const { route } = store.get();
  // Somebody went on while the list was on its way.
  if (review === null || route.page !== 'reviewing' || route.review !== id) return;
  await load(store, 'inspected', async () => {
    const dataset = (await instanceMetadata(rootOf(project), placeOf(review))) ?? {};
    return { attributes: attributesOf(dataset), range: wholeRange(dataset) };
  });
}

/** The one behind it, or the first where it was the last; null where there is no other. */
export function nextOf(list: readonly Review[], id: string): Review | null {
  const at = list.findIndex((one) => one.id === id);
  return list.slice(at + 1).find((one) => one.id !== id) ?? list.find((one) => one.id !== id) ?? null;
}

/** Those of the same series and size, which the same regions fit, as long as all are in view at once: one frame each. The one itself is first. */
export const alike = (list: readonly Review[], review: Review): readonly Review[] => [
  review,
  ...list.filter((one) => one.id !== review.id && one.project === review.project && one.studyUid === review.studyUid
    && one.seriesUid === review.seriesUid && one.rows === review.rows && one.columns === review.columns && Math.max(one.frames, review.frames) < 2),
];

/** The first frame behind this one, and around, that was not seen; null where all were. Frames count from 1. */
export function nextUnseen(count: number, seen: ReadonlySet<number>, frame: number): number | null {
  for (let step = 0; step < count; step += 1) {
    const one = ((frame + step) % count) + 1;
    if (!seen.has(one)) return one;
  }
  return null;
}

/** Decided ones leave the list, and the next one opens; after the last, the list. */
function goOn(store: StaffStore, review: Review, gone: ReadonlySet<string>): void {
  const waiting = known(store.get().waiting);
  const list = waiting?.reviews ?? [];
  const left = list.filter((one) => !gone.has(one.id));
  const next = nextOf(list.filter((one) => one.id === review.id || !gone.has(one.id)), review.id);
  if (waiting !== null) store.patch({ waiting: here({ ...waiting, reviews: left }) });
  goInstead(store, next === null ? { page: 'review', project: waiting?.project ?? null } : { page: 'reviewing', project: next.project, review: next.id });
}

async function decide(store: StaffStore, review: Review, word: Word, doing: () => Promise<void>): Promise<Failure | null> {
  try {
    await doing();
  } catch (error) {
    noticeEnd(store, error);
    const failure = failureOf(error);
    // Somebody else was faster: there is nothing left to decide here, and the sentence says so.
    if (!(error instanceof Problem) || error.status !== 409) return failure;
    goOn(store, review, new Set([review.id]));
    store.patch({ toast: { tone: 'failed', failure, word: null } });
    return null;
  }
  goOn(store, review, new Set([review.id]));
  store.patch({ toast: { tone: 'done', failure: null, word } });
  return null;
}

export const approveOne = (store: StaffStore, review: Review, regions: readonly Region[], reason: string): Promise<Failure | null> =>
  decide(store, review, 'toast.approved', () => approve(review.id, regions, reason));
export const rejectOne = (store: StaffStore, review: Review, reason: string): Promise<Failure | null> =>
  decide(store, review, 'toast.rejected', () => reject(review.id, reason));

export interface SeriesApproval {
  readonly done: readonly Review[];
  /** The first that could not be approved: the rest was not tried. */
  readonly failed: { readonly review: Review; readonly failure: Failure } | null;
}

/** One after the other, until one fails or `stopped` says so. `tell` hears how many are done. */
export async function approveSeries(
  store: StaffStore, list: readonly Review[], how: { readonly regions: readonly Region[]; readonly reason: string }, watch: { readonly tell: (done: number) => void; readonly stopped: () => boolean },
): Promise<SeriesApproval> {
  const done: Review[] = [];
  for (const review of list) {
    if (watch.stopped()) break;
    try {
      await approve(review.id, how.regions, how.reason);
    } catch (error) {
      noticeEnd(store, error);
      return { done, failed: { review, failure: failureOf(error) } };
    }
    done.push(review);
    watch.tell(done.length);
  }
  return { done, failed: null };
}

/** After a series: the next opens, unless the one in view is still undecided; then the list is asked for again. */
export async function leaveSeries(store: StaffStore, review: Review, done: readonly Review[]): Promise<void> {
  const gone = new Set(done.map((one) => one.id));
  if (gone.has(review.id)) goOn(store, review, gone);
  else await loadReviews(store, known(store.get().waiting)?.project ?? null);
}
