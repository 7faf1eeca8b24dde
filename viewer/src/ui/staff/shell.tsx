/** The frame of the staff pages: who is signed in, where one can go, and what was just done. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t, type Word } from '../../i18n';
import type { Route } from '../../model/route';
import { pathOf } from '../../model/route';
import { seesProjects } from '../../state/projects';
import { chooseLanguage, go, leave, may } from '../../state/session';
import { loadAlerts } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { FailureText } from '../parts/failure';
import { Icon, Mark } from '../parts/icons';
import { LanguageChoice } from '../parts/languageChoice';

type Page = 'worklist' | 'shares' | 'projects' | 'review' | 'admin';

const words: Readonly<Record<Page, Word>> = { worklist: 'nav.worklist', shares: 'nav.shares', projects: 'nav.projects', review: 'nav.review', admin: 'nav.admin' };
export const routes: Readonly<Record<Page, Route>> = {
  worklist: { page: 'worklist' }, shares: { page: 'shares' }, projects: { page: 'projects' }, review: { page: 'review', project: null }, admin: { page: 'admin' },
};
/** Where in the menu a page belongs; null where it belongs to none. */
const menu: Readonly<Record<Route['page'], Page | null>> = {
  worklist: 'worklist', study: 'worklist', shares: 'shares', link: 'shares', projects: 'projects', project: 'projects', certificate: 'projects', review: 'review', reviewing: 'review', admin: 'admin', setup: null, lost: null,
};
export const menuOf = (route: Route): Page | null => menu[route.page];

export const pagesFor = (store: StaffStore): readonly Page[] => [
  ...(may(store, 'search') ? (['worklist'] as const) : []),
  ...(may(store, 'share') || may(store, 'seeShares') ? (['shares'] as const) : []),
  ...(seesProjects(store) ? (['projects'] as const) : []),
  ...(may(store, 'review') ? (['review'] as const) : []),
  ...(may(store, 'manageUsers') || may(store, 'managePeers') ? (['admin'] as const) : []),
];

/** A link that stays in the page; with a modifier key it is an ordinary link. */
export function PageLink({ store, route, class: name, label, current = false, children }: {
  store: StaffStore; route: Route; class?: string; label?: string; current?: boolean; children: ComponentChildren;
}): JSX.Element {
  return (
    <a
      class={name}
      aria-label={label}
      href={pathOf(route)}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(store, route);
      }}
    >
      {children}
    </a>
  );
}

export function Toast({ store }: { store: StaffStore }): JSX.Element {
  const { toast } = store.get();
  useEffect(() => {
    if (toast === null || toast.tone === 'failed') return undefined;
    const timer = setTimeout(() => store.patch({ toast: null }), 6000);
    return () => clearTimeout(timer);
  }, [toast, store]);
  return (
    <div class="toasts" role="status">
      {toast !== null && (
        <div class={`toast toast-${toast.tone}`}>
          <p>{toast.failure === null ? toast.word !== null && t(toast.word) : <FailureText failure={toast.failure} />}</p>
          <button type="button" class="button-icon" aria-label={t('action.dismiss')} onClick={() => store.patch({ toast: null })}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

/** Between two looks for what happened to one's links. */
const alertInterval = 60_000;

/** How much of one's links happened unseen. */
function Unseen({ store }: { store: StaffStore }): JSX.Element | null {
  const { alerts } = store.get();
  useEffect(() => {
    void loadAlerts(store);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void loadAlerts(store);
    }, alertInterval);
    return () => clearInterval(timer);
  }, [store]);
  const count = alerts?.unseen ?? 0;
  if (count === 0) return null;
  return <span class="badge"><span aria-hidden="true">{count}</span><span class="offscreen">{t('alerts.badge', { count })}</span></span>;
}

export function Shell({ store, page, children }: { store: StaffStore; page: Page; children: ComponentChildren }): JSX.Element {
  const { session } = store.get();
  return (
    <div class="shell">
      <a class="skip" href="#content">{t('nav.skip')}</a>
      <header class="bar">
        <span class="brand"><Mark />{t('app.name')}</span>
        <nav aria-label={t('nav.main')}>
          {pagesFor(store).map((one) => (
            <PageLink key={one} store={store} route={routes[one]} class="bar-link" current={one === page}>{t(words[one])}{one === 'shares' && <Unseen store={store} />}</PageLink>
          ))}
        </nav>
        <div class="bar-end">
          <LanguageChoice choose={(wanted) => void chooseLanguage(store, wanted)} />
          {session.kind === 'in' && <span class="bar-name">{session.account.name}</span>}
          <button type="button" class="bar-link" onClick={() => void leave(store)}>{t('nav.signOut')}</button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>{children}</main>
      <Toast store={store} />
    </div>
  );
}
