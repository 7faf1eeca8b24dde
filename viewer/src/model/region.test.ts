import { expect, test } from 'vitest';
import { clamped, covered, drawn, fresh, handles, handleSpot, hit, keyed, moved, resized, stepOf, type Region } from './region';

const size = { columns: 640, rows: 480 };
const of = (x: number, y: number, width: number, height: number): Region => ({ x, y, width, height });
const box = of(100, 50, 200, 40);

test.each([
  [of(-5, -9, 20, 10), of(0, 0, 20, 10)], [of(630, 475, 20, 10), of(620, 470, 20, 10)], [of(10, 10, 9000, 9000), of(0, 0, 640, 480)],
  [of(10.4, 10.6, 0, -3), of(10, 11, 1, 1)], [of(640, 480, 1, 1), of(639, 479, 1, 1)],
])('%j lies inside as %j', (region, wanted) => expect(clamped(region, size)).toEqual(wanted));

test('drawn in any direction it is the same, and a pixel that is touched is inside', () => {
  const wanted = of(10, 20, 31, 11);
  expect(drawn({ x: 10.9, y: 20.2 }, { x: 40.1, y: 30.5 }, size)).toEqual(wanted);
  expect(drawn({ x: 40.1, y: 30.5 }, { x: 10.9, y: 20.2 }, size)).toEqual(wanted);
  expect(drawn({ x: 40.1, y: 20.2 }, { x: 10.9, y: 30.5 }, size)).toEqual(wanted);
});

test('drawn past the edge it ends there, and never is empty', () => {
  expect(drawn({ x: 600, y: 400 }, { x: 900, y: 1000 }, size)).toEqual(of(600, 400, 40, 80));
  expect(drawn({ x: -50, y: -1 }, { x: 5, y: 5 }, size)).toEqual(of(0, 0, 5, 5));
  expect(drawn({ x: 7, y: 7 }, { x: 7, y: 7 }, size)).toEqual(of(7, 7, 1, 1));
  expect(drawn({ x: 640, y: 480 }, { x: 640, y: 480 }, size)).toEqual(of(639, 479, 1, 1));
});

test('moved to an edge it keeps its size', () => {
  expect(moved(box, 10, -5, size)).toEqual(of(110, 45, 200, 40));
  expect(moved(box, -1000, 1000, size)).toEqual(of(0, 440, 200, 40));
});

test.each([
  ['e', 10, 99, of(100, 50, 210, 40)], ['w', 10, 99, of(110, 50, 190, 40)], ['n', 99, 10, of(100, 60, 200, 30)], ['s', 99, 10, of(100, 50, 200, 50)],
  ['se', 10, 10, of(100, 50, 210, 50)], ['nw', -10, -10, of(90, 40, 210, 50)], ['ne', 10, -10, of(100, 40, 210, 50)], ['sw', -10, 10, of(90, 50, 210, 50)],
] as const)('the handle %s by %d, %d gives %j', (handle, dx, dy, wanted) => expect(resized(box, handle, dx, dy, size)).toEqual(wanted));

test('a handle that passes the opposite edge turns the region over, and the picture ends it', () => {
  expect(resized(box, 'w', 250, 0, size)).toEqual(of(300, 50, 50, 40));
  expect(resized(box, 'n', 0, 40, size)).toEqual(of(100, 90, 200, 1));
  expect(resized(box, 'se', 5000, 5000, size)).toEqual(of(100, 50, 540, 430));
  expect(resized(box, 'nw', -5000, -5000, size)).toEqual(of(0, 0, 300, 90));
});

test('handles belong to the chosen region only', () => {
  expect(hit([box], null, { x: 100, y: 50 }, 8)).toEqual({ on: 'inside', index: 0 });
  for (const handle of handles) expect(hit([box], 0, handleSpot(box, handle), 8)).toEqual({ on: 'handle', index: 0, handle });
  expect(hit([box], 0, { x: 92.5, y: 43 }, 8)).toEqual({ on: 'handle', index: 0, handle: 'nw' });
  expect(hit([box], 0, { x: 91, y: 50 }, 8)).toBeNull();
  expect(hit([box], 0, { x: 160, y: 70 }, 8)).toEqual({ on: 'inside', index: 0 });
});

test('a region on top is taken first, but the chosen one before it', () => {
  const under = of(150, 60, 100, 20);
  expect(hit([under, box], null, { x: 160, y: 70 }, 4)).toEqual({ on: 'inside', index: 1 });
  expect(hit([under, box], 0, { x: 170, y: 68 }, 4)).toEqual({ on: 'inside', index: 0 });
  expect(hit([under, box], null, { x: 400, y: 400 }, 4)).toBeNull();
  expect(hit([], 3, { x: 1, y: 1 }, 4)).toBeNull();
});

test('a region smaller than a finger can be moved by its middle and resized from outside', () => {
  const small = of(300, 300, 8, 8);
  expect(hit([small], 0, { x: 304, y: 304 }, 22)).toEqual({ on: 'inside', index: 0 });
  expect(hit([small], 0, { x: 316, y: 316 }, 22)).toEqual({ on: 'handle', index: 0, handle: 'se' });
});

test('arrows move, with Shift they resize, and other keys do nothing', () => {
  expect(keyed(box, 'ArrowRight', false, 6, size)).toEqual(of(106, 50, 200, 40));
  expect(keyed(box, 'ArrowUp', false, 60, size)).toEqual(of(100, 0, 200, 40));
  expect(keyed(box, 'ArrowRight', true, 6, size)).toEqual(of(100, 50, 206, 40));
  expect(keyed(box, 'ArrowUp', true, 6, size)).toEqual(of(100, 50, 200, 34));
  expect(keyed(box, 'ArrowUp', true, 60, size)).toEqual(of(100, 50, 200, 1));
  expect(keyed(box, 'ArrowRight', true, 9999, size)).toEqual(of(100, 50, 540, 40));
  for (const key of ['a', 'Enter', 'Home', 'constructor']) expect(keyed(box, key, false, 6, size)).toBeNull();
});

test('a step is a hundredth of the picture, or a pixel', () => {
  expect([stepOf(size, false), stepOf(size, true), stepOf({ columns: 20, rows: 20 }, false)]).toEqual([6, 1, 1]);
});

test('new regions do not lie on each other', () => {
  const first = fresh([], size);
  expect(first).toEqual(of(240, 216, 160, 48));
  expect(fresh([first], size)).toEqual(of(240, 264, 160, 48));
  expect(fresh([], { columns: 1, rows: 1 })).toEqual(of(0, 0, 1, 1));
});

test('what is covered twice counts once', () => {
  const square = { columns: 10, rows: 10 };
  expect(covered([], square)).toBe(0);
  expect(covered([of(0, 0, 10, 1)], square)).toBeCloseTo(0.1);
  expect(covered([of(0, 0, 6, 5), of(4, 0, 6, 5)], square)).toBeCloseTo(0.5);
  expect(covered([of(0, 0, 10, 10), of(2, 2, 3, 3)], square)).toBeCloseTo(1);
});
