import { afterEach, expect, test, vi } from 'vitest';
import { parseSeriesUid, parseSopUid, parseStudyUid } from '../model/uid';
import { ask, Problem, query, Unreachable } from './http';
import { findSeries, findStudy } from './qido';
import { frameUrl, renderedUrl, seriesThumbnailUrl } from './wado';

afterEach(() => vi.unstubAllGlobals());

const study = parseStudyUid('1.2') ?? expect.fail();
const series = parseSeriesUid('1.2.3') ?? expect.fail();
const sop = parseSopUid('1.2.3.4') ?? expect.fail();

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const calls: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }));
  });
  return calls;
}

test('series come by their numbers, and those without an identifier not at all', async () => {
  const calls = answering(200, [
    { '0020000E': { vr: 'UI', Value: ['1.2.10'] }, '00200011': { vr: 'IS', Value: ['10'] } }, { '0020000E': { vr: 'UI', Value: ['1.2.9'] }, '00200011': { vr: 'IS', Value: [9] }, '00080060': { vr: 'CS', Value: ['CT'] } }, { '00200011': { vr: 'IS', Value: [1] } },
  ]);
  const found = await findSeries('/dicom-web', study);
  expect(found.map((one) => [one.series, one.number, one.modality])).toEqual([['1.2.9', 9, 'CT'], ['1.2.10', 10, '']]);
  expect(calls[0]?.url).toBe('/dicom-web/studies/1.2/series');
  expect(new Headers(calls[0]?.init.headers).get('Accept')).toBe('application/dicom+json');
});

test('a study that is not there is null', async () => {
  answering(200, []);
  expect(await findStudy('/dicom-web', study)).toBeNull();
});

test('only changes carry the header that other origins cannot send', async () => {
  const calls = answering(200, {});
  await ask('GET', '/a');
  await ask('POST', '/a', { json: { b: 1 } });
  expect(calls.map((call) => new Headers(call.init.headers).get('X-Lightcase'))).toEqual([null, '1']);
  expect(calls[1]?.init.body).toBe('{"b":1}');
});

test('a refusal keeps its sentence', async () => {
  answering(429, { title: 'Too many', detail: 'Wait a minute.', reason: 'LimitExceeded', request: 'r1' }, { 'Retry-After': '60' });
  const error = await ask('GET', '/a').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ status: 429, detail: 'Wait a minute.', reason: 'LimitExceeded', request: 'r1', retryAfter: 60 });
});

test('a broken network is told apart from a refusal', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await ask('GET', '/a').catch((caught: unknown) => caught)).toBeInstanceOf(Unreachable);
});

test('an empty answer is undefined', async () => {
  answering(200, undefined);
  expect(await ask('DELETE', '/a')).toBeUndefined();
});

test('addresses', () => {
  expect(frameUrl('/dicom-web', { study, series, sop }, 3)).toBe('/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/3');
  expect(renderedUrl('/s/h/dicom-web', { study, series, sop }, 1, { viewport: [512, 512], voi: { center: 40, width: 400 } })).toBe(
    '/s/h/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/1/rendered?viewport=512%2C512&window=40%2C400%2Clinear',
  );
  expect(seriesThumbnailUrl('/dicom-web', study, series, 128)).toBe('/dicom-web/studies/1.2/series/1.2.3/thumbnail?viewport=128%2C128');
  expect(query({ a: '', b: null, c: 0, d: false })).toBe('?c=0&d=false');
});
