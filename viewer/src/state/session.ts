/** Signing in and out, and going from page to page. */
import type { Credentials, Permission, SetUp } from '../api/answers';
import { currentSession, echo, setUp, signIn, signOut, system } from '../api/session';
import { Problem } from '../dicomweb/http';
import { language, speak, type Language } from '../i18n';
import { rememberLanguage } from '../i18n/language';
import { learnStaff } from '../i18n/staff';
import { pathOf, routeOf, type Route } from '../model/route';
import { load } from './load';
import { failureOf, idle } from './remote';
import { myLinks, emptySearch, type StaffStore } from './staff';

export const may = (store: StaffStore, permission: Permission): boolean => {
  const { session } = store.get();
  return session.kind === 'in' && session.account.permissions.includes(permission);
};

export function go(store: StaffStore, route: Route): void {
  history.pushState(null, '', pathOf(route));
  store.patch({ route, toast: null });
}

/** Leaves no way back to where there is nothing any more. */
export function goInstead(store: StaffStore, route: Route): void {
  history.replaceState(null, '', pathOf(route));
  store.patch({ route, toast: null });
}

export const followHistory = (store: StaffStore): void =>
  addEventListener('popstate', () => store.patch({ route: routeOf(location.pathname), toast: null }));

/** Words that cannot be had now leave the language as it is. */
export async function chooseLanguage(store: StaffStore, wanted: Language): Promise<void> {
  try {
    await learnStaff(wanted);
    speak(wanted);
    rememberLanguage(wanted);
    store.patch({ language: wanted });
  } catch {
    store.patch({ language: language(), toast: { tone: 'failed', failure: { kind: 'unreachable', sentence: '', status: 0, reason: '', request: '' }, word: null } });
  }
}

export async function resume(store: StaffStore): Promise<void> {
  try {
    const { account } = await currentSession();
    store.patch({ session: { kind: 'in', account } });
  } catch (error) {
    const failure = error instanceof Problem && error.status === 401 ? null : failureOf(error);
    store.patch({ session: { kind: 'out' }, signInFailure: failure });
  }
}

export async function enter(store: StaffStore, credentials: Credentials): Promise<void> {
  try {
    const { account } = await signIn(credentials);
    store.patch({ session: { kind: 'in', account }, signInFailure: null });
  } catch (error) {
    store.patch({ signInFailure: failureOf(error) });
  }
}

/** What the last person saw must not wait for the next. */
export async function leave(store: StaffStore): Promise<void> {
  await signOut().catch(() => undefined);
  store.patch({
    session: { kind: 'out' }, worklist: idle, open: idle, refusals: idle, shares: idle, link: idle, users: idle, peers: idle,
    projects: idle, projectStudies: idle, certificate: idle, waiting: idle, inspected: idle, authorisations: idle, authorisation: idle, alerts: null, preview: null, made: null, resent: null, shareFilter: myLinks, uploads: [], search: emptySearch, toast: null,
  });
  go(store, { page: 'worklist' });
}

/** Sets up, and signs in as the radiologist, or as the administrator where that is the only account. Gives the failure, if any. */
export async function begin(store: StaffStore, wanted: SetUp): Promise<ReturnType<typeof failureOf> | null> {
  try {
    await setUp(wanted);
  } catch (error) {
    return failureOf(error);
  }
  await enter(store, wanted.radiologist ?? wanted.administrator);
  history.replaceState(null, '', '/');
  go(store, { page: wanted.radiologist === null ? 'admin' : 'worklist' });
  return null;
}

export const loadSystem = (store: StaffStore): Promise<void> => load(store, 'system', system);
export const checkEcho = (store: StaffStore): Promise<void> => load(store, 'echo', echo);
