/** Loads the rest of a series around the picture being looked at, a few at a time. */
import { Enums, imageLoader } from '@cornerstonejs/core';

const atOnce = 5;

export interface Prefetch {
  /** The picture in view moved here; what is near it comes next. */
  readonly moved: (index: number) => void;
  readonly loaded: (index: number) => void;
  readonly failed: (index: number) => void;
  readonly stop: () => void;
}

export function prefetch(imageIds: readonly string[], tell: (loaded: number, failed: readonly number[]) => void): Prefetch {
  const waiting = new Set(imageIds.keys());
  const failures = new Set<number>();
  let done = 0;
  let here = 0;
  let running = 0;
  let stopped = false;

  const settle = (index: number, ok: boolean): void => {
    waiting.delete(index);
    const known = failures.delete(index);
    if (ok) done += 1;
    else failures.add(index);
    if (ok || !known) tell(done, [...failures]);
  };
  const counted = new Set<number>();
  const settleOnce = (index: number, ok: boolean): void => {
    if (stopped || counted.has(index)) return;
    if (ok) counted.add(index);
    settle(index, ok);
  };

  const next = (): number | undefined => {
    let best: number | undefined;
    for (const index of waiting) {
      if (best === undefined || Math.abs(index - here) < Math.abs(best - here)) best = index;
    }
    return best;
  };

  const run = (): void => {
    while (!stopped && running < atOnce) {
      const index = next();
      const imageId = index === undefined ? undefined : imageIds[index];
      if (index === undefined || imageId === undefined) return;
      waiting.delete(index);
      running += 1;
      const finish = (ok: boolean): void => {
        running -= 1;
        settleOnce(index, ok);
        run();
      };
      imageLoader
        .loadAndCacheImage(imageId, { requestType: Enums.RequestType.Prefetch, priority: Math.abs(index - here) })
        .then(() => finish(true), () => finish(false));
    }
  };

  return {
    moved: (index) => {
      here = index;
      run();
    },
    loaded: (index) => settleOnce(index, true),
    failed: (index) => settleOnce(index, false),
    stop: () => {
      stopped = true;
    },
  };
}
