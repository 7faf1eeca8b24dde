import { expect, test } from 'vitest';
import type { Certificate, CleanObject, Decision, Verdict } from '../api/deident';
import { tallyOf } from '../model/sum';
import { sumsOf } from './certificate';

const object = (uid: string, verdict: Verdict): CleanObject => ({
  sop_class: '', sop_instance: uid, series: '', study: '', verdict, blanked: [], counts: {}, digest_before: '', digest_after: '',
});
const decided = (uid: string, decision: Decision['decision']): Decision => ({ sopInstanceUid: uid, decision, by: '', at: '', regions: [] });
const held: Verdict = { is: 'held', because: ['secondary'] };

test('what was decided on was held, also when its verdict is another by now', () => {
  const certificate: Certificate = {
    engine: '', table: '', profile: '', options: [], widened: { devices: 0, one_issuer: false }, counts: {}, patients: 1, released: 0, held: 0, rejected: 0, refused: { 'a private class': 2, 'an unknown VR': 1 },
    objects: [object('1', { is: 'released' }), object('2', { is: 'released-once-blanked', because: [] }), object('3', held), object('4', held), object('5', held), object('6', { is: 'released' })],
    decisions: [decided('4', 'approved'), decided('5', 'rejected'), decided('6', 'approved')],
  };
  expect(sumsOf(certificate)).toEqual({ total: 6, released: 2, held: 4, approved: 2, rejected: 1, waiting: 1, refused: 3 });
});

test('the most frequent comes first', () => {
  expect(tallyOf(['b', 'a', 'c', 'c', 'a', 'c'])).toEqual([['c', 3], ['a', 2], ['b', 1]]);
  expect(tallyOf([])).toEqual([]);
});
