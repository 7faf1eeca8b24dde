import { expect, test } from 'vitest';
import { dayBefore, readableDate, readableTime, readableZoned } from './instant';
import { isLoopback } from './host';
import { readableName } from './personName';
import { pathOf, routeOf } from './route';
import { addressOf, parseHandle, parseShareLink } from './shareLink';
import { parseStudyUid } from './uid';

test.each([
  ['Doe^Jane^M^Dr.^Jr', 'Doe, Jane M'], ['Doe', 'Doe'], ['^Jane', 'Jane'], ['', ''], ['Yamada^Tarou=山田^太郎', 'Yamada, Tarou'], ['Doe^', 'Doe'],
])('the name %j reads %j', (raw, read) => expect(readableName(raw)).toBe(read));

test('dates and times', () => {
  expect(readableDate('20261122', 'en-GB')).toBe('22 Nov 2026');
  expect(readableDate('unknown', 'en-GB')).toBe('unknown');
  expect(readableTime('134501.25')).toBe('13:45');
  expect(readableTime('')).toBe('');
});

test.each(['20261399', '20260230', '20260229', '20261301', '20260100', '20260001', '00000000', '99999999', '20260431'])(
  'no calendar has %s: it is shown as it came', (da) => expect(readableDate(da, 'en-GB')).toBe(da),
);

test.each([['20240229', '29 Feb 2024'], ['19000101', '1 Jan 1900'], ['00500101', '1 Jan 50'], ['20261231', '31 Dec 2026']])(
  '%s reads %s', (da, read) => expect(readableDate(da, 'en-GB')).toBe(read),
);

test.each(['9961', '2400', '1260', '1'])('no clock shows %s', (tm) => expect(readableTime(tm)).toBe(''));

test('an end says its zone', () => {
  expect(readableZoned('2026-11-29T10:30:00Z', 'en-GB', 'UTC')).toBe('29 Nov 2026, 10:30 UTC');
  expect(readableZoned('2026-11-29T10:30:00Z', 'de-DE', 'Europe/Berlin')).toBe('29. Nov. 2026, 11:30 MEZ');
  expect(readableZoned('soon', 'en-GB')).toBe('soon');
});

test('days before are counted on the calendar', () => {
  expect(dayBefore(new Date(2026, 2, 1), 1)).toBe('20260228');
  expect(dayBefore(new Date(2026, 10, 22), 0)).toBe('20261122');
});

test.each([
  ['/', 'worklist'], ['/study/1.2.840.1', 'study'], ['/study/../etc', 'lost'], ['/study/', 'lost'], ['/shares', 'shares'], ['/admin', 'admin'], ['/setup', 'setup'], ['/nowhere', 'lost'], ['/admin/x', 'lost'],
  ['/projects', 'projects'], ['/projects/lung', 'project'], ['/projects/lung/certificate/1.2.3', 'certificate'], ['/projects/lung/certificate/x', 'lost'],
  ['/projects/lung/certificate', 'lost'], ['/projects/lung/other/1.2.3', 'lost'], ['/review', 'review'], ['/review/lung', 'review'], ['/review/lung/r1', 'reviewing'],
  ['/shares/aB3_-x', 'link'], ['/shares/a%2Fb', 'lost'], ['/shares/a/b', 'lost'], ['/review/lung/r1/x', 'lost'], ['/review/%E0', 'lost'], ['/study/1.2/3', 'lost'], ['/shares/a/b/c/d', 'lost'],
])('%s is the page %s', (path, page) => expect(routeOf(path).page).toBe(page));

test('a route gives its own path back', () => {
  for (const path of ['/', '/study/1.2.3', '/shares', '/shares/aB3_-x', '/admin', '/setup', '/projects', '/projects/a%20%2F%20b', '/projects/lung/certificate/1.2.3', '/review', '/review/lung', '/review/a%20b/r1']) expect(pathOf(routeOf(path))).toBe(path);
});

test('a share link has three parts and nothing else', () => {
  const secret = 'a'.repeat(43);
  expect(parseShareLink(`#v1.abcdefghijklmnopqrstuv.${secret}`)).toEqual({ share: 'abcdefghijklmnopqrstuv', secret });
  expect(addressOf({ share: 'abcdefghijklmnopqrstuv', secret })).toBe(`/s#v1.abcdefghijklmnopqrstuv.${secret}`);
  expect(parseShareLink(`#v2.abcdefghijklmnopqrstuv.${secret}`)).toBeNull();
  expect(parseShareLink('')).toBeNull();
  expect(parseShareLink('#v1.abc')).toBeNull();
  expect(parseHandle('/s/abcdefghijklmnopqrstuv/')).toBe('abcdefghijklmnopqrstuv');
  expect(parseHandle('/s')).toBeNull();
  expect(parseHandle('/s/a/b/')).toBeNull();
});

test('identifiers are digits and dots', () => {
  expect(parseStudyUid('1.2.3')).toBe('1.2.3');
  for (const bad of ['', '1..2', '1.2.', 'a', '1/2', '1'.repeat(65)]) expect(parseStudyUid(bad)).toBeNull();
});

test.each([
  ['127.0.0.1', true], ['127.1.2.3', true], ['::1', true], ['[::1]', true], ['localhost', true], ['LOCALHOST', true],
  ['0.0.0.0', false], ['10.127.0.0.1', false], ['192.168.1.7', false], ['pacs.example.org', false], ['localhost.example.org', false], ['::', false], ['', false],
])('only the machine itself reaches %j: %j', (host, only) => expect(isLoopback(host)).toBe(only));
