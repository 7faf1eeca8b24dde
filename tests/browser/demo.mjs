/**
 * The demonstration in Chromium: the worklist, a slice of the phantom and its known pixels, and the
 * share link as a stranger opens it. Also makes the README's screenshots.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { needChromium, phantoms, withFolder, withLightcase } from './_server.mjs';

const { LIGHTCASE_VIEWER, LIGHTCASE_SHOTS } = process.env;
const TOLERANCE = 2;

async function tour(report, summary, folder) {
  const [study] = summary.studies;
  const expect = summary.probes
    .filter((probe) => probe.study === study.uid)
    .map(({ seriesDescription, slice, x, y, grey, window }) => ({ seriesDescription, slice, x, y, grey, window, tolerance: TOLERANCE }));
  const file = path.join(folder, 'expect.json');
  fs.writeFileSync(file, JSON.stringify(expect));
  const words = [
    'tests/e2e/run.mjs', '--base', report.url.replace(/\/$/u, ''), '--user', report.radiologist.name,
    '--password', report.radiologist.password, '--study-name', study.accession, '--expect', file,
    '--share-url', report.share.url, '--passcode', report.share.passcode,
    ...(LIGHTCASE_SHOTS === undefined ? [] : ['--shots', LIGHTCASE_SHOTS]),
  ];
  const [code] = await once(spawn(process.execPath, words, { cwd: LIGHTCASE_VIEWER, stdio: ['ignore', 'inherit', 'inherit'] }), 'exit');
  return code ?? 1;
}

needChromium();
process.exitCode = await withFolder(async (folder) => {
  const studies = path.join(folder, 'studies');
  const summary = phantoms(studies);
  const report = path.join(folder, 'report.json');
  const { answer, code } = await withLightcase(['demo', '--studies', studies, '--report', report], report, {}, (said) => tour(said, summary, folder));
  if (code !== 0) console.log(`FAIL the demo stops in order: exit code ${code}`);
  return code === 0 ? answer : 1;
});
