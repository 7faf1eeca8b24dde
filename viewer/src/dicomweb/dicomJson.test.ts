import { expect, test } from 'vitest';
import { item, number, numbers, text, type JsonDataset } from './dicomJson';
import { factsOf } from './facts';

const element = (vr: string, ...Value: unknown[]) => ({ vr, Value });

test('values come as text and numbers whichever way the server spells them', () => {
  const dataset: JsonDataset = {
    '00100010': element('PN', { Alphabetic: 'Doe^Jane' }), '00281050': element('DS', '40', '300'), '00280010': element('US', 512), '00100020': { vr: 'LO' }, '0008103E': element('LO', ' Lung '),
  };
  expect(text(dataset, 'PatientName')).toBe('Doe^Jane');
  expect(text(dataset, 'PatientID')).toBe('');
  expect(text(dataset, 'SeriesDescription')).toBe('Lung');
  expect(numbers(dataset, 'WindowCenter')).toEqual([40, 300]);
  expect(number(dataset, 'Rows')).toBe(512);
  expect(number(dataset, 'Columns')).toBeNull();
});

test('what is not a number is no number', () => {
  expect(numbers({ '00281050': element('DS', 'x') }, 'WindowCenter')).toBeNull();
  expect(numbers({ '00281050': element('DS', null) }, 'WindowCenter')).toBeNull();
  expect(numbers({ '00281050': element('DS', '') }, 'WindowCenter')).toBeNull();
});

test('a sequence gives its first item', () => {
  expect(item({ '52009229': element('SQ', { '00280010': element('US', 1) }) }, 'SharedFunctionalGroupsSequence')).toEqual({ '00280010': element('US', 1) });
  expect(item({}, 'SharedFunctionalGroupsSequence')).toBeNull();
});

const identity: JsonDataset = { '0020000D': element('UI', '1.2'), '0020000E': element('UI', '1.2.3'), '00080018': element('UI', '1.2.3.4') };

test('an instance without its identifiers is none', () => {
  expect(factsOf(identity)).not.toBeNull();
  for (const tag of Object.keys(identity)) expect(factsOf(Object.fromEntries(Object.entries(identity).filter(([one]) => one !== tag)))).toBeNull();
});

test('an enhanced instance is placed by its functional groups', () => {
  const facts = factsOf({
    ...identity,
    '52009229': element('SQ', { '00209116': element('SQ', { '00200037': element('DS', 1, 0, 0, 0, 1, 0) }), '00289110': element('SQ', { '00280030': element('DS', 0.5, 0.5) }) }),
    '52009230': element('SQ', { '00209113': element('SQ', { '00200032': element('DS', 1, 2, 3) }), '00289132': element('SQ', { '00281050': element('DS', 40), '00281051': element('DS', 400) }) }),
  });
  expect(facts?.plane).toEqual({ position: [1, 2, 3], row: [1, 0, 0], column: [0, 1, 0] });
  expect(facts?.spacing).toEqual([0.5, 0.5]);
  expect(facts?.voi).toEqual({ center: 40, width: 400 });
});
