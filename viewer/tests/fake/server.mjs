/** A small stand-in for the real server: the built pages and the same HTTP surface, over a phantom. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDeident, projectsPart, reviewPictures } from './deident.mjs';
import { dicomweb } from './dicomweb.mjs';
import { doorPart } from './door.mjs';
import { done, json, problem } from './answer.mjs';
import { sharingPart } from './sharing.mjs';
import { makeStudies } from './studies.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
export const csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const pages = JSON.parse(readFileSync(new URL('../../src/model/pages.json', import.meta.url), 'utf8'));
const served = Object.values(pages).flat().map((pattern) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
const kinds = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm' };
export const accounts = {
  reader: { id: 'u1', name: 'Dr. Rita Reader', role: 'radiologist', password: 'correct horse battery', permissions: ['search', 'view', 'import', 'seeShares', 'share', 'withdraw', 'seeRefusals', 'handleRefusals'] },
  officer: { id: 'u3', name: 'Petra Privacy', role: 'privacy', password: 'correct horse battery', permissions: ['review', 'readClean', 'reIdentify'] },
  admin: { id: 'u2', name: 'admin', role: 'admin', password: 'correct horse battery', permissions: ['manageUsers', 'managePeers', 'manageConfiguration', 'readMetrics'] },
};
const token = (bytes) => randomBytes(bytes).toString('base64url');
const now = () => new Date().toISOString().replace(/\.\d{3}/, '');

function file(path) {
  const safe = normalize(path).replace(/^(\.\.[/\\])+/, '');
  try {
    return { status: 200, type: kinds[extname(safe)] ?? 'application/octet-stream', body: readFileSync(join(dist, safe)) };
  } catch {
    return { status: 404, type: 'text/plain', body: 'not found' };
  }
}

const cookie = (request, name) => new Map((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))).get(name);

export function createWorld({ empty = false } = {}) {
  return {
    deident: makeDeident(empty), studies: empty ? [] : makeStudies(), withdrawn: new Map(), shares: [], sessions: new Map(), visits: new Map(), broken: new Set(), alerts: [], authorisations: [], cuts: [], mail: 'ready',
    users: Object.values(accounts).map(({ id, name, role }) => ({ id, name, role, disabled: false, createdAt: now(), lastSignInAt: null })),
    peers: [{ title: 'CT1', host: '10.20.1.15', port: 104, tls: false, certificate: null, issuer: '', rights: ['echo', 'store'], createdAt: now() }],
    newcomers: [{ id: 'n1', title: 'US4', address: '10.20.1.44', certificate: null, firstAt: now(), lastAt: now(), times: 3 }],
    refusals: empty ? [] : [
      { id: 'r1', at: now(), origin: 'CT1 → LIGHTCASE', sender: 'CT1', reason: 'UidMismatch', sentence: 'The SOP Instance UID in the command differs from the one in the data set. Check the sender’s configuration and send again.', sopInstanceUid: '1.2.3.4.5', bytes: 524288, sha256: null, kept: true, notKept: null, triedAt: null, resolution: null, resolvedAt: null },
      { id: 'r2', at: now(), origin: 'import', sender: 'Dr. Rita Reader', reason: 'Malformed', sentence: 'The file is not DICOM: the letters DICM are missing at byte 128.', sopInstanceUid: null, bytes: 0, sha256: null, kept: false, notKept: 'the transfer broke off', triedAt: null, resolution: null, resolvedAt: null },
    ],
  };
}

const accountView = ({ id, name, role, permissions }) => ({ id, name, role, permissions });

function worklist(world, url) {
  const get = (name) => url.searchParams.get(name) ?? '';
  const q = get('q').toLowerCase();
  const rows = world.studies
    .filter((one) => (get('withdrawn') === 'true') === world.withdrawn.has(one.uid))
    .filter((one) => q === '' || one.patientName.toLowerCase().split(/[\^ ]/).some((part) => part.startsWith(q)) || one.patientId.toLowerCase() === q || one.accession.toLowerCase().startsWith(q))
    .filter((one) => get('modality') === '' || one.series.some((series) => series.modality === get('modality')))
    .filter((one) => (get('from') === '' || one.date >= get('from')) && (get('to') === '' || one.date <= get('to')));
  return json({
    studies: rows.map((one) => ({
      studyInstanceUid: one.uid, patientName: one.patientName, patientId: one.patientId, issuer: '', birthDate: one.birthDate, sex: one.sex, studyDate: one.date, studyTime: one.time,
      accessionNumber: one.accession, description: one.description, modalities: [...new Set(one.series.map((series) => series.modality))], series: one.series.length,
      instances: one.series.reduce((sum, series) => sum + series.depth, 0), receivedAt: now(), withdrawn: world.withdrawn.get(one.uid) ?? null,
      progress: world.withdrawn.has(one.uid) ? null : { received: 187, expected: 188, arriving: one === world.studies[0] },
      shares: world.shares.filter((share) => share.view.state === 'live' && (share.view.sources[0] ?? share.view.studies[0]).studyInstanceUid === one.uid).length,
    })),
    more: false, refused: { count: world.refusals.length },
  });
}

function staffPart(world, request, url, body, origin) {
  const { pathname } = url;
  const { method } = request;
  if (pathname === '/api/v1/session' && method === 'POST') {
    const asked = JSON.parse(body);
    const account = Object.values(accounts).find((one) => one.name === asked.name && one.password === asked.password);
    if (account === undefined) return problem(401, 'The name or the password is not right. Try again, or ask your administrator.');
    const key = token(32);
    world.sessions.set(key, account);
    return json({ account: accountView(account), expires: now() }, 200, { 'Set-Cookie': `lc_session=${key}; Path=/; HttpOnly; SameSite=Strict` });
  }
  if (pathname === '/api/v1/setup') return json({ administrator: accountView(accounts.admin), radiologist: accountView(accounts.reader) }, 201);
  const account = world.sessions.get(cookie(request, 'lc_session'));
  if (account === undefined) return problem(401, 'Sign in first.');
  const held = /^\/review\/([^/]+)\/dicom-web(\/.*)$/.exec(pathname);
  if (held !== null) return reviewPictures(world.deident, decodeURIComponent(held[1]), held[2], url);
  const sharing = sharingPart(world, account, method, url, body, origin);
  if (sharing !== null) return sharing;
  const projects = projectsPart(world.deident, account, method, url, body);
  if (projects !== null) return projects;
  if (pathname.startsWith('/dicom-web')) return dicomweb(world.studies, pathname.slice('/dicom-web'.length), url, request.headers.accept ?? '', world.broken);
  const at = `${method} ${pathname}`;
  const study = /^\/api\/v1\/studies\/([\d.]+)\/withdrawal$/.exec(pathname)?.[1];
  if (study !== undefined) {
    if (method === 'POST') world.withdrawn.set(study, { at: now(), by: account.name, reason: JSON.parse(body).reason });
    else world.withdrawn.delete(study);
    return done;
  }
  if (at === 'GET /api/v1/session') return json({ account: accountView(account), expires: now() });
  if (at === 'DELETE /api/v1/session') return { ...done, headers: { 'Set-Cookie': 'lc_session=; Path=/; Max-Age=0' } };
  if (at === 'GET /api/v1/system') return json({ version: '0.1.0', aeTitle: 'LIGHTCASE', dicomHost: '127.0.0.1', dicomPort: 11112, dicomTlsPort: null, publicUrl: origin, openLoopback: true });
  if (at === 'POST /api/v1/system/echo') return json({ ok: true, milliseconds: 4, message: 'LIGHTCASE answered the echo.' });
  if (at === 'GET /api/v1/worklist') return worklist(world, url);
  if (at === 'GET /api/v1/refusals') return json({ count: world.refusals.length, refusals: world.refusals, more: false });
  const [, refused, act] = /^\/api\/v1\/refusals\/(\w+)\/(redrive|discard)$/.exec(pathname) ?? [];
  if (refused !== undefined) {
    if (act === 'redrive' && refused === 'r1') return problem(400, 'the SOP Instance UID of the data set is not the one of the command', 'UidMismatch');
    world.refusals = world.refusals.filter((one) => one.id !== refused);
    return act === 'discard' ? done : json({ outcome: 'stored', studyInstanceUid: '1.2', sopInstanceUid: '1.2.3' });
  }
  const asked = /^\/api\/v1\/studies\/([\d.]+)\/completeness$/.exec(pathname)?.[1];
  if (asked !== undefined) {
    const { uid, series } = world.studies.find((one) => one.uid === asked);
    const progress = (received) => ({ received, expected: received + 1, arriving: false });
    return json({ studyInstanceUid: uid, progress: progress(1), signals: [], series: series.map((one) => ({ seriesInstanceUid: one.uid, progress: progress(one.depth), signals: [] })) });
  }
  if (at === 'POST /api/v1/imports') {
    if (body.toString('latin1', 128, 132) !== 'DICM') return problem(400, 'The file is not DICOM: the letters DICM are missing at byte 128.', 'Malformed');
    return json({ outcome: body.length % 2 === 0 ? 'stored' : 'alreadyHeld', studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3', sopInstanceUid: '1.2.3.4' });
  }
  if (at === 'GET /api/v1/users') return json({ users: world.users });
  if (at === 'POST /api/v1/users') {
    world.users.push({ id: token(6), ...JSON.parse(body), password: undefined, disabled: false, createdAt: now(), lastSignInAt: null });
    return json(world.users.at(-1), 201);
  }
  if (method === 'PATCH') {
    Object.assign(world.users.find((one) => one.id === pathname.split('/').at(-1)), JSON.parse(body));
    return done;
  }
  if (at === 'GET /api/v1/peers') return json({ peers: world.peers });
  if (at === 'GET /api/v1/newcomers') return json({ newcomers: world.newcomers });
  if (method === 'POST' && pathname.startsWith('/api/v1/newcomers/')) {
    const [{ title, address }] = world.newcomers.splice(0, 1);
    world.peers.push({ title, host: address, port: null, tls: false, certificate: null, issuer: '', rights: ['echo', 'store'], createdAt: now() });
    return json(world.peers.at(-1), 201);
  }
  if (at === 'POST /api/v1/peers') {
    world.peers.push({ ...JSON.parse(body), createdAt: now() });
    return json(world.peers.at(-1), 201);
  }
  if (method === 'DELETE' && pathname.startsWith('/api/v1/peers/')) {
    world.peers = world.peers.filter((one) => one.title !== decodeURIComponent(pathname.split('/').at(-1)));
    return done;
  }
  return problem(404, 'There is nothing here.');
}

function answer(world, request, url, body, origin) {
  const { pathname } = url;
  if (request.method !== 'GET' && request.headers['x-lightcase'] !== '1') return problem(403, 'The header X-Lightcase is missing.');
  if (pathname.startsWith('/assets/')) return file(pathname);
  if (pathname === '/s' || pathname.startsWith('/s/')) return doorPart(world, request, url, body, cookie(request, 'lc_share'), file);
  if (pathname.startsWith('/api/') || pathname.includes('/dicom-web')) return staffPart(world, request, url, body, origin);
  if (served.some((pattern) => pattern.test(pathname))) return file('index.html');
  return { status: 404, type: kinds['.html'], body: '<!doctype html><html lang="en"><title>No such page</title><h1>There is no such page</h1></html>' };
}

/** Listens on a free port of this machine; gives its address and the world behind it. */
export async function startFake(world = createWorld(), port = 0) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const origin = `http://${request.headers.host}`;
      const { status, type, body, cut, headers = {} } = answer(world, request, new URL(request.url, origin), Buffer.concat(chunks), origin);
      response.writeHead(status, { 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', ...(type === '' ? {} : { 'Content-Type': type }), ...headers });
      if (cut === undefined) response.end(body);
      // The connection breaks off in the middle, once what was sent has arrived.
      else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 400));
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, world, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}
