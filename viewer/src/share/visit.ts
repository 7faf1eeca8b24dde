/** A recipient's visit, step by step: the door, the proofs, the notice, the pictures. */
import type { Opened, Proofs } from '../api/opening';
import type { Factor } from '../api/sharing';
import { language, speak, type Language } from '../i18n';
import { chosenLanguage, rememberLanguage } from '../i18n/language';
import { parseHandle, parseShareLink, type ShareLink } from '../model/shareLink';
import type { Failure } from '../state/remote';
import { createStore, type Store } from '../state/store';

export interface Proving {
  readonly at: 'factor';
  readonly link: ShareLink;
  readonly factor: Factor;
  /** What was right so far; sent again with the next. Kept nowhere else. */
  readonly proofs: Proofs;
  /** How often a code was mailed; only when the person asked for it. */
  readonly mailed: number;
  readonly busy: boolean;
  readonly failure: Failure | null;
}

export type Step =
  /** Neither a whole link nor a session stands in the address. */
  | { readonly at: 'noLink' }
  /** The neutral page; nothing has been sent yet. `ended`: a session was here and is over. */
  | { readonly at: 'door'; readonly link: ShareLink | null; readonly ended: boolean; readonly busy: boolean; readonly failure: Failure | null }
  | Proving
  /** The link was opened and the browser came back without its cookie, or the link has ended since. */
  | { readonly at: 'noCookies' }
  | { readonly at: 'resuming'; readonly handle: string }
  | {
    readonly at: 'notice'; readonly handle: string; readonly opened: Opened;
    /** The link that was opened here, until the browser has shown that it kept the cookie. */
    readonly link: ShareLink | null;
    readonly busy: boolean; readonly failure: Failure | null;
  }
  | { readonly at: 'pictures'; readonly handle: string; readonly opened: Opened }
  | { readonly at: 'left' };

export interface Visit {
  readonly step: Step;
  readonly language: Language;
}

export type VisitStore = Store<Visit>;

export const door = (link: ShareLink | null, ended = false): Step => ({ at: 'door', link, ended, busy: false, failure: null });

/** Where the address says the visit stands. */
export function stepOf(path: string, fragment: string): Step {
  const handle = parseHandle(path);
  if (handle !== null) return { at: 'resuming', handle };
  const link = parseShareLink(fragment);
  return link === null ? { at: 'noLink' } : door(link);
}

export const createVisit = (path: string, fragment: string): VisitStore => createStore<Visit>({ step: stepOf(path, fragment), language: language() });

function say(visit: VisitStore, wanted: Language): void {
  speak(wanted);
  visit.patch({ language: wanted });
}

export function chooseLanguage(visit: VisitStore, wanted: Language): void {
  rememberLanguage(wanted);
  say(visit, wanted);
}

/** Whoever made the link knows which language its recipient reads; only the recipient's own choice knows better. */
export function followLink(visit: VisitStore, opened: Opened): void {
  if (chosenLanguage() === null) say(visit, opened.language);
}
