/**
 * Everything the two pages promise, against the fake server. `--shots DIR` keeps a picture of each page, `--docs DIR`
 * copies those that the documentation shows, `--only a,b` goes on some tours.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grey, values } from '../fake/phantom.mjs';
import { accounts, createWorld, startFake } from '../fake/server.mjs';
import { sopOf } from '../fake/studies.mjs';
import { withBrowser } from './browser.mjs';
import { adminTour, setUpTour } from './tours/admin.mjs';
import { doorTour } from './tours/door.mjs';
import { linksTour } from './tours/links.mjs';
import { makingTour } from './tours/making.mjs';
import { readTour } from './tours/read.mjs';
import { reviewTour } from './tours/review.mjs';
import { shareTour } from './tours/share.mjs';
import { worklistTour } from './tours/worklist.mjs';
import { watch } from './watch.mjs';

const given = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const shots = given('--shots');
/** Pictures that the documentation shows, under their names there. */
const shown = { 'share-dialog': 'making', 'share-preview-all': 'preview', links: 'links', link: 'link', 'door-refused-phone': 'refused', 'gallery-phone': 'gallery' };
if (shots !== undefined) mkdirSync(shots, { recursive: true });
let failures = 0;

const world = createWorld();
world.broken.add(sopOf(world.studies[1].series[0], 4));
const fake = await startFake(world);
const empty = await startFake(createWorld({ empty: true }));
let link;

await withBrowser(async (context) => {
  const page = context.pages()[0] ?? (await context.newPage());
  const found = await watch(page);
  const tools = {
    page, context, world, base: fake.base, emptyBase: empty.base, account: accounts.reader, admin: accounts.admin, officer: accounts.officer, shots,
    check: (name, holds, detail = '') => {
      if (!holds) failures += 1;
      process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${detail}`}\n`);
    },
    shot: (name, options = {}) => (shots === undefined ? undefined : page.screenshot({ path: join(shots, `${name}.png`), ...options })),
  };
  const only = given('--only')?.split(',') ?? null;
  for (const [name, tour] of [['worklist', worklistTour], ['read', readTour], ['share', shareTour], ['making', makingTour], ['links', linksTour], ['door', doorTour], ['setUp', setUpTour], ['admin', adminTour], ['review', reviewTour]]) {
    if (only !== null && !only.includes(name)) continue;
    try {
      link = (await tour(tools)) ?? link;
    } catch (error) {
      tools.check(name, false, String(error).split('\n').slice(0, 3).join(' '));
      await tools.shot(`failed-${name}`);
    }
  }
  tools.check('no policy violations', found.violations.length === 0, found.violations.join('\n     '));
  tools.check('no uncaught errors', found.errors.length === 0, found.errors.join('\n     '));
});

const scratch = mkdtempSync(join(tmpdir(), 'lightcase-e2e-'));
const expectation = join(scratch, 'expect.json');
const probe = (slice, x, y, value, tolerance) => ({ seriesDescription: 'Lung 1.0 axial', slice, x, y, grey: grey(value, 40, 400), tolerance });
writeFileSync(expectation, JSON.stringify([probe(1, 64, 64, values.body, 1), probe(80, 84, 56, values.lesion, 1), probe(80, 64, 96, values.bone, 0), probe(160, 2, 2, values.air, 0), { ...probe(80, 40, 60, values.lung, 1), window: [-500, 1200], grey: grey(values.lung, -500, 1200) }]));
for (const [name, there] of given('--docs') === undefined ? [] : Object.entries(shown)) {
  const from = join(shots, `${name}.png`);
  if (existsSync(from)) copyFileSync(from, join(given('--docs'), `${there}.png`));
}
if (given('--only') !== undefined) process.exit(failures === 0 ? 0 : 1);
const run = spawn(process.execPath, [
  fileURLToPath(new URL('./run.mjs', import.meta.url)), '--base', fake.base, '--user', accounts.reader.name, '--password', accounts.reader.password,
  '--study-name', 'Doe', '--expect', expectation, ...(link === undefined ? [] : ['--share-url', link.url, '--passcode', link.passcode]),
], { stdio: 'inherit' });
const code = await new Promise((resolve) => run.on('exit', resolve));
rmSync(scratch, { recursive: true, force: true });
await fake.close();
await empty.close();
process.stdout.write(failures === 0 && code === 0 ? 'self test: everything holds\n' : `self test: ${failures} failed, run ended with ${code}\n`);
process.exit(failures === 0 && code === 0 ? 0 : 1);
