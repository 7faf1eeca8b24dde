/** Fetches into one slot of the state; an ended session takes the page back to the sign-in. */
import { Problem } from '../dicomweb/http';
import type { Word } from '../i18n';
import { failureOf, here, known, type Remote } from './remote';
import type { StaffState, StaffStore } from './staff';

type Slot = { [K in keyof StaffState]: StaffState[K] extends Remote<infer _> ? K : never }[keyof StaffState];
type Held<K extends Slot> = StaffState[K] extends Remote<infer T> ? T : never;

const put = <K extends Slot>(store: StaffStore, slot: K, remote: Remote<Held<K>>): void =>
  store.patch({ [slot]: remote } as Partial<StaffState>);

/** Signed out elsewhere, or the session ended: say so by showing the sign-in again. */
export function noticeEnd(store: StaffStore, error: unknown): void {
  if (error instanceof Problem && error.status === 401) store.patch({ session: { kind: 'out' } });
}

/** The newest request for a slot wins, whatever order the answers come in. */
const newest = new WeakMap<StaffStore, Map<Slot, number>>();

export async function load<K extends Slot>(store: StaffStore, slot: K, fetching: () => Promise<Held<K>>): Promise<void> {
  const turns = newest.get(store) ?? new Map<Slot, number>();
  newest.set(store, turns);
  const turn = (turns.get(slot) ?? 0) + 1;
  turns.set(slot, turn);
  const before = known(store.get()[slot] as Remote<Held<K>>);
  put(store, slot, { state: 'loading', before });
  try {
    const value = await fetching();
    if (turns.get(slot) === turn) put(store, slot, here(value));
  } catch (error) {
    noticeEnd(store, error);
    if (turns.get(slot) === turn) put(store, slot, { state: 'failed', failure: failureOf(error) });
  }
}

/** Does something for the reader; a refusal becomes a sentence at the foot of the page. Says whether it was done. */
export async function attempt(store: StaffStore, done: Word, doing: () => Promise<unknown>): Promise<boolean> {
  try {
    await doing();
    store.patch({ toast: { tone: 'done', failure: null, word: done } });
    return true;
  } catch (error) {
    noticeEnd(store, error);
    store.patch({ toast: { tone: 'failed', failure: failureOf(error), word: null } });
    return false;
  }
}
