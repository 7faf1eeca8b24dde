/**
 * Drives the viewer against a running server and says what holds.
 *
 *   node tests/e2e/run.mjs --base URL --user NAME --password WORD --study-name TEXT [--expect FILE]
 *     [--share-url URL --passcode CODE] [--shots DIR]
 *
 * The file holds a list of {seriesDescription, slice, x, y, grey, tolerance, window?: [center, width]}: slices count
 * from 1, x and y are image pixels from 0. Exit 0 when everything holds, 1 when something does not, 2 for wrong usage.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withBrowser } from './browser.mjs';
import { chooseSeries, drawn, goToSlice, greyAt, openShare, openStudy, setWindow, signIn } from './steps.mjs';
import { faultsOf, watch } from './watch.mjs';

const text = { type: 'string' };
const { values: given } = parseArgs({
  options: { base: text, user: text, password: text, 'share-url': text, passcode: text, 'study-name': text, expect: text, shots: text },
});
for (const name of ['base', 'user', 'password', 'study-name']) {
  if (given[name] === undefined) {
    process.stderr.write(`--${name} is missing\n`);
    process.exit(2);
  }
}
const probes = given.expect === undefined ? [] : JSON.parse(readFileSync(given.expect, 'utf8'));
if (given.shots !== undefined) mkdirSync(given.shots, { recursive: true });

let failures = 0;
const check = (name, holds, detail = '') => {
  if (!holds) failures += 1;
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds || detail === '' ? '' : `: ${detail}`}\n`);
};
const shot = async (page, name) => {
  if (given.shots !== undefined) await page.screenshot({ path: join(given.shots, `${name}.png`) });
};
const step = async (page, name, doing) => {
  try {
    await doing();
    return true;
  } catch (error) {
    check(name, false, String(error).split('\n')[0]);
    await shot(page, 'failed');
    return false;
  }
};

async function staff(page) {
  await signIn(page, given.base, given.user, given.password);
  await page.locator('[data-row]').first().waitFor();
  await shot(page, 'worklist');
  check('worklist shows studies', (await page.locator('[data-row]').count()) > 0);
  const faults = await faultsOf(page);
  check('worklist has no accessibility faults', faults.length === 0, faults.join('\n     '));
  await openStudy(page, given['study-name']);
  await page.locator(drawn()).waitFor();
  await shot(page, 'study');
  check('a study is drawn', true);
  let series = '';
  for (const probe of probes) {
    if (probe.seriesDescription !== series) {
      await chooseSeries(page, probe.seriesDescription);
      series = probe.seriesDescription;
    }
    await goToSlice(page, probe.slice);
    if (probe.window !== undefined) await setWindow(page, ...probe.window);
    const grey = await greyAt(page, probe.x, probe.y);
    check(`${series}, slice ${probe.slice}, pixel ${probe.x},${probe.y} is ${probe.grey} ± ${probe.tolerance}`, Math.abs(grey - probe.grey) <= probe.tolerance, `it is ${grey}`);
  }
  await shot(page, 'reading');
}

async function share(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  await openShare(page, given['share-url'], given.passcode ?? '');
  await page.locator('.poster img').first().evaluate((image) => image.decode());
  await shot(page, 'share-gallery');
  check('the share opens', true);
  check('the secret has left the address', !page.url().includes('#') && /\/s\/[\w-]+\/$/.test(page.url()), 'it is still there');
  const faults = await faultsOf(page);
  check('share page has no accessibility faults', faults.length === 0, faults.join('\n     '));
  await page.locator('.poster').first().click();
  await page.locator(drawn()).waitFor();
  await shot(page, 'share');
  check('a shared picture is drawn by the server', (await page.locator('[data-pane]').getAttribute('data-by')) === 'server');
}

const ran = await withBrowser(async (context) => {
  const page = context.pages()[0] ?? (await context.newPage());
  const found = await watch(page);
  let whole = await step(page, 'staff pages', () => staff(page));
  if (given['share-url'] !== undefined) whole = (await step(page, 'share page', () => share(page))) && whole;
  check('no policy violations', found.violations.length === 0, found.violations.join('\n     '));
  check('no uncaught errors', found.errors.length === 0, found.errors.join('\n     '));
  return whole;
}).catch((error) => {
  check('browser', false, String(error).split('\n')[0]);
  return false;
});
process.stdout.write(failures === 0 && ran ? 'everything holds\n' : `${failures} failed\n`);
process.exit(failures === 0 && ran ? 0 : 1);
