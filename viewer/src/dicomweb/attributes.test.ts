import { expect, test } from 'vitest';
import { attributesOf } from './attributes';
import type { JsonDataset } from './dicomJson';
import { wholeRange } from './facts';

test('a report reads from top to bottom, its items set in', () => {
  const dataset: JsonDataset = {
    '0040A730': { vr: 'SQ', Value: [
      { '0040A160': { vr: 'UT', Value: ['Nodule'] }, '0040A040': { vr: 'CS', Value: ['TEXT'] } },
      { '0040A043': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['Finding'] } }] } },
    ] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'P^7F2A', Phonetic: 'x' }] },
    '00091001': { vr: 'UN', InlineBinary: 'AAECAw==' },
    '00080008': { vr: 'CS', Value: ['DERIVED', 'SECONDARY'] },
    '00420011': { vr: 'OB', BulkDataURI: '/bulk/1' },
    '00100030': { vr: 'DA' },
  };
  expect(attributesOf(dataset).map((one) => [one.tag, one.name, one.value, one.depth])).toEqual([
    ['0008,0008', 'Image Type', 'DERIVED \\ SECONDARY', 0],
    ['0009,1001', '', '', 0],
    ['0010,0010', 'Patient’s Name', 'P^7F2A = x', 0],
    ['0010,0030', 'Patient’s Birth Date', '', 0],
    ['0040,A730', 'Content Sequence', '', 0],
    ['0040,A040', 'Value Type', 'TEXT', 1],
    ['0040,A160', 'Text Value', 'Nodule', 1],
    ['0040,A043', 'Concept Name Code Sequence', '', 1],
    ['0008,0104', 'Code Meaning', 'Finding', 2],
    ['0042,0011', 'Encapsulated Document', '', 0],
  ]);
  expect(attributesOf(dataset)[1]).toMatchObject({ bytes: 4, apart: null });
  expect(attributesOf(dataset).at(-1)).toMatchObject({ bytes: null, apart: '/bulk/1' });
});

test('sequences may lie as deep as they like', () => {
  let dataset: JsonDataset = { '00080104': { vr: 'LO', Value: ['down here'] } };
  for (let at = 0; at < 20_000; at += 1) dataset = { '0040A730': { vr: 'SQ', Value: [dataset] } };
  expect(attributesOf(dataset).at(-1)).toMatchObject({ depth: 20_000, value: 'down here' });
});

const us = (value: number) => ({ vr: 'US', Value: [value] });
const grey = { '00280004': { vr: 'CS', Value: ['MONOCHROME2'] }, '00280101': us(12), '00280103': us(0) };

test.each([
  [grey, { center: 2048, width: 4096 }],
  [{ ...grey, '00280103': us(1) }, { center: 0, width: 4096 }],
  [{ ...grey, '00281052': { vr: 'DS', Value: [-1024] }, '00281053': { vr: 'DS', Value: [1] } }, { center: 1024, width: 4096 }],
  [{ ...grey, '00280004': { vr: 'CS', Value: ['RGB'] } }, null],
  [{}, null],
])('the whole range of %j is %j', (dataset, range) => expect(wholeRange(dataset)).toEqual(range));
