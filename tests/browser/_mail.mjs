/** A mail server beside the server under test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const { LIGHTCASE_PYTHON } = process.env;
const program = fileURLToPath(new URL('../interop/_smtp.py', import.meta.url));

/**
 * Runs a mail server while `run` works, and has every server that is started meanwhile use it. Gives `run` what it took so
 * far; null where there is no Python for it.
 */
export async function withMail(folder, run) {
  if (LIGHTCASE_PYTHON === undefined) return run(null);
  const child = spawn(LIGHTCASE_PYTHON, [program, '--folder', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  try {
    const first = once(readline.createInterface({ input: child.stdout }), 'line');
    const port = await Promise.race([first.then(([line]) => line), ended.then(([code]) => { throw new Error(`the mail server ended with ${code}`); })]);
    const mail = { HOST: '127.0.0.1', PORT: port, TLS: 'none', FROM: 'images@hospital.example' };
    for (const [name, value] of Object.entries(mail)) process.env[`LIGHTCASE__MAIL__${name}`] = value;
    const file = path.join(folder, 'mails.jsonl');
    return await run(() => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : []));
  } finally {
    child.stdin.end();
    await ended;
    process.off('exit', end);
  }
}

/** The one-time codes that mails brought, in the order they came. */
export const codesIn = (mails) => mails.flatMap((mail) => /^\d{8}\r?$/mu.exec(mail.text) ?? []).map((line) => line.trim());
