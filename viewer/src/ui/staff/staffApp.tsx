/** Which staff page stands here. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t, type Word } from '../../i18n';
import { pathOf, type Route } from '../../model/route';
import { go, leave } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { Administration } from '../admin/administration';
import { Mark } from '../parts/icons';
import { useStore } from '../parts/useStore';
import { CertificatePage } from '../projects/certificatePage';
import { ProjectPage } from '../projects/projectPage';
import { ProjectsPage } from '../projects/projectsPage';
import { StudyPage } from '../read/studyPage';
import { ReviewPage } from '../review/reviewPage';
import { ReviewingPage } from '../review/reviewingPage';
import { LinkPage } from '../sharing/linkPage';
import { SharesPage } from '../sharing/sharesPage';
import { SetUp } from './setUp';
import { Shell, menuOf, pagesFor, routes } from './shell';
import { SignIn } from './signIn';
import { WorklistPage } from './worklistPage';

const titles: Readonly<Record<Route['page'], Word>> = {
  worklist: 'title.worklist', study: 'title.study', shares: 'title.shares', link: 'title.link', projects: 'title.projects', project: 'title.project', certificate: 'title.certificate',
  review: 'title.review', reviewing: 'title.reviewing', admin: 'title.admin', setup: 'title.setup', lost: 'title.worklist',
};

/** What stands in the frame of the staff pages. */
function Content({ store, route }: { store: StaffStore; route: Route }): JSX.Element {
  switch (route.page) {
    case 'shares':
      return <SharesPage store={store} />;
    case 'link':
      return <LinkPage store={store} id={route.share} key={route.share} />;
    case 'projects':
      return <ProjectsPage store={store} />;
    case 'project':
      return <ProjectPage store={store} project={route.project} key={route.project} />;
    case 'certificate':
      return <CertificatePage store={store} project={route.project} study={route.study} key={pathOf(route)} />;
    case 'review':
      return <ReviewPage store={store} project={route.project} />;
    case 'reviewing':
      return <ReviewingPage store={store} project={route.project} id={route.review} key={route.review} />;
    case 'admin':
      return <Administration store={store} />;
    default:
      return <WorklistPage store={store} />;
  }
}

/** An account that only opens links has nothing here. */
const NoPages = ({ store }: { store: StaffStore }): JSX.Element => (
  <main class="gate">
    <div class="gate-card">
      <p class="gate-brand"><Mark />{t('app.name')}</p>
      <h1>{t('door.heading')}</h1>
      <p>{t('signIn.nothing')}</p>
      <button type="button" class="button" onClick={() => void leave(store)}>{t('nav.signOut')}</button>
    </div>
  </main>
);

export function StaffApp({ store }: { store: StaffStore }): JSX.Element | null {
  const { route, session, language } = useStore(store);
  const signedIn = session.kind === 'in';
  const pages = signedIn ? pagesFor(store) : [];
  const wanted = menuOf(route);
  const allowed = wanted !== null && pages.includes(wanted);
  const [first] = pages;
  useEffect(() => {
    document.title = `${t(signedIn || route.page === 'setup' ? titles[route.page] : 'title.signIn')} · ${t('app.name')}`;
  }, [route, signedIn, language]);
  useEffect(() => {
    if (signedIn && !allowed && route.page !== 'setup' && first !== undefined) go(store, routes[first]);
  }, [signedIn, allowed, route, first, store]);

  if (route.page === 'setup') return <SetUp store={store} />;
  if (session.kind === 'unknown') return null;
  if (session.kind === 'out') return <SignIn store={store} />;
  if (first === undefined) return <NoPages store={store} />;
  if (!allowed) return null;
  if (route.page === 'study') return <StudyPage store={store} study={route.study} key={route.study} />;
  return <Shell store={store} page={wanted}><Content store={store} route={route} /></Shell>;
}
