import { expect, test } from 'vitest';
import type { InstanceFacts } from '../model/image';
import { isStack, type DisplaySet } from '../model/displaySet';
import { parseSeriesUid, parseSopUid, parseStudyUid } from '../model/uid';
import { displaySetsOf, splitRules } from './splitRules';

const base: InstanceFacts = {
  study: parseStudyUid('1.2') ?? expect.fail(), series: parseSeriesUid('1.2.3') ?? expect.fail(), sop: parseSopUid('1.2.3.1') ?? expect.fail(), sopClass: '1.2.840.10008.5.1.4.1.1.2', modality: 'CT',
  seriesNumber: 1, seriesDescription: '', instanceNumber: 1, frames: 1, rows: 512, columns: 512, samplesPerPixel: 1, bitsAllocated: 16, photometric: 'MONOCHROME2', plane: null, spacing: null, voi: null, frameTime: null, lossy: false, burnedIn: false, syntax: null,
};
const one = (sop: string, part: Partial<InstanceFacts>): InstanceFacts => ({ ...base, sop: parseSopUid(`1.2.3.${sop}`) ?? expect.fail(), ...part });
const at = (z: number): Partial<InstanceFacts> => ({ plane: { position: [0, 0, z], row: [1, 0, 0], column: [0, 1, 0] } });
const told = (sets: readonly DisplaySet[]) => sets.map((set) => (isStack(set) ? `${set.kind} ${set.pictures.length} ${set.drawnBy}` : `${set.kind} ${set.reason} ${set.count}`));

test.each<[string, InstanceFacts[], string[]]>([
  ['nothing', [], []],
  ['three slices', [one('1', at(1)), one('2', at(2)), one('3', at(3))], ['stack 3 browser']],
  ['a scout among slices', [one('1', at(1)), one('2', { plane: { position: [0, 0, 0], row: [1, 0, 0], column: [0, 0, -1] } })], ['stack 1 browser', 'stack 1 browser']],
  ['slices of two sizes', [one('1', at(1)), one('2', { ...at(2), rows: 256 })], ['stack 1 browser', 'stack 1 browser']],
  ['a clip', [one('1', { frames: 30 })], ['multiframe 30 browser']],
  ['a report', [one('1', { sopClass: '1.2.840.10008.5.1.4.1.1.88.33', rows: 0 })], ['unsupported report 1']],
  ['a PDF', [one('1', { sopClass: '1.2.840.10008.5.1.4.1.1.104.1', rows: 0 })], ['unsupported document 1']],
  ['objects without pixels', [one('1', { rows: 0 }), one('2', { rows: 0 })], ['unsupported noPixels 2']],
  ['a film', [one('1', { frames: 900, syntax: '1.2.840.10008.1.2.4.102' })], ['unsupported video 1']],
  ['a form nobody here knows', [one('1', { ...at(1), syntax: '1.2.840.10008.1.2.4.99' })], ['stack 1 server']],
  ['JPEG 2000', [one('1', { ...at(1), syntax: '1.2.840.10008.1.2.4.90' })], ['stack 1 browser']],
  ['single bits', [one('1', { bitsAllocated: 1 })], ['stack 1 server']],
  ['32 bits', [one('1', { bitsAllocated: 32 })], ['stack 1 server']],
  ['a palette', [one('1', { photometric: 'PALETTE COLOR' })], ['stack 1 server']],
  ['12-bit JPEG', [one('1', { ...at(1), syntax: '1.2.840.10008.1.2.4.51' })], ['stack 1 server']],
])('%s', (_, instances, expected) => expect(told(displaySetsOf(instances))).toEqual(expected));

const shot = (sop: string, instanceNumber: number, frames: number): InstanceFacts => one(sop, { instanceNumber, frames });

test.each<[string, InstanceFacts[], string[]]>([
  ['one object of another size, first of all', [one('1', { ...at(1), rows: 256 }), one('2', at(1)), one('3', at(2)), one('4', at(3))], ['1.2.3.2', '1.2.3.1']],
  ['a scout before its slices', [one('1', { plane: { position: [0, 0, 0], row: [1, 0, 0], column: [0, 0, -1] } }), one('2', at(1)), one('3', at(2))], ['1.2.3.2', '1.2.3.1']],
  ['a report before pictures', [one('1', { sopClass: '1.2.840.10008.5.1.4.1.1.88.33', rows: 0 }), one('2', at(1))], ['1.2.3.2', 'report']],
  ['clips as they were taken, whatever their length', [shot('3', 3, 60), shot('1', 1, 30), shot('2', 2, 45)], ['1.2.3.1', '1.2.3.2', '1.2.3.3']],
  ['clips before a still', [one('9', { instanceNumber: 1 }), shot('1', 2, 30)], ['1.2.3.1', '1.2.3.9']],
  ['a clip after the slices it was made of', [shot('9', 1, 2), one('1', at(1)), one('2', at(2)), one('3', at(3))], ['1.2.3.1', '1.2.3.9']],
  ['two of a size by number', [one('1', { ...at(1), rows: 256, instanceNumber: 2 }), one('2', { ...at(1), instanceNumber: 1 })], ['1.2.3.2', '1.2.3.1']],
])('what is listed first: %s', (_, instances, expected) =>
  expect(displaySetsOf(instances).map((set) => (isStack(set) ? set.pictures[0]?.facts.sop : set.reason))).toEqual(expected));

const order = (instances: InstanceFacts[]): string[] => displaySetsOf(instances).flatMap((set) => (isStack(set) ? set.pictures.map((picture) => picture.facts.sop) : []));

test('slices lie in the order of their places, not of their numbers', () => {
  expect(order([one('1', { ...at(30), instanceNumber: 1 }), one('2', { ...at(-10), instanceNumber: 2 }), one('3', { ...at(5), instanceNumber: 3 })])).toEqual(['1.2.3.2', '1.2.3.3', '1.2.3.1']);
});

test('without places their numbers decide', () => {
  expect(order([one('1', { instanceNumber: 10 }), one('2', { instanceNumber: 9 })])).toEqual(['1.2.3.2', '1.2.3.1']);
});

test('no instance is left out: the last rule takes all', () => {
  expect(splitRules.at(-1)?.matches(base)).toBe(true);
});
