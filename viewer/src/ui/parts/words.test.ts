import { expect, test } from 'vitest';
import { asSentence } from './words';

test.each([
  ['this is not a DICOM object', 'This is not a DICOM object.'], ['This set-up link was used.', 'This set-up link was used.'], ['Why?', 'Why?'], ['élan', 'Élan.'],
])('%j is said as %j', (clause, sentence) => expect(asSentence(clause)).toBe(sentence));
