import { expect, test } from 'vitest';
import { depth, edgeMarks, letters, parallel, type Plane } from './geometry';

const axial: Plane = { position: [0, 0, 30], row: [1, 0, 0], column: [0, 1, 0] };
const sagittal: Plane = { position: [12, 0, 0], row: [0, 1, 0], column: [0, 0, -1] };

test('an axial picture has the patient’s right at its left', () => {
  expect(edgeMarks(axial)).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
});

test('a sagittal picture has the head at its top', () => {
  expect(edgeMarks(sagittal)).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
});

test('an oblique direction names the strongest axis first and leaves out slight ones', () => {
  expect(letters([0.8, 0.6, 0])).toBe('LP');
  expect(letters([0.05, -0.99, 0.1])).toBe('A');
});

test('depth runs along the normal', () => {
  expect(depth(axial)).toBe(30);
  expect(depth(sagittal)).toBe(-12);
});

test('planes that look another way are not parallel', () => {
  expect(parallel(axial, { ...axial, position: [5, 5, 90] })).toBe(true);
  expect(parallel(axial, sagittal)).toBe(false);
});
