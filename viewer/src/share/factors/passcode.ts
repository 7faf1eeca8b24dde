/** The passcode as a proof: what was typed, and whether it is worth sending. */
import { isPasscode, normalisePasscode, passcodeLength } from '../../model/passcode';

export type Typed =
  | { readonly kind: 'ready'; readonly code: string }
  | { readonly kind: 'short'; readonly count: number }
  | { readonly kind: 'foreign' };

/** A code that cannot be right is not sent, so that a slip of the finger costs no try. */
export function readPasscode(text: string): Typed {
  const code = normalisePasscode(text);
  if (isPasscode(code)) return { kind: 'ready', code };
  return code.length === passcodeLength ? { kind: 'foreign' } : { kind: 'short', count: code.length };
}
