/** The shapes of the JSON API, as `/api/openapi.json` describes them. */

export type Permission =
  | 'search' | 'view' | 'import' | 'seeShares' | 'share' | 'shareWithoutFactor' | 'withdraw' | 'seeRefusals'
  | 'manageUsers' | 'managePeers' | 'manageConfiguration' | 'readAudit' | 'readMetrics';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
}

export interface Session {
  readonly account: Account;
  readonly expires: string | null;
}

export interface System {
  readonly version: string;
  readonly aeTitle: string;
  readonly dicomHost: string;
  readonly dicomPort: number;
  readonly dicomTlsPort: number | null;
  readonly publicUrl: string;
  readonly openLoopback: boolean;
}

export interface Echo {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly message: string;
}

export interface ListedStudy {
  readonly studyInstanceUid: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly issuer: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly accessionNumber: string;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly series: number;
  readonly instances: number;
  readonly receivedAt: string;
  readonly withdrawn: { readonly at: string; readonly by: string; readonly reason: string } | null;
  readonly shares: number;
}

export interface Worklist {
  readonly studies: readonly ListedStudy[];
  readonly more: boolean;
  readonly refused: { readonly count: number };
}

export interface Refusal {
  readonly id: string;
  readonly at: string;
  readonly origin: string;
  readonly sender: string;
  readonly reason: string;
  readonly sentence: string;
  readonly sopInstanceUid: string | null;
  readonly kept: boolean;
}

export interface Refusals {
  readonly count: number;
  readonly refusals: readonly Refusal[];
  readonly more: boolean;
}

export interface Imported {
  readonly outcome: 'stored' | 'alreadyHeld';
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export type May = 'view' | 'download';

export interface Share {
  readonly id: string;
  readonly recipient: string;
  readonly studies: readonly { readonly studyInstanceUid: string; readonly patientName: string; readonly description: string; readonly studyDate: string }[];
  readonly series: readonly string[] | null;
  readonly may: May;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expires: string;
  readonly state: 'live' | 'expired' | 'revoked' | 'frozen';
  readonly maxUses: number;
  readonly uses: number;
  readonly failedAttempts: number;
  readonly passcode: boolean;
  readonly firstOpenedAt: string | null;
  readonly lastOpenedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewShare {
  readonly studies: readonly string[];
  readonly series: readonly string[] | null;
  readonly recipient: string;
  readonly may: May;
  readonly expires: string;
  readonly maxUses: number;
  readonly passcode: boolean;
  readonly purpose: 'treatment';
}

/** The link and the passcode are told this once; the server keeps neither. */
export interface MadeShare {
  readonly share: Share;
  readonly url: string;
  readonly passcode: string | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
}

export type PeerRight = 'echo' | 'store';

export interface Peer {
  readonly title: string;
  readonly host: string;
  readonly port: number | null;
  readonly rights: readonly PeerRight[];
  readonly createdAt: string;
}

export interface SharedSeries {
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly modality: string;
  readonly number: number;
  readonly instances: number;
  readonly frames: number;
}

/** What a share session may know; `patient` is null and `studies` empty until the notice is accepted. */
export interface Opened {
  readonly sharedBy: string;
  readonly recipient: string;
  readonly expires: string;
  readonly sessionExpires: string;
  readonly may: May;
  readonly noticeAccepted: boolean;
  readonly notice: { readonly text: readonly string[]; readonly hash: string };
  readonly patient: { readonly name: string; readonly birthDate: string; readonly sex: string } | null;
  readonly studies: readonly {
    readonly studyInstanceUid: string;
    readonly description: string;
    readonly studyDate: string;
    readonly modalities: readonly string[];
    readonly series: readonly SharedSeries[];
  }[];
}
