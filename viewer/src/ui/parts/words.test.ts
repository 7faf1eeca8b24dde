import { expect, test } from 'vitest';
import { asSentence, plainDay, progressWords } from './words';

test.each([
  ['this is not a DICOM object', 'This is not a DICOM object.'], ['This set-up link was used.', 'This set-up link was used.'], ['Why?', 'Why?'], ['élan', 'Élan.'],
])('%j is said as %j', (clause, sentence) => expect(asSentence(clause)).toBe(sentence));

test.each([
  [187, 188, false, '187 of 188'], [188, 188, false, ''], [12, null, false, ''], [12, null, true, 'still arriving'], [187, 188, true, 'still arriving · 187 of 188'],
])('%j of %j, arriving %j, is said as %j', (received, expected, arriving, words) => expect(progressWords({ received, expected, arriving })).toBe(words));

test.each([['2026-11-22', '22 Nov 2026'], ['', 'No date'], [null, 'No date'], ['2026-13-01', '20261301']])('the day %j reads %j', (text, words) => expect(plainDay(text)).toBe(words));
