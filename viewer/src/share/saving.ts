/** Saving the download from this page: as it comes, with its progress, and on from where it broke off. */
import { Problem, send } from '../dicomweb/http';

/** Where the bytes go: what `showSaveFilePicker` gives. */
export interface Sink {
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly abort: () => Promise<void>;
}

export type Saved =
  | { readonly at: 'running'; readonly done: number; readonly total: number; readonly waiting: boolean }
  /** The session is over. What was loaded waits for another one of this browser. */
  | { readonly at: 'ended'; readonly done: number; readonly total: number }
  | { readonly at: 'done' } | { readonly at: 'stopped' } | { readonly at: 'failed' };

interface Way {
  readonly url: string;
  readonly total: number;
  readonly sink: Sink;
  readonly tell: (saved: Saved) => void;
  readonly signal: AbortSignal;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Settles when the person wants to go on after the session was over, or the signal is aborted. */
  readonly goOn: () => Promise<void>;
}

const longestPause = 30_000;
const mostTries = 20;

/** What comes after a break is another file, or there is no room for it: going on would make one that is broken. */
class Lost extends Error {}

/** What is known of the file so far. */
interface Kept {
  done: number;
  tag: string;
}

async function pull(way: Way, kept: Kept, gained: () => void): Promise<void> {
  const again = kept.done > 0;
  const headers = again ? { Range: `bytes=${kept.done}-`, 'If-Range': kept.tag } : {};
  const response = await send('GET', way.url, { headers: { ...headers, Accept: '*/*' }, signal: way.signal });
  const tag = response.headers.get('ETag') ?? '';
  if (again && (response.status !== 206 || tag !== kept.tag)) throw new Lost();
  kept.tag = tag;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    await way.sink.write(next.value).catch((cause: unknown) => {
      throw new Lost('not written', { cause });
    });
    kept.done += next.value.length;
    gained();
  }
}

/** Goes on after each break, in growing pauses; what was loaded is kept only when it is whole. */
export async function save(way: Way): Promise<void> {
  const kept: Kept = { done: 0, tag: '' };
  let tries = 0;
  const end = async (at: 'stopped' | 'failed'): Promise<void> => {
    await way.sink.abort().catch(() => undefined);
    way.tell({ at });
  };
  const running = (waiting: boolean): void => way.tell({ at: 'running', done: kept.done, total: way.total, waiting });
  running(false);
  while (kept.done < way.total) {
    try {
      await pull(way, kept, () => {
        tries = 0;
        running(false);
      });
      if (kept.done < way.total) throw new Error('cut');
    } catch (error) {
      if (way.signal.aborted) return end('stopped');
      if (error instanceof Problem && error.status === 403) {
        way.tell({ at: 'ended', done: kept.done, total: way.total });
        await way.goOn();
        if (way.signal.aborted) return end('stopped');
        tries = 0;
        running(false);
        continue;
      }
      const refused = error instanceof Problem && error.status < 500 && error.status !== 429;
      tries += 1;
      if (refused || error instanceof Lost || tries > mostTries) return end('failed');
      running(true);
      await way.pause(Math.min(1000 * 2 ** (tries - 1), longestPause));
      if (way.signal.aborted) return end('stopped');
    }
  }
  await way.sink.close();
  way.tell({ at: 'done' });
  return undefined;
}
