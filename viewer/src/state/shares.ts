/** Making, listing and revoking links. */
import type { NewShare } from '../api/answers';
import { listShares, makeShare, revokeShare } from '../api/shares';
import { noticeEnd, attempt, load } from './load';
import { failureOf, type Failure } from './remote';
import type { StaffStore } from './staff';
import { refresh } from './worklist';

/** Gives the failure, if any; the link itself waits in the state until the dialog is closed. */
export async function share(store: StaffStore, wanted: NewShare): Promise<Failure | null> {
  try {
    store.patch({ made: await makeShare(wanted) });
    return null;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

/** The link and the passcode are not kept a moment longer than they are shown. */
export function forgetMade(store: StaffStore): void {
  store.patch({ made: null });
  if (store.get().route.page === 'worklist') void refresh(store);
}

export const loadShares = (store: StaffStore): Promise<void> =>
  load(store, 'shares', async () => {
    const shares = [];
    for (let more = true; more; ) {
      const page = await listShares('', shares.length);
      shares.push(...page.shares);
      more = page.more && page.shares.length > 0;
    }
    return shares;
  });

export async function revoke(store: StaffStore, id: string): Promise<void> {
  if (await attempt(store, 'toast.revoked', () => revokeShare(id))) await loadShares(store);
}
