/** Opening a link. Nothing is sent before the person asks for it. */
import { enter, knock, opened } from '../api/door';
import type { Answered, Begun, Opened, Proofs } from '../api/opening';
import { Problem } from '../dicomweb/http';
import type { ShareLink } from '../model/shareLink';
import { failureOf } from '../state/remote';
import { askAhead } from './poster';
import { door, followLink, type Proving, type VisitStore } from './visit';

const refused = (error: unknown): boolean => error instanceof Problem && (error.status === 403 || error.status === 404);

/** The notice, or the pictures where it was accepted before. */
export function show(visit: VisitStore, handle: string, view: Opened, link: ShareLink | null = null): void {
  if (view.noticeAccepted) askAhead(handle, view);
  followLink(visit, view);
  visit.patch({ step: view.noticeAccepted ? { at: 'pictures', handle, opened: view } : { at: 'notice', handle, opened: view, link, busy: false, failure: null } });
}

/** Reads what the session may see; a session that is over goes back to the door. */
export async function resume(visit: VisitStore, handle: string): Promise<void> {
  try {
    show(visit, handle, await opened(handle));
  } catch (error) {
    visit.patch({ step: { at: 'door', link: null, ended: refused(error), busy: false, failure: refused(error) ? null : failureOf(error) } });
  }
}

function begin(visit: VisitStore, link: ShareLink, { handle, shown }: Begun): void {
  // Only now: until a session exists, a phone that switched to the mail application must find the link again.
  history.replaceState(null, '', `/s/${handle}/`);
  show(visit, handle, shown, link);
}

const proving = (link: ShareLink, factor: Proving['factor'], proofs: Proofs, mailed = 0): Proving =>
  ({ at: 'factor', link, factor, proofs, mailed, busy: false, failure: null });

function follow(visit: VisitStore, link: ShareLink, proofs: Proofs, answered: Answered, mailed: number): void {
  if ('handle' in answered) begin(visit, link, answered);
  else if (answered.factor === 'none') visit.patch({ step: door(link) });
  else visit.patch({ step: proving(link, answered.factor, proofs, answered.factor === 'email' ? mailed + 1 : 0) });
}

/** The person pressed the button on the neutral page. */
export async function ask(visit: VisitStore, link: ShareLink): Promise<void> {
  visit.patch({ step: { at: 'door', link, ended: false, busy: true, failure: null } });
  try {
    const first = await knock(link);
    if (!('factor' in first)) return;
    if (first.factor === 'none') follow(visit, link, {}, await enter(link, {}), 0);
    else visit.patch({ step: proving(link, first.factor, {}) });
  } catch (error) {
    visit.patch({ step: { at: 'door', link, ended: false, busy: false, failure: failureOf(error) } });
  }
}

/** Sends one proof with those before it. Wrong or ended look the same, and the form stays. */
export async function prove(visit: VisitStore, proof: Proofs): Promise<void> {
  const { step } = visit.get();
  if (step.at !== 'factor') return;
  visit.patch({ step: { ...step, busy: true, failure: null } });
  const proofs = { ...step.proofs, ...proof };
  try {
    follow(visit, step.link, proofs, await enter(step.link, proofs), step.mailed);
  } catch (error) {
    visit.patch({ step: { ...step, busy: false, failure: failureOf(error) } });
  }
}

/** Has a code mailed, the first or another: asking with what was proved before and without a code. */
export const sendCode = (visit: VisitStore): Promise<void> => prove(visit, {});
