/** The addresses of the staff pages. */
import pages from './pages.json';
import { parseStudyUid, type StudyUid } from './uid';

export type Route =
  | { readonly page: 'worklist' }
  | { readonly page: 'study'; readonly study: StudyUid }
  | { readonly page: 'shares' }
  | { readonly page: 'link'; readonly share: string }
  | { readonly page: 'admin' }
  | { readonly page: 'projects' }
  | { readonly page: 'project'; readonly project: string }
  | { readonly page: 'certificate'; readonly project: string; readonly study: StudyUid }
  | { readonly page: 'review'; readonly project: string | null }
  | { readonly page: 'reviewing'; readonly project: string; readonly review: string }
  | { readonly page: 'setup' }
  | { readonly page: 'lost' };

/** What the paths of each page look like; the server serves exactly these. */
export const patterns: Readonly<Record<Exclude<Route['page'], 'lost'>, readonly string[]>> = pages;

const lost: Route = { page: 'lost' };

function piecesOf(path: string): readonly string[] | null {
  try {
    return path.split('/').filter((part) => part !== '').map(decodeURIComponent);
  } catch {
    return null;
  }
}

export function routeOf(path: string): Route {
  const [head, second, third, fourth, ...more] = piecesOf(path) ?? ['/'];
  if (more.length > 0) return lost;
  if (head === undefined) return { page: 'worklist' };
  if (head === 'projects' && third === 'certificate' && second !== undefined) {
    const study = parseStudyUid(fourth ?? '');
    return study === null ? lost : { page: 'certificate', project: second, study };
  }
  if (fourth !== undefined) return lost;
  if (head === 'review') {
    return second === undefined || third === undefined ? { page: 'review', project: second ?? null } : { page: 'reviewing', project: second, review: third };
  }
  if (third !== undefined) return lost;
  if (head === 'projects') return second === undefined ? { page: 'projects' } : { page: 'project', project: second };
  if (head === 'study') {
    const study = parseStudyUid(second ?? '');
    return study === null ? lost : { page: 'study', study };
  }
  if (head === 'shares' && second !== undefined) return /^[A-Za-z0-9_-]{1,64}$/.test(second) ? { page: 'link', share: second } : lost;
  if (second !== undefined) return lost;
  return head === 'shares' || head === 'admin' || head === 'setup' ? { page: head } : lost;
}

export const pathOf = (route: Route): string => {
  switch (route.page) {
    case 'worklist':
    case 'lost':
      return '/';
    case 'study':
      return `/study/${route.study}`;
    case 'link':
      return `/shares/${route.share}`;
    case 'project':
      return `/projects/${encodeURIComponent(route.project)}`;
    case 'certificate':
      return `/projects/${encodeURIComponent(route.project)}/certificate/${route.study}`;
    case 'review':
      return route.project === null ? '/review' : `/review/${encodeURIComponent(route.project)}`;
    case 'reviewing':
      return `/review/${encodeURIComponent(route.project)}/${encodeURIComponent(route.review)}`;
    default:
      return `/${route.page}`;
  }
};
