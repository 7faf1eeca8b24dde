/** Person names as PS3.5 section 6.2.1 writes them, turned into what people read. */

/** `Doe^Jane^M^Dr.^Jr=…` becomes `Doe, Jane M`; an empty name becomes the empty string. */
export function readableName(raw: string): string {
  const alphabetic = raw.split('=')[0] ?? '';
  const [family = '', given = '', middle = ''] = alphabetic.split('^').map((part) => part.trim());
  const rest = [given, middle].filter((part) => part !== '').join(' ');
  return [family, rest].filter((part) => part !== '').join(', ');
}
