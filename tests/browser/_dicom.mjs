/** What a test reads out of a file in explicit little endian. */

/** The first bytes of an element. */
export const headOf = (group, element, vr) => Buffer.from([group & 0xff, group >> 8, element & 0xff, element >> 8, ...Buffer.from(vr)]);

/** Value of a text element: tag, two letters, length of two bytes, text. */
export function text(bytes, group, element, vr) {
  const at = bytes.indexOf(headOf(group, element, vr));
  return bytes.toString('utf8', at + 8, at + 8 + bytes.readUInt16LE(at + 6)).trim();
}
