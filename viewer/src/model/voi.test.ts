import { expect, test } from 'vitest';
import { ctPresets, draggedVoi, voiFromRange, voiRange } from './voi';

test('40/400 is −160 to 239, by the half-pixel formula', () => {
  expect(voiRange({ center: 40, width: 400 })).toEqual({ lower: -160, upper: 239 });
});

test.each([[40, 400], [-600, 1500], [480, 2500], [127.5, 256], [0, 1]])('%d/%d survives the way to a range and back', (center, width) => {
  const { lower, upper } = voiRange({ center, width });
  expect(voiFromRange(lower, upper)).toEqual({ center, width });
});

test('a drag right widens, a drag down raises the centre', () => {
  expect(draggedVoi({ center: 40, width: 400 }, 50, 20)).toEqual({ center: 60, width: 450 });
  expect(draggedVoi({ center: 40, width: 400 }, -5000, 0).width).toBe(1);
});

test('every preset has a key of its own', () => {
  expect(new Set(ctPresets.map((one) => one.key)).size).toBe(ctPresets.length);
});
