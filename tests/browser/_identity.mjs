/** What tells who a patient is, and looking for it in what somebody was sent. */
import fs from 'node:fs';
import { text } from './_dicom.mjs';

/** The words of a phantom by which its patient is known, as they stand in a file and as pages write them. */
export function identityOf(file, study) {
  const bytes = fs.readFileSync(file);
  // "Phantom" is a word of programs, too.
  const names = text(bytes, 0x0010, 0x0010, 'PN').split(/[\^ ]/u).filter((one) => one.length > 4 && one !== 'Phantom');
  const [referrer] = text(bytes, 0x0008, 0x0090, 'PN').split('^');
  const birth = text(bytes, 0x0010, 0x0030, 'DA');
  const [address, institution] = [[0x0010, 0x1040], [0x0008, 0x0080]].map(([group, element]) => text(bytes, group, element, 'LO'));
  return [
    ...names, referrer, birth, birth.replace(/(\d{4})(\d\d)(\d\d)/u, '$1-$2-$3'), address, institution,
    study.patientId, study.accession, study.description, study.uid, ...study.series.map((one) => one.uid),
  ];
}

/** A word as bytes: in either case, in two encodings of text, in hexadecimal and in base64. */
function spellings(word) {
  const plain = [word, word.toLowerCase(), word.toUpperCase()].flatMap((one) => ['utf8', 'utf16le'].map((encoding) => Buffer.from(one, encoding)));
  const [hex, base64] = ['hex', 'base64'].map((encoding) => Buffer.from(word).toString(encoding));
  // The last letters of base64 depend on what follows.
  return [...plain, Buffer.from(hex), Buffer.from(base64.replace(/.{0,2}=+$/u, ''))];
}

/** Which of the words stand in some of the bytes. */
export const foundIn = (bytes, identity) => identity.filter((word) => spellings(word).some((one) => bytes.some((some) => some.includes(one))));
