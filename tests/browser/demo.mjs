/**
 * The demonstration in Chromium: the worklist, a slice of the phantom and its known pixels, and the
 * share link as a stranger opens it. Also makes the README's screenshots.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const { LIGHTCASE_BIN, LIGHTCASE_TESTKIT, LIGHTCASE_VIEWER, LIGHTCASE_CHROMIUM, LIGHTCASE_SHOTS } = process.env;
const TOLERANCE = 2;

function phantoms(folder) {
  const made = spawnSync(LIGHTCASE_TESTKIT, ['phantom', '--out', folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`testkit phantom: ${made.stderr}`);
  return JSON.parse(made.stdout);
}

/** Starts the demonstration and waits for its report, which is written when everything serves. */
async function demo(studies, report) {
  const child = spawn(LIGHTCASE_BIN, ['demo', '--studies', studies, '--report', report], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  const written = new Promise((resolve, reject) => {
    const watcher = fs.watch(path.dirname(report), (_event, name) => {
      if (name === path.basename(report)) {
        watcher.close();
        resolve();
      }
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
  });
  await written;
  return { child, report: JSON.parse(fs.readFileSync(report, 'utf8')) };
}

function run(report, summary, folder) {
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
  const environment = { ...process.env, CHROMIUM: LIGHTCASE_CHROMIUM ?? '/usr/bin/chromium' };
  const outcome = spawnSync(process.execPath, words, { cwd: LIGHTCASE_VIEWER, stdio: ['ignore', 'inherit', 'inherit'], env: environment });
  return outcome.status ?? 1;
}

if (LIGHTCASE_CHROMIUM !== undefined && !fs.existsSync(LIGHTCASE_CHROMIUM)) {
  console.log('skipped: Chromium is not installed');
  process.exit(77);
}
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lightcase-browser-'));
let status = 1;
try {
  const studies = path.join(folder, 'studies');
  const summary = phantoms(studies);
  const { child, report } = await demo(studies, path.join(folder, 'report.json'));
  status = run(report, summary, folder);
  const stopped = new Promise((resolve) => { child.removeAllListeners('exit').once('exit', resolve); });
  child.kill('SIGTERM');
  const code = await stopped;
  if (code !== 0) {
    console.log(`FAIL the demo stops in order: exit code ${code}`);
    status = 1;
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
