/** Making links: a look beforehand, the links themselves, and the records they are made under. */
import { attachForm, authorisation, authorisations, changeAuthorisation, recordAuthorisation, revokeAuthorisation } from '../api/authorisations';
import { makeShare, previewShare } from '../api/shares';
import type { Wanted, WantedAuthorisation } from '../api/sharing';
import { attempt, load, noticeEnd } from './load';
import { failureOf, idle, type Failure } from './remote';
import type { StaffStore } from './staff';
import { refresh } from './worklist';

async function orFailure(store: StaffStore, doing: () => Promise<void>): Promise<Failure | null> {
  try {
    await doing();
    return null;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

/** What recipients would see; makes nothing. */
export const lookAhead = (store: StaffStore, wanted: Wanted): Promise<Failure | null> =>
  orFailure(store, async () => store.patch({ preview: await previewShare(wanted) }));

/** The links themselves wait in the state until the dialog is closed. */
export const share = (store: StaffStore, wanted: Wanted): Promise<Failure | null> =>
  orFailure(store, async () => store.patch({ made: await makeShare(wanted) }));

/** Links and passcodes are not kept a moment longer than they are shown. */
export function forgetMade(store: StaffStore): void {
  store.patch({ made: null, preview: null, authorisations: idle });
  if (store.get().route.page === 'worklist') void refresh(store);
}

export const loadAuthorisations = (store: StaffStore, study: string): Promise<void> => load(store, 'authorisations', () => authorisations(study));
export const loadAuthorisation = (store: StaffStore, id: string): Promise<void> => load(store, 'authorisation', () => authorisation(id));

export interface Recorded {
  /** Null when nothing was recorded. */
  readonly id: string | null;
  readonly failure: Failure | null;
}

/** Records, then attaches the scan. What stands is given back by `already`, so that a second try only attaches. */
async function recorded(store: StaffStore, recording: () => Promise<{ readonly id: string }>, form: Blob | null, already: string | null): Promise<Recorded> {
  let id = already;
  const failure = await orFailure(store, async () => {
    id ??= (await recording()).id;
    if (form !== null) await attachForm(id, form);
  });
  return { id, failure };
}

export async function record(store: StaffStore, wanted: WantedAuthorisation, form: Blob | null, already: string | null): Promise<Recorded> {
  const done = await recorded(store, () => recordAuthorisation(wanted), form, already);
  if (done.id !== null) await loadAuthorisations(store, wanted.study);
  return done;
}

/** Records a new version of what a record says. */
export async function recordAnew(store: StaffStore, id: string, wanted: WantedAuthorisation, form: Blob | null, already: string | null): Promise<Recorded> {
  const done = await recorded(store, () => changeAuthorisation(id, wanted), form, already);
  if (done.failure === null) store.patch({ toast: { tone: 'done', failure: null, word: 'toast.authorisationChanged' } });
  if (done.id !== null) await loadAuthorisation(store, id);
  return done;
}

export const attach = (store: StaffStore, id: string, form: Blob): Promise<boolean> =>
  attempt(store, 'toast.formAttached', async () => {
    await attachForm(id, form);
    await loadAuthorisation(store, id);
  });

export const endAuthorisation = (store: StaffStore, id: string, reason: string): Promise<Failure | null> =>
  orFailure(store, async () => {
    await revokeAuthorisation(id, reason);
    store.patch({ toast: { tone: 'done', failure: null, word: 'toast.authorisationRevoked' } });
    await loadAuthorisation(store, id);
  });
