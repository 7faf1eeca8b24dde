/** Looking after links: the list, one of them, its end, and what happened to them. */
import { alerts, extendShare, listShares, readAlertAddress, recallShares, resendShare, revokeShare, seeAlerts, shareDetail, type ShareFilter, writeAlertAddress } from '../api/shares';
import type { Deliver, Recall } from '../api/sharing';
import { attempt, load, noticeEnd } from './load';
import { failureOf, idle, known, type Failure } from './remote';
import type { StaffStore } from './staff';

export const loadShares = (store: StaffStore): Promise<void> => load(store, 'shares', () => listShares(store.get().shareFilter, 0));

export function filterShares(store: StaffStore, change: Partial<ShareFilter>): void {
  store.set((state) => ({ ...state, shareFilter: { ...state.shareFilter, ...change } }));
  void loadShares(store);
}

export async function moreShares(store: StaffStore): Promise<void> {
  const before = known(store.get().shares);
  if (before === null) return;
  await load(store, 'shares', async () => {
    const next = await listShares(store.get().shareFilter, before.shares.length);
    return { ...next, shares: [...before.shares, ...next.shares] };
  });
}

/** What another link showed is gone before the new one is here. */
export function openLink(store: StaffStore, id: string): Promise<void> {
  store.patch({ link: idle, authorisation: idle, resent: null });
  return loadLink(store, id);
}

export const loadLink = (store: StaffStore, id: string): Promise<void> => load(store, 'link', () => shareDetail(id));

/** The link being looked at, anew after something was done to what it rests on. */
export async function reloadLink(store: StaffStore): Promise<void> {
  const { route } = store.get();
  if (route.page === 'link') await loadLink(store, route.share);
}

/** What stands on the page is told anew after something was done. */
const after = (store: StaffStore): Promise<void> => (store.get().route.page === 'link' ? reloadLink(store) : loadShares(store));

export async function revoke(store: StaffStore, id: string): Promise<void> {
  if (await attempt(store, 'toast.revoked', () => revokeShare(id))) await after(store);
}

/** Gives how many were ended, or the failure. */
export async function recall(store: StaffStore, wanted: Recall): Promise<number | Failure> {
  try {
    const { revoked } = await recallShares(wanted);
    await after(store);
    return revoked;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

export async function extend(store: StaffStore, id: string, expires: string): Promise<Failure | null> {
  try {
    await extendShare(id, expires);
    store.patch({ toast: { tone: 'done', failure: null, word: 'toast.extended' } });
    await after(store);
    return null;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

/** The address that one's alerts are mailed to, empty for none, or the failure. */
export async function alertAddress(store: StaffStore): Promise<string | Failure> {
  try {
    return (await readAlertAddress()).email ?? '';
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

export async function setAlertAddress(store: StaffStore, email: string): Promise<Failure | null> {
  try {
    await writeAlertAddress(email === '' ? null : email);
    store.patch({ toast: { tone: 'done', failure: null, word: 'toast.alertAddress' } });
    return null;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

/** The new link waits in the state until its dialog is closed. */
export async function resend(store: StaffStore, id: string, deliver: Deliver): Promise<Failure | null> {
  try {
    store.patch({ resent: await resendShare(id, deliver) });
    return null;
  } catch (error) {
    noticeEnd(store, error);
    return failureOf(error);
  }
}

export async function forgetResent(store: StaffStore): Promise<void> {
  const { resent } = store.get();
  store.patch({ resent: null });
  if (resent !== null) await after(store);
}

/** Asked for again and again while somebody is there; that it fails once is no news. */
export const loadAlerts = async (store: StaffStore): Promise<void> => {
  try {
    store.patch({ alerts: await alerts(true) });
  } catch (error) {
    noticeEnd(store, error);
  }
};

export async function see(store: StaffStore, ids: readonly string[]): Promise<void> {
  const seen = new Set(ids);
  const { alerts: before } = store.get();
  if (before === null) return;
  const left = before.alerts.filter((one) => !seen.has(one.id));
  store.patch({ alerts: { alerts: left, unseen: Math.max(0, before.unseen - (before.alerts.length - left.length)) } });
  try {
    await seeAlerts(ids);
  } catch (error) {
    noticeEnd(store, error);
    store.patch({ alerts: before, toast: { tone: 'failed', failure: failureOf(error), word: null } });
  }
}
