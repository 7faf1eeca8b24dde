/** A patient's authorisation as it is being written down: what the form must say, and what is still lacking. */
import type { Authorisation, Statements, WantedAuthorisation } from '../api/sharing';

export interface Terms {
  readonly description: string;
  readonly discloser: string;
  readonly recipient: string;
  readonly purpose: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly expires: string;
  readonly expiryEvent: string;
  readonly signedBy: string;
  readonly signedOn: string;
  readonly byRepresentative: boolean;
  readonly representative: string;
  readonly statements: Statements;
}

export const emptyTerms: Terms = {
  description: '', discloser: '', recipient: '', purpose: '', expires: '', expiryEvent: '', signedBy: '', signedOn: '', byRepresentative: false, representative: '',
  statements: { revocation: false, conditioning: false, redisclosure: false },
};

/** What a record says, to be gone through for its next version. */
export const termsFrom = ({ description, discloser, recipient, purpose, expires, expiryEvent, signedBy, signedOn, representative, statements }: Authorisation): Terms => ({
  description, discloser, recipient, purpose, expires: expires ?? '', expiryEvent: expiryEvent ?? '', signedBy, signedOn: signedOn ?? '',
  byRepresentative: representative !== null, representative: representative ?? '', statements,
});

/** The first element that is missing. */
export type TermsLack = 'description' | 'discloser' | 'recipient' | 'purpose' | 'expiry' | 'signedBy' | 'signedOn' | 'representative' | 'statements';

export function lackOfTerms(terms: Terms): TermsLack | null {
  const has = (text: string): boolean => text.trim() !== '';
  const elements: readonly (readonly [TermsLack, boolean])[] = [
    ['description', has(terms.description)], ['discloser', has(terms.discloser)], ['recipient', has(terms.recipient)], ['purpose', has(terms.purpose)],
    ['expiry', has(terms.expires) || has(terms.expiryEvent)], ['signedBy', has(terms.signedBy)], ['signedOn', has(terms.signedOn)],
    ['representative', !terms.byRepresentative || has(terms.representative)],
    ['statements', terms.statements.revocation && terms.statements.conditioning && terms.statements.redisclosure],
  ];
  return elements.find(([, there]) => !there)?.[0] ?? null;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const termsOf = (terms: Terms, study: string): WantedAuthorisation => ({
  study, description: terms.description.trim(), discloser: terms.discloser.trim(), recipient: terms.recipient.trim(), purpose: terms.purpose.trim(),
  expires: orNull(terms.expires), expiryEvent: orNull(terms.expiryEvent), signedBy: terms.signedBy.trim(), signedOn: terms.signedOn.trim(),
  representative: terms.byRepresentative ? orNull(terms.representative) : null, statements: terms.statements,
});
