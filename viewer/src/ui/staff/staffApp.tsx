/** Which staff page stands here. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t, type Word } from '../../i18n';
import type { Route } from '../../model/route';
import { go } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { Administration } from '../admin/administration';
import { useStore } from '../parts/useStore';
import { StudyPage } from '../read/studyPage';
import { SharesPage } from './sharesPage';
import { SetUp } from './setUp';
import { Shell, pagesFor } from './shell';
import { SignIn } from './signIn';
import { WorklistPage } from './worklistPage';

const titles: Readonly<Record<Route['page'], Word>> = {
  worklist: 'title.worklist', study: 'title.study', shares: 'title.shares', admin: 'title.admin', setup: 'title.setup', lost: 'title.worklist',
};

export function StaffApp({ store }: { store: StaffStore }): JSX.Element | null {
  const { route, session } = useStore(store);
  const signedIn = session.kind === 'in';
  const pages = signedIn ? pagesFor(store) : [];
  const wanted = route.page === 'study' ? 'worklist' : route.page;
  const allowed = wanted !== 'lost' && wanted !== 'setup' && pages.includes(wanted);
  const [first] = pages;
  useEffect(() => {
    document.title = `${t(signedIn || route.page === 'setup' ? titles[route.page] : 'title.signIn')} · ${t('app.name')}`;
  }, [route, signedIn]);
  useEffect(() => {
    if (signedIn && !allowed && route.page !== 'setup' && first !== undefined) go(store, { page: first });
  }, [signedIn, allowed, route, first, store]);

  if (route.page === 'setup') return <SetUp store={store} />;
  if (session.kind === 'unknown') return null;
  if (session.kind === 'out') return <SignIn store={store} />;
  if (!allowed) return null;
  if (route.page === 'study') return <StudyPage store={store} study={route.study} key={route.study} />;
  if (route.page === 'shares') return <Shell store={store} page="shares"><SharesPage store={store} /></Shell>;
  if (route.page === 'admin') return <Shell store={store} page="admin"><Administration store={store} /></Shell>;
  return <Shell store={store} page="worklist"><WorklistPage store={store} /></Shell>;
}
