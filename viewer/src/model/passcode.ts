/** Passcodes: eight characters of Crockford's base 32, typed by people from paper, telephone or memory. */

export const passcodeLength = 8;

/** What the person meant: upper case, no spaces or dashes, O read as 0, I and L read as 1. */
export function normalisePasscode(typed: string): string {
  return typed
    .toUpperCase()
    .replaceAll(/[\s\u2010-\u2015-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}

/** Whether the text can be a passcode at all; U is not in the alphabet. */
export function isPasscode(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(text);
}

/** The code in two groups of four, as it is read aloud. */
export function spelledPasscode(code: string): string {
  return code.length === passcodeLength ? `${code.slice(0, 4)} ${code.slice(4)}` : code;
}
