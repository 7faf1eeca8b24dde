import { expect, test } from 'vitest';
import { isPasscode, normalisePasscode, spelledPasscode } from './passcode';

test.each([
  ['k7m2 9qxz', 'K7M29QXZ'],
  ['K7M2-9QXZ', 'K7M29QXZ'],
  [' oO0o lLiI ', '00001111'],
  ['k7m2\u20139qxz', 'K7M29QXZ'],
])('%j is read as %s', (typed, meant) => {
  expect(normalisePasscode(typed)).toBe(meant);
});

test.each([['K7M29QXZ', true], ['K7M29QX', false], ['K7M29QXU', false], ['k7m29qxz', false], ['', false]])('%j can be a passcode: %s', (text, can) => {
  expect(isPasscode(text)).toBe(can);
});

test('a code is spelled in two groups', () => expect(spelledPasscode('K7M29QXZ')).toBe('K7M2 9QXZ'));
