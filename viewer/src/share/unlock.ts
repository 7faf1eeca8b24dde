/** Opening a link. Nothing is sent before the person asks for it. */
import { enter, knock, opened } from '../api/door';
import type { Answered, Opened, Proofs } from '../api/opening';
import { Problem } from '../dicomweb/http';
import type { ShareLink } from '../model/shareLink';
import { failureOf } from '../state/remote';
import { door, followLink, type Proving, type VisitStore } from './visit';

const refused = (error: unknown): boolean => error instanceof Problem && (error.status === 403 || error.status === 404);

function show(visit: VisitStore, handle: string, view: Opened): void {
  followLink(visit, view);
  visit.patch({ step: view.noticeAccepted ? { at: 'pictures', handle, opened: view } : { at: 'notice', handle, opened: view, busy: false, failure: null } });
}

/** Reads what the session may see; a session that is over goes back to the door. */
export async function resume(visit: VisitStore, handle: string, link: ShareLink | null): Promise<void> {
  try {
    show(visit, handle, await opened(handle));
  } catch (error) {
    const step = door(link, refused(error));
    visit.patch({ step: refused(error) || step.at !== 'door' ? step : { ...step, failure: failureOf(error) } });
  }
}

/** The link has opened: a session that is refused in the same breath is a cookie that was not kept. */
async function begin(visit: VisitStore, handle: string): Promise<void> {
  const address = `/s/${handle}/`;
  try {
    const view = await opened(handle);
    // Only now: until a session exists, a phone that switched to the mail application must find the link again.
    history.replaceState(null, '', address);
    show(visit, handle, view);
  } catch (error) {
    if (error instanceof Problem && error.status === 403) {
      visit.patch({ step: { at: 'noCookies' } });
      return;
    }
    history.replaceState(null, '', address);
    await resume(visit, handle, null);
  }
}

const proving = (link: ShareLink, factor: Proving['factor'], proofs: Proofs, mailed = 0): Proving =>
  ({ at: 'factor', link, factor, proofs, mailed, busy: false, failure: null });

async function follow(visit: VisitStore, link: ShareLink, proofs: Proofs, answered: Answered, mailed: number): Promise<void> {
  if ('handle' in answered) await begin(visit, answered.handle);
  else if (answered.factor === 'none') visit.patch({ step: door(link) });
  else visit.patch({ step: proving(link, answered.factor, proofs, answered.factor === 'email' ? mailed + 1 : 0) });
}

/** The person pressed the button on the neutral page. */
export async function ask(visit: VisitStore, link: ShareLink): Promise<void> {
  visit.patch({ step: { at: 'door', link, ended: false, busy: true, failure: null } });
  try {
    const first = await knock(link);
    if (!('factor' in first)) return;
    if (first.factor === 'none') await follow(visit, link, {}, await enter(link, {}), 0);
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
    await follow(visit, step.link, proofs, await enter(step.link, proofs), step.mailed);
  } catch (error) {
    visit.patch({ step: { ...step, busy: false, failure: failureOf(error) } });
  }
}

/** Has a code mailed, the first or another: asking with what was proved before and without a code. */
export const sendCode = (visit: VisitStore): Promise<void> => prove(visit, {});
