/**
 * The shapes of sharing, by hand: nearly each has a word out of a few, which is any text in the server's description
 * and in what `npm run schema` makes of it.
 */

export type May = 'view' | 'download';
export type Factor = 'passcode' | 'email' | 'account' | 'birthDate';
export type Authority = 'treatment' | 'ownAccess' | 'authorisation';
export type Arrivals = 'frozen' | 'live';
export type Deliver = 'copy' | 'mail';
export type LinkLanguage = 'en' | 'de';

export interface Recipient {
  readonly name: string;
  readonly email: string | null;
}

/** Links as they are asked for: the same to each recipient. */
export interface Wanted {
  readonly studies: readonly string[];
  readonly series: readonly string[] | null;
  readonly clean: boolean;
  readonly arrivals: Arrivals;
  readonly may: May;
  readonly recipients: readonly Recipient[];
  readonly expires: string;
  readonly starts: string | null;
  readonly maxUses: number;
  readonly factors: readonly Factor[];
  readonly authority: Authority;
  readonly authorisation: string | null;
  readonly purpose: string;
  readonly message: string;
  readonly deliver: Deliver;
  readonly language: LinkLanguage;
}

export interface Warning {
  readonly kind: 'newDomain' | 'notReferrer' | 'notInRecord' | 'noFactor' | 'arriving';
  readonly recipient: string | null;
  readonly detail: string;
}

export type ShareState = 'live' | 'notYet' | 'locked' | 'withdrawn' | 'expired' | 'revoked' | 'frozen' | 'exhausted';

export interface SharedStudy {
  readonly studyInstanceUid: string;
  readonly patientName: string;
  readonly description: string;
  readonly studyDate: string;
}

export interface Delivery {
  readonly state: 'queued' | 'sent' | 'failed' | 'cancelled';
  readonly tries: number;
  readonly at: string;
  readonly error: string | null;
}

/** What stands for a name where something was done at the command line and no other name was given. */
export const operator = 'the operator of this archive';

export interface Share {
  readonly id: string;
  readonly recipient: string;
  readonly email: string | null;
  readonly studies: readonly SharedStudy[];
  /** The studies of the archive that clean copies were made of; empty when originals are lent. */
  readonly sources: readonly SharedStudy[];
  readonly series: readonly string[] | null;
  readonly clean: boolean;
  readonly arrivals: Arrivals;
  readonly may: May;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Whether an account of this archive made it, not a token or the command line. */
  readonly byAccount: boolean;
  readonly starts: string | null;
  readonly expires: string;
  readonly state: ShareState;
  readonly maxUses: number;
  readonly uses: number;
  readonly failedAttempts: number;
  readonly factors: readonly Factor[];
  readonly authority: Authority;
  readonly authorisation: string | null;
  readonly purpose: string;
  readonly message: string;
  readonly language: LinkLanguage;
  readonly firstOpenedAt: string | null;
  readonly lastOpenedAt: string | null;
  readonly revokedAt: string | null;
  readonly delivery: Delivery | null;
}

export interface Shares {
  readonly shares: readonly Share[];
  readonly more: boolean;
}

/** The link and the passcode are told this once; the server keeps neither. */
export interface MadeShare {
  readonly share: Share;
  readonly url: string;
  readonly passcode: string | null;
}

/** A link that went out again. */
export interface Resent extends MadeShare {
  /** Whether the mail leaves out the message, since it may say whose images they are or what they show. */
  readonly messageWithheld: boolean;
}

export interface Made {
  readonly shares: readonly MadeShare[];
  /** Objects left out of clean copies. */
  readonly leftOut: number;
  readonly warnings: readonly Warning[];
}

export interface PreviewSeries {
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly modality: string;
  readonly number: number;
  readonly instances: number;
}

export interface PreviewStudy {
  readonly studyInstanceUid: string;
  readonly description: string;
  readonly studyDate: string;
  readonly modalities: readonly string[];
  readonly series: readonly PreviewSeries[];
}

export interface Preview {
  /** Null for clean copies. */
  readonly patientName: string | null;
  readonly studies: readonly PreviewStudy[];
  readonly images: number;
  readonly bytes: number;
  readonly notice: readonly string[];
  readonly mail: { readonly subject: string; readonly text: string } | null;
  readonly warnings: readonly Warning[];
}

export type AlertKind = 'firstOpening' | 'newNetwork' | 'locked' | 'frozen' | 'downloaded' | 'deliveryFailed' | 'revoked';

export interface Alert {
  readonly id: string;
  readonly share: string;
  readonly recipient: string;
  readonly kind: AlertKind;
  readonly at: string;
  readonly seen: boolean;
}

export interface Alerts {
  readonly alerts: readonly Alert[];
  readonly unseen: number;
}

export interface SeenSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly modality: string;
  readonly images: number;
  readonly seen: number;
}

export interface ShareDetail extends Share {
  readonly seen: readonly SeenSeries[];
  /** Visits that proved nothing. */
  readonly probes: number;
  readonly networks: number;
  readonly download: { readonly bytes: number; readonly total: number; readonly complete: boolean } | null;
  readonly alerts: readonly Alert[];
}

/** Whose links are ended: exactly one of the four. */
export type Recall = { readonly reason: string } & (
  | { readonly study: string } | { readonly patientId: string } | { readonly recipient: string } | { readonly user: string }
);

export interface Statements {
  readonly revocation: boolean;
  readonly conditioning: boolean;
  readonly redisclosure: boolean;
}

/** What a signed form says: the elements of 45 CFR 164.508(c). */
export interface WantedAuthorisation {
  readonly study: string;
  readonly description: string;
  readonly discloser: string;
  readonly recipient: string;
  readonly purpose: string;
  readonly expires: string | null;
  readonly expiryEvent: string | null;
  readonly signedBy: string;
  readonly signedOn: string;
  readonly representative: string | null;
  readonly statements: Statements;
}

/** The scan of a signed form, without its bytes. */
export interface AuthorisationForm {
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly attachedAt: string;
  readonly attachedBy: string;
}

export interface Authorisation extends Omit<WantedAuthorisation, 'study' | 'signedOn'> {
  readonly signedOn: string | null;
  readonly id: string;
  readonly studyInstanceUid: string;
  readonly version: number;
  readonly state: 'inForce' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
  readonly form: AuthorisationForm | null;
}
