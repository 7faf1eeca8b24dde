/** Searching the worklist, withdrawing and bringing back. */
import { bringBack, discard, redrive, refusals, withdraw, worklist, type Search } from '../api/worklist';
import type { Word } from '../i18n';
import { attempt, load } from './load';
import { known } from './remote';
import { emptySearch, type StaffStore } from './staff';

export const refresh = (store: StaffStore): Promise<void> => load(store, 'worklist', () => worklist(store.get().search, 0));

export function search(store: StaffStore, change: Partial<Search>): void {
  store.set((state) => ({ ...state, search: { ...state.search, ...change } }));
  void refresh(store);
}

export async function showMore(store: StaffStore): Promise<void> {
  const before = known(store.get().worklist);
  if (before === null) return;
  await load(store, 'worklist', async () => {
    const next = await worklist(store.get().search, before.studies.length);
    return { ...next, studies: [...before.studies, ...next.studies] };
  });
}

export const isSearching = (current: Search): boolean =>
  current.q !== emptySearch.q || current.modality !== '' || current.from !== '' || current.to !== '' || current.withdrawn;

export const loadRefusals = (store: StaffStore): Promise<void> => load(store, 'refusals', () => refusals(0));

export const moreRefusals = async (store: StaffStore): Promise<void> => {
  const before = known(store.get().refusals);
  if (before === null) return;
  await load(store, 'refusals', async () => {
    const next = await refusals(before.refusals.length);
    return { ...next, refusals: [...before.refusals, ...next.refusals] };
  });
};

/** Either way something is to be told of it: it is gone from the list, or its reason is another one. */
const thenRefusals = async (store: StaffStore, word: Word, doing: () => Promise<unknown>): Promise<boolean> => {
  const done = await attempt(store, word, doing);
  await Promise.all([loadRefusals(store), refresh(store)]);
  return done;
};

export const tryAgain = (store: StaffStore, id: string): Promise<boolean> => thenRefusals(store, 'toast.redriven', () => redrive(id));
export const giveUp = (store: StaffStore, id: string, reason: string): Promise<boolean> => thenRefusals(store, 'toast.discarded', () => discard(id, reason));

export async function takeAway(store: StaffStore, study: string, reason: string): Promise<boolean> {
  const done = await attempt(store, 'toast.withdrawn', () => withdraw(study, reason));
  if (done) await refresh(store);
  return done;
}

export async function giveBack(store: StaffStore, study: string): Promise<void> {
  if (await attempt(store, 'toast.broughtBack', () => bringBack(study))) await refresh(store);
}

