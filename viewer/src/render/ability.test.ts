import { beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => vi.resetModules());

/** A browser that counts the contexts it gives, and those that were given back. */
function browser(able: boolean): { given: number; back: number } {
  const count = { given: 0, back: 0 };
  const context = { getExtension: (name: string) => (name === 'WEBGL_lose_context' ? { loseContext: () => (count.back += 1) } : null) };
  const getContext = (): typeof context | null => {
    count.given += 1;
    return able ? context : null;
  };
  vi.stubGlobal('document', { createElement: () => ({ getContext }) });
  return count;
}

test.each([true, false])('a browser with WebGL 2 %j is asked once, and gets its context back', async (able) => {
  const count = browser(able);
  const { canDraw } = await import('./ability');
  for (let times = 0; times < 50; times += 1) expect(canDraw()).toBe(able);
  expect(count).toEqual({ given: 1, back: able ? 1 : 0 });
});
