/** A recipient's visit, step by step: the door, the proof, the notice, the pictures. */
import type { Opened } from '../api/answers';
import { parseHandle, parseShareLink, type ShareLink } from '../model/shareLink';
import type { Failure } from '../state/remote';
import { createStore, type Store } from '../state/store';

export type Step =
  /** Neither a whole link nor a session stands in the address. */
  | { readonly at: 'noLink' }
  /** The neutral page; nothing has been sent yet. `ended`: a session was here and is over. */
  | { readonly at: 'door'; readonly link: ShareLink | null; readonly ended: boolean; readonly busy: boolean; readonly failure: Failure | null }
  | { readonly at: 'passcode'; readonly link: ShareLink; readonly busy: boolean; readonly failure: Failure | null }
  | { readonly at: 'resuming'; readonly handle: string }
  | { readonly at: 'notice'; readonly handle: string; readonly opened: Opened; readonly busy: boolean; readonly failure: Failure | null }
  | { readonly at: 'pictures'; readonly handle: string; readonly opened: Opened }
  | { readonly at: 'left' };

export interface Visit {
  readonly step: Step;
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

export const createVisit = (path: string, fragment: string): VisitStore => createStore<Visit>({ step: stepOf(path, fragment) });
