import { afterEach, expect, test, vi } from 'vitest';
import { save, type Saved } from './saving';

afterEach(() => vi.unstubAllGlobals());

const file = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);

/** A body that breaks off after so many bytes. */
const cutAfter = (bytes: Uint8Array, count: number): ReadableStream<Uint8Array> => {
  let sent = count === 0;
  return new ReadableStream({
    pull: (controller) => {
      if (!sent) controller.enqueue(bytes.slice(0, count));
      else if (count < bytes.length) controller.error(new TypeError('network error'));
      else controller.close();
      sent = true;
    },
  });
};

type Answer = { readonly tag?: string; readonly status?: number; readonly cut?: number };

function serving(answers: readonly Answer[]) {
  const asked: (readonly [string | null, string | null])[] = [];
  const left = [...answers];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    asked.push([headers.get('Range'), headers.get('If-Range')]);
    const { tag = '"a"', status, cut = file.length } = left.shift() ?? {};
    if (init.signal?.aborted) return Promise.reject(new DOMException('aborted', 'AbortError'));
    const from = Number(/bytes=(\d+)-/.exec(headers.get('Range') ?? '')?.[1] ?? 0);
    const code = status ?? (from === 0 ? 200 : 206);
    if (code >= 400) return Promise.resolve(new Response('{}', { status: code }));
    return Promise.resolve(new Response(cutAfter(file.slice(from), Math.min(cut, file.length - from)), { status: code, headers: { ETag: tag } }));
  });
  return asked;
}

async function run(options: { readonly signal?: AbortSignal; readonly full?: boolean; readonly tell?: (saved: Saved) => void; readonly goOn?: () => void } = {}) {
  const kept: number[] = [];
  const ends: string[] = [];
  const told: Saved[] = [];
  const pauses: number[] = [];
  await save({
    url: '/s/h/download', total: file.length, signal: options.signal ?? new AbortController().signal,
    sink: {
      write: (bytes) => (options.full === true ? Promise.reject(new Error('no room')) : Promise.resolve(void kept.push(...bytes))),
      close: () => Promise.resolve(void ends.push('close')),
      abort: () => Promise.resolve(void ends.push('abort')),
    },
    tell: (saved) => {
      told.push(saved);
      options.tell?.(saved);
    },
    pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
    goOn: () => Promise.resolve(options.goOn?.()),
  });
  return { kept, ends, last: told.at(-1), told, pauses };
}

test('a download in one piece', async () => {
  const asked = serving([{}]);
  const { kept, ends, last } = await run();
  expect(kept).toEqual([...file]);
  expect([ends, last, asked]).toEqual([['close'], { at: 'done' }, [[null, null]]]);
});

test('after each break it goes on from there, in growing pauses, with the same file', async () => {
  const asked = serving([{ cut: 300 }, { cut: 0 }, { status: 503 }, { cut: 200 }, {}]);
  const { kept, ends, pauses, told } = await run();
  expect(kept).toEqual([...file]);
  expect(asked).toEqual([[null, null], ['bytes=300-', '"a"'], ['bytes=300-', '"a"'], ['bytes=300-', '"a"'], ['bytes=500-', '"a"']]);
  expect(pauses).toEqual([1000, 2000, 4000, 1000]);
  expect(ends).toEqual(['close']);
  expect(told.some((one) => one.at === 'running' && one.waiting)).toBe(true);
});

test.each<[string, readonly Answer[]]>([
  ['another file', [{ cut: 300 }, { tag: '"b"' }]], ['the whole file again', [{ cut: 300 }, { status: 200 }]], ['a link that shows nothing any more', [{ cut: 300 }, { status: 404 }]],
])('%s after a break ends it, and nothing is kept', async (_, answers) => {
  serving(answers);
  const { ends, last } = await run();
  expect([ends, last]).toEqual([['abort'], { at: 'failed' }]);
});

test('when the session is over it waits with what it has, and goes on from there when it is told to', async () => {
  const asked = serving([{ cut: 300 }, { status: 403 }, { status: 403 }, { cut: 200 }, {}]);
  let asks = 0;
  const { kept, ends, last, told } = await run({
    goOn: () => {
      asks += 1;
    },
  });
  expect(kept).toEqual([...file]);
  expect(asked.slice(1)).toEqual([['bytes=300-', '"a"'], ['bytes=300-', '"a"'], ['bytes=300-', '"a"'], ['bytes=500-', '"a"']]);
  expect(told.filter((one) => one.at === 'ended')).toEqual([{ at: 'ended', done: 300, total: 1000 }, { at: 'ended', done: 300, total: 1000 }]);
  expect([ends, last, asks]).toEqual([['close'], { at: 'done' }, 2]);
});

test('stopped while the session is over, nothing is kept', async () => {
  const asked = serving([{ cut: 300 }, { status: 403 }, {}]);
  const stop = new AbortController();
  const { ends, last } = await run({ signal: stop.signal, goOn: () => stop.abort() });
  expect([ends, last, asked.length]).toEqual([['abort'], { at: 'stopped' }, 2]);
});

test('a disk that is full ends it', async () => {
  const asked = serving([{}, {}]);
  const { last } = await run({ full: true });
  expect([last, asked.length]).toEqual([{ at: 'failed' }, 1]);
});

test('it can be stopped', async () => {
  serving([{ cut: 300 }, {}]);
  const stop = new AbortController();
  const { ends, last } = await run({ signal: stop.signal, tell: (saved) => saved.at === 'running' && saved.waiting && stop.abort() });
  expect([ends, last]).toEqual([['abort'], { at: 'stopped' }]);
});

test('it gives up in the end', async () => {
  const asked = serving(Array.from({ length: 40 }, () => ({ status: 503 })));
  const { last } = await run();
  expect([last, asked.length]).toEqual([{ at: 'failed' }, 21]);
});
