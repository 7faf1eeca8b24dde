import { expect, it } from 'vitest';
import { pathOf, patterns, routeOf } from './route';

const filled = (pattern: string): string => pattern.replace('{study}', '1.2.3').replaceAll(/\{\w+\}/g, 'a1');

// The server is asked for the same patterns: a page that it does not serve is gone when it is loaded again.
it.each(Object.entries(patterns).flatMap(([page, all]) => all.map((pattern) => [pattern, page] as const)))('%s is the page %s and back', (pattern, page) => {
  const route = routeOf(filled(pattern));
  expect(route.page).toBe(page);
  expect(pathOf(route)).toBe(filled(pattern));
});
