import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InstanceFacts } from '../model/image';
import type { StackSet } from '../model/displaySet';
import { parseSeriesUid, parseSopUid, parseStudyUid } from '../model/uid';
import { openRendered } from './rendered';
import type { Trouble } from './viewport';

/** Requests of the page, by the number of the picture asked for, and what the server answers to each. */
let asked: number[] = [];
let answers: (picture: number) => number = () => 200;
/** Where a test lets pictures wait on their way: what lets each arrive, in the order they were asked for. */
let waiting: (() => void)[] | null = null;

const pictureOf = (url: string): number => Number(/instances\/1\.2\.(\d+)\//.exec(url)?.[1]);

class FakeImage extends EventTarget {
  naturalWidth = 4;
  naturalHeight = 4;
  set src(url: string) {
    asked.push(pictureOf(url));
    const arrive = (): void => void this.dispatchEvent(new Event(answers(pictureOf(url)) === 200 ? 'load' : 'error'));
    if (waiting === null) queueMicrotask(arrive);
    else waiting.push(arrive);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  waiting = null;
  answers = () => 200;
  const context = { setTransform: vi.fn(), fillRect: vi.fn(), drawImage: vi.fn() };
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => context, remove: vi.fn(), width: 0, height: 0 }) });
  vi.stubGlobal('Image', FakeImage);
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal('ResizeObserver', class { observe = vi.fn(); disconnect = vi.fn(); });
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => setTimeout(run));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(pictureOf(url));
    const status = answers(pictureOf(url));
    return Promise.resolve(new Response(status === 200 ? 'a picture' : JSON.stringify({ detail: 'it cannot be decoded' }), { status }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const picture = (number: number): { facts: InstanceFacts; frame: number } => ({
  facts: {
    study: parseStudyUid('1.1') ?? expect.fail(), series: parseSeriesUid('1.1.1') ?? expect.fail(), sop: parseSopUid(`1.2.${number}`) ?? expect.fail(), sopClass: '', modality: 'MR',
    seriesNumber: 1, seriesDescription: '', instanceNumber: number, frames: 1, rows: 4, columns: 4, samplesPerPixel: 1, bitsAllocated: 16, photometric: 'MONOCHROME2', plane: null, spacing: null, voi: null, frameTime: null, lossy: false, burnedIn: false, syntax: null,
  },
  frame: 1,
});

function open(count: number, start: number) {
  const pictures = Array.from({ length: count }, (_, number) => picture(number));
  const [first] = pictures;
  const set: StackSet = { kind: 'stack', id: 'a', study: (first ?? expect.fail()).facts.study, series: (first ?? expect.fail()).facts.series, modality: 'MR', number: 1, description: '', pictures, drawnBy: 'server' };
  const told: (number | Trouble)[] = [];
  const element = { append: vi.fn(), clientWidth: 4, clientHeight: 4 } as unknown as HTMLDivElement;
  const viewport = openRendered(element, { root: '/dicom-web', set }, start, {
    drawn: (reading) => told.push(reading.index), progress: () => undefined, trouble: (trouble) => told.push(trouble),
  });
  return { viewport, told };
}

/** Everything has happened that was on its way. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

const trouble = (index: number, final: boolean): Trouble => ({ index, kind: 'load', why: 'it cannot be decoded', final });

test('a picture that the server refuses is asked for no more, however often it comes into view', async () => {
  answers = () => 406;
  const { viewport, told } = open(2, 0);
  await settled();
  expect(told.at(-1)).toEqual(trouble(0, true));
  viewport.scrollTo(1);
  await settled();
  const before = asked.length;
  for (let times = 0; times < 30; times += 1) {
    viewport.scrollTo(times % 2);
    expect(told.at(-1)).toEqual(trouble(times % 2, true));
    viewport.scrollTo(5);
    viewport.scrollTo(-5);
  }
  await settled();
  expect(asked.length).toBe(before);
  answers = () => 200;
  viewport.retry();
  await settled();
  expect(told.at(-1)).toBe(0);
});

test.each([503, 403, 429])('what fails with %i is asked for again when it comes into view again', async (status) => {
  answers = (number) => (number === 1 ? status : 200);
  const { viewport, told } = open(2, 1);
  await settled();
  expect(told.at(-1)).toEqual(trouble(1, false));
  viewport.scrollTo(0);
  await settled();
  expect(told.at(-1)).toBe(0);
  answers = () => 200;
  viewport.scrollTo(1);
  await settled();
  expect(told.at(-1)).toBe(1);
});

test('the picture before does not come into view under one that failed', async () => {
  answers = (number) => (number === 1 ? 406 : 200);
  const { viewport, told } = open(3, 1);
  await settled();
  viewport.scrollTo(0);
  viewport.scrollTo(1);
  await settled();
  viewport.setInverted(false);
  viewport.setVoi({ center: 40, width: 400 });
  await settled();
  expect(told.at(-1)).toEqual(trouble(1, true));
});

test.each([200, 503])('a hand that passes over a series asks for few of it, and next for the one it stops at, when a picture is answered with %i', async (status) => {
  waiting = [];
  answers = (number) => (number === 0 ? status : 200);
  const { viewport, told } = open(100, 0);
  for (let index = 1; index < 100; index += 1) viewport.scrollTo(index);
  await settled();
  expect(asked).toEqual([0, 1, 2, 3, 4]);
  waiting.shift()?.();
  await settled();
  expect(asked).toEqual([0, 1, 2, 3, 4, 99]);
  for (let arrive = waiting.pop(); arrive !== undefined; arrive = waiting.pop()) arrive();
  await settled();
  expect(told).toEqual([99]);
  expect(asked.slice(6).every((number) => number > 90)).toBe(true);
});
