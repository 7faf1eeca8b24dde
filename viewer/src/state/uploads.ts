/** Files on their way in: three at once, each with its own outcome. */
import { importFile } from '../api/worklist';
import { noticeEnd } from './load';
import { failureOf } from './remote';
import type { StaffStore, UploadOutcome } from './staff';
import { refresh } from './worklist';

const atOnce = 3;

export interface Incoming {
  readonly name: string;
  readonly file: File;
}

export async function upload(store: StaffStore, incoming: readonly Incoming[]): Promise<void> {
  const first = store.get().uploads.length;
  store.set((state) => ({
    ...state,
    uploads: [...state.uploads, ...incoming.map(({ name, file }, at) => ({ id: first + at, name, bytes: file.size, outcome: { kind: 'waiting' } as const }))],
  }));
  const tell = (id: number, outcome: UploadOutcome): void =>
    store.set((state) => ({ ...state, uploads: state.uploads.map((one) => (one.id === id ? { ...one, outcome } : one)) }));

  const queue = [...incoming.entries()];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [at, { name, file }] = next;
      tell(first + at, { kind: 'sending' });
      try {
        const { outcome } = await importFile(file, name);
        tell(first + at, { kind: outcome });
      } catch (error) {
        noticeEnd(store, error);
        tell(first + at, { kind: 'refused', failure: failureOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  await refresh(store);
}

export const clearUploads = (store: StaffStore): void => store.patch({ uploads: [] });
