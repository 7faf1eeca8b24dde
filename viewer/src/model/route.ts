/** The addresses of the staff pages. */
import { parseStudyUid, type StudyUid } from './uid';

export type Route =
  | { readonly page: 'worklist' }
  | { readonly page: 'study'; readonly study: StudyUid }
  | { readonly page: 'shares' }
  | { readonly page: 'admin' }
  | { readonly page: 'setup' }
  | { readonly page: 'lost' };

export function routeOf(path: string): Route {
  const [head = '', tail = '', ...more] = path.split('/').filter((part) => part !== '');
  if (more.length > 0) return { page: 'lost' };
  if (head === 'study') {
    const study = parseStudyUid(decodeURIComponent(tail));
    return study === null ? { page: 'lost' } : { page: 'study', study };
  }
  if (tail !== '') return { page: 'lost' };
  if (head === '') return { page: 'worklist' };
  if (head === 'shares' || head === 'admin' || head === 'setup') return { page: head };
  return { page: 'lost' };
}

export const pathOf = (route: Route): string => {
  switch (route.page) {
    case 'worklist':
    case 'lost':
      return '/';
    case 'study':
      return `/study/${route.study}`;
    default:
      return `/${route.page}`;
  }
};
