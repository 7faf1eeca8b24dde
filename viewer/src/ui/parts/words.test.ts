import { expect, test } from 'vitest';
import { operator } from '../../api/sharing';
import { speak } from '../../i18n';
import { asSentence, plainDay, progressWords, who, whom } from './words';

test.each([
  ['this is not a DICOM object', 'This is not a DICOM object.'], ['This set-up link was used.', 'This set-up link was used.'], ['Why?', 'Why?'], ['élan', 'Élan.'],
])('%j is said as %j', (clause, sentence) => expect(asSentence(clause)).toBe(sentence));

test.each([
  [187, 188, false, '187 of 188'], [188, 188, false, ''], [12, null, false, ''], [12, null, true, 'still arriving'], [187, 188, true, 'still arriving · 187 of 188'],
])('%j of %j, arriving %j, is said as %j', (received, expected, arriving, words) => expect(progressWords({ received, expected, arriving })).toBe(words));

test.each([['2026-11-22', '22 Nov 2026'], ['', 'No date'], [null, 'No date'], ['2026-13-01', '20261301']])('the day %j reads %j', (text, words) => expect(plainDay(text)).toBe(words));

test('the operator has no name but that of the language, and everybody else their own', () => {
  expect([who(operator), whom(operator), who('Dr. R'), whom('Dr. R')]).toEqual(['The operator of this archive', 'the operator of this archive', 'Dr. R', 'Dr. R']);
  speak('de');
  expect([who(operator), whom(operator)]).toEqual(['Die Leitung dieses Archivs', 'der Leitung dieses Archivs']);
  speak('en');
});
