/** Projects of de-identification in the fake server: what waits for review, clean studies and their certificates. */
import { createHash } from 'node:crypto';
import { done, json, problem } from './answer.mjs';
import { burnedIn } from './burnedIn.mjs';

const digits = (text, count) => BigInt(`0x${createHash('sha256').update(text).digest('hex')}`).toString().slice(0, count);
const uid = (text) => `2.25.3${digits(text, 37)}`;
const sha = (text) => createHash('sha256').update(text).digest('hex');
const classOf = (tail) => `1.2.840.10008.5.1.4.1.1.${tail}`;
const element = (vr, ...Value) => ({ vr, Value });

const because = {
  class: 'objects of this class may show or tell who it is', burned: 'Burned In Annotation does not say NO', captured: 'the image was scanned or captured', secondary: 'Image Type says SECONDARY',
};
const name = [{ text: 'MUSTER ERIKA', left: 16, top: 12, size: 2 }, { text: '1984-01-05', left: 180, top: 12, size: 2 }];

/** One held object: what the API tells of it, and behind it the picture that it has. */
function held(id, project, study, series, facts, picture) {
  const { sopClass, modality, frames = 1, reasons, regions = [], at } = facts;
  return {
    picture,
    view: {
      id, project, studyUid: uid(study), seriesUid: uid(`${study}/${series}`), sopInstanceUid: uid(id), sopClass, modality, rows: picture?.height ?? 0, columns: picture?.width ?? 0, frames,
      because: reasons, regions, at: `2026-11-2${at}:12:30Z`,
    },
  };
}

function makeHeld() {
  const sonography = { kind: 'fan', width: 640, height: 480, lines: [...name, { text: 'ABDOMEN 3.5 M', left: 440, top: 12, size: 2 }], dim: 'CASE 90388 DR NOVAK' };
  const capture = (at) => ({ kind: 'slice', width: 512, height: 512, lines: [{ text: 'MUSTER ERIKA', left: 14, top: 14, size: 2 }, { text: `${at} OF 8`, left: 400, top: 480, size: 2 }] });
  const captured = (at) => held(`c${at}`, 'lung-trial', 'ct', 7, { sopClass: classOf('7'), modality: 'CT', reasons: [because.secondary, because.captured], at: '6T09' }, capture(at));
  return [
    held('us1', 'lung-trial', 'us', 1, { sopClass: classOf('3.1'), modality: 'US', frames: 12, reasons: [because.class, because.burned], regions: [{ x: 0, y: 0, width: 640, height: 36 }], at: '5T08' }, sonography),
    ...Array.from({ length: 8 }, (_, at) => captured(at + 1)),
    held('pdf1', 'lung-trial', 'ct', 9, { sopClass: classOf('104.1'), modality: 'DOC', reasons: [because.class], at: '7T14' }),
    held('xc1', 'skin-atlas', 'xc', 1, { sopClass: classOf('77.1.4'), modality: 'XC', reasons: [because.class], at: '8T07' }, { ...sonography, broken: true }),
  ];
}

function metadata({ view }) {
  const common = {
    '00080016': element('UI', view.sopClass), '00080018': element('UI', view.sopInstanceUid), '00080060': element('CS', view.modality), '00100010': element('PN', { Alphabetic: 'P-7F2A91' }), '00100020': element('LO', 'P-7F2A91'),
    '00120062': element('CS', 'YES'), '0020000D': element('UI', view.studyUid), '0020000E': element('UI', view.seriesUid),
  };
  if (view.rows > 0) return { ...common, '00280004': element('CS', 'MONOCHROME2'), '00280010': element('US', view.rows), '00280011': element('US', view.columns), '00280101': element('US', 12), '00280103': element('US', 0) };
  return {
    ...common,
    '00420010': element('ST', ''), '00420012': element('LO', 'application/pdf'), '00420011': { vr: 'OB', BulkDataURI: `/review/${view.project}/dicom-web/bulk/${view.id}` },
    '0040A043': element('SQ', { '00080100': element('SH', '18748-4'), '00080102': element('SH', 'LN'), '00080104': element('LO', 'Diagnostic Imaging Report') }),
  };
}

/** `path` is what follows `/review/<project>/dicom-web`. */
export function reviewPictures(world, project, path, url) {
  const [, study, , series, , sop, ...rest] = path.split('/').slice(1);
  const one = world.held.find(({ view }) => view.project === project && view.studyUid === study && view.seriesUid === series && view.sopInstanceUid === sop);
  if (one === undefined) return problem(404, 'there is no such object');
  if (rest[0] === 'metadata') return { status: 200, type: 'application/dicom+json', body: JSON.stringify([metadata(one)]) };
  if (one.picture === undefined) return problem(406, 'there is no picture in this object');
  if (one.picture.broken === true) return problem(422, 'the pixels cannot be decoded');
  const out = (url.searchParams.get('viewport') ?? `${one.picture.width},${one.picture.height}`).split(',').map(Number);
  return { status: 200, type: 'image/png', body: burnedIn(one.picture, Number(rest[1]), out, url.searchParams.has('window')) };
}

function cleanObject(study, at, verdict) {
  const id = `${study}-${at}`;
  return {
    sop_class: classOf(verdict.is === 'held' ? '7' : '2'), sop_instance: uid(id), series: uid(`${study}/1`), study: uid(study), patient: 'P-7F2A91', verdict, blanked: [], counts: { kept: 61, removed: 34 }, digest_before: `hmac-sha-256:${sha(`${id} before`)}`, digest_after: sha(`${id} after`),
  };
}

