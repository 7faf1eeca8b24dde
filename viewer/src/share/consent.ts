/** Accepting the notice, finding out that the session is over, and leaving. */
import { acceptNotice, leave, opened } from '../api/door';
import { Problem } from '../dicomweb/http';
import { addressOf } from '../model/shareLink';
import { failureOf } from '../state/remote';
import { resume, show } from './unlock';
import { door, type Step, type VisitStore } from './visit';

async function refused(visit: VisitStore, step: Extract<Step, { at: 'notice' }>, error: unknown): Promise<void> {
  const status = error instanceof Problem ? error.status : 0;
  if (status === 403) {
    // The first request that had to bring the cookie. Whoever tries again finds the link in the address.
    if (step.link !== null) history.replaceState(null, '', addressOf(step.link));
    visit.patch({ step: step.link === null ? door(null, true) : { at: 'noCookies' } });
    return;
  }
  // Its text has changed since, with the end of the link for one: the new one is shown.
  if (status === 409) await resume(visit, step.handle);
  const { step: now } = visit.get();
  if (now.at === 'notice') visit.patch({ step: { ...now, busy: false, failure: failureOf(error) } });
}

export async function accept(visit: VisitStore): Promise<void> {
  const { step } = visit.get();
  if (step.at !== 'notice') return;
  visit.patch({ step: { ...step, busy: true, failure: null } });
  try {
    show(visit, step.handle, await acceptNotice(step.handle, step.opened.notice.hash));
  } catch (error) {
    await refused(visit, step, error);
  }
}

/** A picture failed: if the session is over, say so; if not, the picture's own message stands. */
export async function checkStillOpen(visit: VisitStore): Promise<void> {
  const { step } = visit.get();
  if (step.at !== 'pictures') return;
  try {
    await opened(step.handle);
  } catch (error) {
    if (error instanceof Problem && error.status === 403) visit.patch({ step: door(null, true) });
  }
}

export async function goAway(visit: VisitStore): Promise<void> {
  const { step } = visit.get();
  if (step.at === 'pictures') await leave(step.handle).catch(() => undefined);
  history.replaceState(null, '', '/s');
  visit.patch({ step: { at: 'left' } });
}
