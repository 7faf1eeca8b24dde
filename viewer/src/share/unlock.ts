/** Opening a link. Nothing is sent before the person asks for it. */
import { enter, knock, opened } from '../api/door';
import { Problem } from '../dicomweb/http';
import type { ShareLink } from '../model/shareLink';
import { failureOf } from '../state/remote';
import { door, type VisitStore } from './visit';

const refused = (error: unknown): boolean => error instanceof Problem && (error.status === 403 || error.status === 404);

/** Reads what the session may see; a session that is over goes back to the door. */
export async function resume(visit: VisitStore, handle: string, link: ShareLink | null): Promise<void> {
  try {
    const view = await opened(handle);
    visit.patch({ step: view.noticeAccepted ? { at: 'pictures', handle, opened: view } : { at: 'notice', handle, opened: view, busy: false, failure: null } });
  } catch (error) {
    const step = door(link, refused(error));
    visit.patch({ step: refused(error) || step.at !== 'door' ? step : { ...step, failure: failureOf(error) } });
  }
}

async function pass(visit: VisitStore, link: ShareLink, passcode: string): Promise<void> {
  const { handle } = await enter(link, passcode);
  // Only now: until a session exists, a phone that switched to the mail application must find the link again.
  history.replaceState(null, '', `/s/${handle}/`);
  await resume(visit, handle, link);
}

/** The person pressed the button on the neutral page. */
export async function ask(visit: VisitStore, link: ShareLink): Promise<void> {
  visit.patch({ step: { at: 'door', link, ended: false, busy: true, failure: null } });
  try {
    const { factor } = await knock(link);
    if (factor === 'none') await pass(visit, link, '');
    else visit.patch({ step: { at: 'passcode', link, busy: false, failure: null } });
  } catch (error) {
    visit.patch({ step: { at: 'door', link, ended: false, busy: false, failure: failureOf(error) } });
  }
}

/** Wrong or ended: the one sentence, and the form stays. */
export async function prove(visit: VisitStore, link: ShareLink, passcode: string): Promise<void> {
  visit.patch({ step: { at: 'passcode', link, busy: true, failure: null } });
  try {
    await pass(visit, link, passcode);
  } catch (error) {
    visit.patch({ step: { at: 'passcode', link, busy: false, failure: failureOf(error) } });
  }
}