function makeCertificate(study) {
  const objects = [
    ...Array.from({ length: 18 }, (_, at) => cleanObject(study, at, { is: 'released' })),
    cleanObject(study, 18, { is: 'released-once-blanked', because: [{ x: 0, y: 0, width: 640, height: 36 }] }),
    ...Array.from({ length: 5 }, (_, at) => cleanObject(study, 19 + at, { is: 'held', because: at % 2 === 0 ? ['secondary', 'conversion-type'] : ['conversion-type'] })),
  ];
  const decided = (at, decision, regions) => ({ sopInstanceUid: objects[at].sop_instance, decision, by: 'Petra Privacy', at: `2026-11-27T1${at % 10}:04:00Z`, regions });
  return {
    engine: 'lightcase-deident 0.1.0', table: 'PS3.15 2024e, Table E.1-1, 652 rows', profile: 'longitudinal',
    options: ['113101 Clean Pixel Data Option', '113107 Retain Longitudinal Temporal Information Modified Dates Option', '113108 Retain Patient Characteristics Option'],
    widened: { release_secondary: ['REFORMATTED'], devices: 1, one_issuer: false },
    counts: { kept: 1464, cleaned: 52, replaced: 118, mapped: 216, shifted: 96, emptied: 48, removed: 816 }, patients: 1, released: 22, held: 1, rejected: 1,
    refused: { 'the SOP class is private': 2, 'the character set is unknown': 1 }, objects,
    decisions: [
      decided(19, 'approved', [{ x: 0, y: 0, width: 512, height: 40 }]), decided(20, 'approved', []),
      decided(21, 'rejected', []), decided(22, 'approved', [{ x: 0, y: 0, width: 512, height: 40 }, { x: 390, y: 472, width: 122, height: 30 }]),
    ],
  };
}

export function makeDeident(empty) {
  return {
    held: empty ? [] : makeHeld(), decided: [], asked: [],
    /** Objects that somebody else decides on before this reader does, and objects that cannot be approved. */
    raced: new Set(), refusing: new Set(),
    projects: empty ? [] : [
      { name: 'lung-trial', profile: 'longitudinal', options: ['clean-pixel-data', 'retain-modified-dates'], createdAt: '2026-10-02T07:30:00Z', studies: ['ct', 'us', 'mr'] }, { name: 'skin-atlas', profile: 'basic', options: ['clean-pixel-data'], createdAt: '2026-11-14T10:05:00Z', studies: ['xc'] },
    ],
  };
}

function decide(world, id, act, asked) {
  const one = world.held.find(({ view }) => view.id === id);
  if (one === undefined || world.raced.has(id)) {
    world.held = world.held.filter(({ view }) => view.id !== id);
    return problem(409, 'Dr. Rita Reader has rejected this object meanwhile.', 'Decided');
  }
  if (world.refusing.has(id)) return problem(500, 'The picture could not be written. Nothing was decided.', 'Internal');
  if (typeof asked.reason !== 'string' || asked.reason.trim() === '') return problem(400, 'A reason is needed.', 'Malformed');
  world.held = world.held.filter(({ view }) => view.id !== id);
  world.decided.push({ id, act, ...asked });
  return done;
}

const study = (world, project, key) => {
  const waiting = world.held.filter(({ view }) => view.project === project && view.studyUid === uid(key)).length;
  return { studyUid: uid(key), released: key === 'xc' ? 0 : 19, waiting, approved: key === 'ct' ? 3 : 0, rejected: key === 'ct' ? 1 : 0 };
};

/** The JSON API below `/api/v1/projects` and `/api/v1/reviews`; null for every other path. */
export function projectsPart(world, account, method, url, body) {
  const [, , , list, first, second, third, fourth] = url.pathname.split('/').map(decodeURIComponent);
  if (!url.pathname.startsWith('/api/v1/') || (list !== 'projects' && list !== 'reviews')) return null;
  const wanted = list === 'reviews' ? 'review' : second === 'reidentify' ? 'reIdentify' : 'readClean';
  if (!account.permissions.includes(wanted)) return problem(403, 'This is not yours to see.');
  if (list === 'reviews') {
    if (method === 'POST') return decide(world, first, second, JSON.parse(body));
    const project = url.searchParams.get('project');
    return json({ reviews: world.held.map(({ view }) => view).filter((one) => project === null || one.project === project) });
  }
  const project = world.projects.find((one) => one.name === first);
  if (first === undefined) {
    return json({ projects: world.projects.map((one) => ({ ...one, studies: one.studies.length, waiting: world.held.filter(({ view }) => view.project === one.name).length })) });
  }
  if (project === undefined) return problem(404, 'There is no such project.');
  if (second === 'reidentify') {
    world.asked.push({ by: account.name, ...JSON.parse(body) });
    return json({ patientId: 'LC-1002', patientName: 'Muster^Erika', birthDate: '19840105', issuer: '', studyUid: '1.2.826.0.1.3680043.8.498.77.2', originals: [{ sopInstanceUid: uid('ct-0'), sha256: sha('ct-0 before') }] });
  }
  if (fourth === 'certificate') return json(makeCertificate(project.studies.find((key) => uid(key) === third) ?? 'none'));
  return json({ studies: project.studies.map((key) => study(world, project.name, key)) });
}
