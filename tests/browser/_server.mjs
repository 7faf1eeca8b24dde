/** The binaries under test as processes: phantoms made, a server or a demonstration started and stopped again. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const { LIGHTCASE_BIN, LIGHTCASE_TESTKIT, LIGHTCASE_CHROMIUM } = process.env;

const anyPort = { LIGHTCASE__HTTP__LISTEN: '127.0.0.1:0', LIGHTCASE__DICOM__LISTEN: '127.0.0.1:0' };

export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

export function needChromium() {
  if (LIGHTCASE_CHROMIUM === undefined) return;
  if (!fs.existsSync(LIGHTCASE_CHROMIUM)) skip('Chromium is not installed');
  // The viewer's own scripts know the browser by this name.
  process.env.CHROMIUM = LIGHTCASE_CHROMIUM;
}

export function phantoms(folder, ...words) {
  const made = spawnSync(LIGHTCASE_TESTKIT, ['phantom', '--out', folder, ...words], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`testkit phantom: ${made.stderr}`);
  return JSON.parse(made.stdout);
}

/** Runs a command of `lightcase` to its end, on a data directory that a server may be using. Answers what it printed. */
export function lightcase(data, words, input = '') {
  const ran = spawnSync(LIGHTCASE_BIN, [...words, '--data-dir', data], { encoding: 'utf8', input, env: { ...process.env, ...anyPort } });
  if (ran.status !== 0) throw new Error(`lightcase ${words.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

export async function withFolder(run) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lightcase-browser-'));
  try {
    return await run(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs `lightcase` with these words while `run` works, and gives `run` what the named JSON file says once it
 * is there. Ends with SIGTERM; answers the exit code beside what `run` answered.
 */
export async function withLightcase(words, file, environment, run) {
  // A data directory that others can read is refused.
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const child = spawn(LIGHTCASE_BIN, words, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } });
  // A script that breaks off leaves no server behind.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  try {
    await Promise.race([written(file), ended.then((code) => { throw new Error(`lightcase ended with ${code}: ${said}`); })]);
    const answer = await run(JSON.parse(fs.readFileSync(file, 'utf8')));
    child.kill('SIGTERM');
    return { answer, code: await ended };
  } finally {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', end);
  }
}

/** A server on an empty data directory. `run` gets its address and the set-up link. */
export function withServer(folder, run) {
  const data = path.join(folder, 'data');
  return withLightcase(['serve', '--data-dir', data], path.join(data, 'ready.json'), anyPort, (ready) =>
    run({ base: `http://${ready.http}`, dicom: ready.dicom, setup: fs.readFileSync(path.join(data, 'setup-link'), 'utf8').trim() }));
}

/** Files are put in place whole, under their name; a name that is there can be read. */
function written(file) {
  return new Promise((resolve) => {
    const watcher = fs.watch(path.dirname(file), () => look());
    const look = () => {
      if (!fs.existsSync(file)) return;
      watcher.close();
      resolve();
    };
    look();
  });
}
