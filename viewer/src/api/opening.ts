/** The shapes of the public side of a link, by hand as those of `sharing.ts`. */
import type { Factor, LinkLanguage, May } from './sharing';

/** What a visitor has proved so far; all of it is sent again each time. */
export interface Proofs {
  readonly passcode?: string;
  readonly code?: string;
  readonly account?: { readonly name: string; readonly password: string };
  readonly birthDate?: string;
}

/** A session, with what it may know at once: asking for it would be one more answer to wait for. */
export interface Begun {
  readonly handle: string;
  readonly expires: string;
  readonly shown: Opened;
}

/** The factor asked for next, or a session. */
export type Answered = { readonly factor: Factor | 'none' } | Begun;

export interface SharedSeries {
  readonly seriesInstanceUid: string;
  readonly description: string;
  readonly modality: string;
  readonly number: number;
  readonly instances: number;
  readonly frames: number;
}

/** What a share session may know. Patient, message and studies stay away until the notice is accepted. */
export interface Opened {
  readonly sharedBy: string;
  readonly recipient: string;
  readonly expires: string;
  readonly sessionExpires: string;
  readonly may: May;
  readonly message: string;
  readonly language: LinkLanguage;
  readonly clean: boolean;
  /** Null where nothing may be downloaded; what it is of is not known while too many ask for theirs. */
  readonly download: { readonly bytes: number | null; readonly files: number | null } | null;
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
