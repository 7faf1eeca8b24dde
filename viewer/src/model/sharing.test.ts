import { expect, test } from 'vitest';
import { isAddress } from './address';
import { endAfter, faultOfEnd, inZone, instantOf, momentOf } from './moment';
import { readableDuration, readableSize, secondsAt } from './size';

const now = new Date('2026-11-22T10:30:00.123Z');

test.each([
  ['2026-11-29', '10:30', '2026-11-29T10:30:00Z'], ['2026-02-30', '10:30', null], ['2026-11-29', '24:30', null], ['', '10:30', null], ['2026-11-29', '', null],
])('%s %s in UTC is %s', (day, time, instant) => expect(instantOf({ day, time, zone: 'utc' })).toBe(instant));

test('a local moment is the instant of this clock, and the same one in the other zone', () => {
  const local = momentOf(now, 'local');
  expect(instantOf(local)).toBe('2026-11-22T10:30:00Z');
  expect(inZone(local, 'utc')).toEqual({ day: '2026-11-22', time: '10:30', zone: 'utc' });
  expect(inZone({ day: '', time: '', zone: 'utc' }, 'local')).toEqual({ day: '', time: '', zone: 'local' });
});

test('so many days are an instant in UTC, whatever the time zone, and never more than the server allows', () => {
  expect(endAfter(now, 7, now)).toBe('2026-11-29T10:30:00Z');
  expect(endAfter(now, 90, now)).toBe('2027-02-20T09:30:00Z');
  expect(endAfter(now, 30, new Date('2026-09-01T10:30:00Z'))).toBe('2026-11-30T09:30:00Z');
});

test.each([
  [null, 'missing'], ['2026-11-22T10:30:00Z', 'past'], ['2026-11-22T10:31:00Z', null], ['2027-02-20T10:30:00Z', null], ['2027-02-20T10:31:00Z', 'late'],
])('the end %s is %s', (instant, fault) => expect(faultOfEnd(instant, now, now)).toBe(fault));

test.each([
  [0, '0 byte'], [999, '999 byte'], [1500, '1.5 kB'], [158_400_000, '158 MB'], [1_234_000_000, '1.2 GB'], [24_000_000_000, '24 GB'],
])('%d bytes read %s', (bytes, read) => expect(readableSize(bytes, 'en-GB')).toBe(read));

test('sizes and times follow the language', () => {
  expect(readableSize(1_234_000_000, 'de-DE')).toBe('1,2\u00A0GB');
  expect(readableDuration(secondsAt(1_200_000_000, 20), 'en-GB')).toBe('8 minutes');
  expect(readableDuration(secondsAt(1_200_000_000, 20), 'de-DE')).toBe('8 Minuten');
  expect(readableDuration(61, 'en-GB')).toBe('1 minute');
  expect(readableDuration(59, 'en-GB')).toBeNull();
  expect(readableDuration(9000, 'en-GB')).toBe('2.5 hours');
});

test.each([
  ['a@b.example', true], ['a.b+c@sub.b-c.example', true], ['müller@praxis.example', true], ['a@b', false], ['a b@c.example', false], ['@c.example', false], ['a@c..example', false], ['a@@c.example', false], ['A <a@b.example>', false], ['', false],
])('%j is an address: %s', (text, is) => expect(isAddress(text)).toBe(is));
