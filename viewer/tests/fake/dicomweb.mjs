/** The DICOMweb part of the fake server, for any set of studies it is handed. */
import { frame, rendered } from './phantom.mjs';
import { heldJson, instanceJson, seriesJson, sopOf, studyJson } from './studies.mjs';

const json = (value) => ({ status: 200, type: 'application/dicom+json', body: JSON.stringify(value) });
const missing = { status: 404, type: 'application/problem+json', body: JSON.stringify({ title: 'Not found', status: 404, detail: 'There is nothing here.' }) };

/** `path` is what follows `/dicom-web`. `broken` names SOP instances that fail. */
export function dicomweb(studies, path, url, accept, broken = new Set()) {
  const parts = path.split('/').filter((part) => part !== '');
  const wanted = url.searchParams.get('StudyInstanceUID');
  if (parts.length === 1) return json(studies.filter((one) => wanted === null || one.uid === wanted).map(studyJson));
  const study = studies.find((one) => one.uid === parts[1]);
  if (study === undefined) return missing;
  if (parts[2] === 'series' && parts.length === 3) return json(study.series.map((one) => seriesJson(study, one)));
  const one = study.series.find((series) => series.uid === parts[3]);
  if (one === undefined) return missing;
  if (parts[4] === 'metadata') return json(Array.from({ length: one.depth }, (_, z) => instanceJson(study, one, z)));
  if (parts[4] === 'instances' && parts.length === 5) return json(Array.from({ length: one.depth }, (_, z) => heldJson(study, one, z)));
  const [size] = (url.searchParams.get('viewport') ?? '').split(',').map(Number);
  const [center, width] = (url.searchParams.get('window') ?? '40,400').split(',').map(Number);
  if (parts[4] === 'thumbnail' && one.size === 0) return missing;
  if (parts[4] === 'thumbnail') return { status: 200, type: 'image/png', body: rendered(Math.floor(one.depth / 2), one.size, one.depth, { center, width }, size || 128) };
  const z = Array.from({ length: one.depth }, (_, at) => at).find((at) => sopOf(one, at) === parts[5]);
  if (z === undefined || one.size === 0 || broken.has(parts[5])) return missing;
  if (parts.at(-1) === 'rendered' || parts[6] === 'thumbnail') return { status: 200, type: 'image/png', body: rendered(z, one.size, one.depth, { center, width }, size || one.size) };
  if (parts[6] !== 'frames') return missing;
  const bytes = frame(z, one.size, one.depth);
  if (accept.startsWith('application/octet-stream')) return { status: 200, type: 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1', body: bytes };
  const boundary = 'f4ke-b0undary-0123456789abcdef';
  const head = `--${boundary}\r\nContent-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n`;
  return { status: 200, type: `multipart/related; type="application/octet-stream"; boundary=${boundary}`, body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]) };
}
