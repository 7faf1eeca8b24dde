/** The mailed code as a proof. */

export const codeLength = 8;

/** The digits that were typed, whatever stands between them. */
export const digitsOf = (text: string): string => text.replaceAll(/\D/g, '').slice(0, codeLength);

/** In two groups of four, as the mail has it. */
export const spelledCode = (code: string): string => (code.length === codeLength ? `${code.slice(0, 4)} ${code.slice(4)}` : code);
