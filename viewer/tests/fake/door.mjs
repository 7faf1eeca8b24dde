/** The public side of links in the fake server: factors one after the other, notice, pictures, download. */
import { createHash } from 'node:crypto';
import { done, json, problem } from './answer.mjs';
import { dicomweb } from './dicomweb.mjs';
import { bytesOfShare, noticeOf, seriesOf, tell, token } from './sharing.mjs';

const refusedSentence = 'The passcode is not right, or this link has ended. Check the 8 characters and try again, or ask the person who sent it.';
const refused = problem(403, refusedSentence);
const now = () => new Date().toISOString().replace(/\.\d{3}/, '');
const fields = { passcode: 'passcode', email: 'code', account: 'account', birthDate: 'birthDate' };
/** What every mailed code is here. */
export const mailedCode = '12345678';
export const recipientPassword = 'a recipient’s own word';

const right = {
  passcode: (link, asked) => asked.passcode === link.passcode,
  email: (link, asked) => asked.code === link.code,
  account: (link, asked) => asked.account.name === link.view.email && asked.account.password === recipientPassword,
  birthDate: (link, asked) => asked.birthDate.replaceAll('-', '') === link.study.birthDate,
};

function open(world, asked) {
  const link = world.shares.find((one) => one.view.id === asked.share && one.secret === asked.secret);
  const factors = link?.view.factors ?? ['passcode'];
  if (asked.accept !== true) {
    if (link !== undefined) link.probes += 1;
    return json({ factor: factors[0] ?? 'none' });
  }
  if (link === undefined || link.view.state !== 'live') return refused;
  for (const factor of factors) {
    if (asked[fields[factor]] === undefined) {
      if (factor === 'email') link.code = mailedCode;
      return json({ factor });
    }
    if (!right[factor](link, asked)) {
      link.view.failedAttempts += 1;
      return refused;
    }
  }
  const handle = token(16);
  const visit = { link, key: token(32), accepted: false };
  world.visits.set(handle, visit);
  if (link.view.firstOpenedAt === null) tell(world, link, 'firstOpening');
  link.networks = 1;
  Object.assign(link.view, { uses: link.view.uses + 1, firstOpenedAt: link.view.firstOpenedAt ?? now(), lastOpenedAt: now() });
  return json({ handle, expires: link.view.expires, shown: shownTo(visit) }, 200, world.cookies === false ? {} : { 'Set-Cookie': `lc_share=${visit.key}; Path=/s/${handle}/; HttpOnly; SameSite=Strict` });
}

function shownTo({ link, accepted }) {
  const { view, study } = link;
  const { clean } = view;
  const granted = seriesOf(view, study);
  // Nothing is cleaned here: what stands for the copies are the images themselves.
  const of = (clean ? view.sources : view.studies).map((one) => ({ uid: one.studyInstanceUid, description: one.description, date: one.studyDate }));
  return {
    sharedBy: view.createdBy, recipient: view.recipient, expires: view.expires, sessionExpires: new Date(Date.now() + 8 * 3600e3).toISOString(), may: view.may, noticeAccepted: accepted,
    language: view.language, clean, message: accepted ? view.message : '', notice: { text: noticeOf(view, view.createdBy, view.recipient), hash: 'n1' },
    download: accepted && view.may === 'download' ? { bytes: link.size ?? bytesOfShare(view, study), files: granted.reduce((sum, one) => sum + one.depth, 0) + 3 } : null,
    patient: accepted ? { name: clean ? '' : study.patientName, birthDate: clean ? '' : study.birthDate, sex: study.sex } : null,
    studies: accepted ? of.map((one) => ({
      studyInstanceUid: one.uid, description: clean ? '' : one.description, studyDate: clean ? '' : one.date, modalities: ['CT'],
      series: (one.uid === study.uid ? granted : link.others.find((other) => other.uid === one.uid).series).map((series) => ({ seriesInstanceUid: series.uid, description: clean ? '' : series.description, modality: series.modality, number: series.number, instances: series.depth, frames: series.size === 0 ? 0 : series.depth })),
    })) : [],
  };
}

/** A made-up ZIP of the promised length; answers ranges, and breaks off where the world says so. */
function download(world, link, request) {
  const total = bytesOfShare(link.view, link.study);
  const body = Buffer.alloc(total, 'zip ');
  const tag = `"${createHash('sha256').update(link.view.id).digest('hex').slice(0, 16)}"`;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const partial = request.headers.range !== undefined && request.headers['if-range'] === tag;
  const start = partial ? from : 0;
  link.ranges = [...(link.ranges ?? []), start];
  link.download = { bytes: total, total, complete: true };
  return {
    status: partial ? 206 : 200, type: 'application/zip', body: body.subarray(start), cut: world.cuts.shift(),
    headers: { 'Content-Length': total - start, ETag: tag, 'Accept-Ranges': 'bytes', 'Content-Disposition': 'attachment; filename="images.zip"', ...(partial ? { 'Content-Range': `bytes ${start}-${total - 1}/${total}` } : {}) },
  };
}

export function doorPart(world, request, url, body, cookie, file) {
  const { pathname } = url;
  if (pathname === '/s' || /^\/s\/[\w-]+\/$/.test(pathname)) return file('share.html');
  if (pathname === '/s/session') return open(world, JSON.parse(body));
  const [, handle, rest] = /^\/s\/([\w-]+)\/(.*)$/.exec(pathname) ?? [];
  const visit = world.visits.get(handle);
  if (visit === undefined || cookie !== visit.key || visit.link.view.state !== 'live') return refused;
  if (rest === 'session') {
    world.visits.delete(handle);
    return done;
  }
  if (rest === 'notice') {
    visit.accepted = true;
    return json(shownTo(visit));
  }
  if (rest === 'share') return json(shownTo(visit));
  const { link } = visit;
  if (!visit.accepted) return refused;
  if (rest === 'download') return link.view.may === 'download' ? download(world, link, request) : problem(404, 'There is nothing here.');
  const shown = /series\/([\d.]+)\/instances\/[\d.]+\/frames/.exec(rest)?.[1];
  const series = link.study.series.find((one) => one.uid === shown);
  if (series !== undefined) link.seen.set(shown, Math.min(series.depth, (link.seen.get(shown) ?? 0) + 1));
  return dicomweb([{ ...link.study, series: seriesOf(link.view, link.study) }, ...(link.others ?? [])], rest.replace(/^dicom-web/, ''), url, request.headers.accept ?? '', world.broken);
}
