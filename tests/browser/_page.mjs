/** Pages in the browser under test: what was checked, pictures of it, and the people who sign in. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { LIGHTCASE_VIEWER, LIGHTCASE_SHOTS } = process.env;
const ours = (file) => import(pathToFileURL(path.join(LIGHTCASE_VIEWER, 'tests/e2e', file)).href);

export const { withBrowser } = await ours('browser.mjs');
export const { faultsOf, watch } = await ours('watch.mjs');
export const steps = await ours('steps.mjs');

export const administrator = { name: 'ada', password: 'a long administrator word' };
export const radiologist = { name: 'rita', password: 'a long radiologist word' };

export const phone = { width: 390, height: 844 };

let failures = 0;
export const failed = () => failures;

export function check(name, holds, detail = '') {
  if (!holds) failures += 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds || detail === '' ? '' : `: ${detail}`}`);
}

/** Only where it is asked for; the names of these pictures begin with the test's name. */
export async function shot(page, name) {
  if (LIGHTCASE_SHOTS === undefined) return;
  fs.mkdirSync(LIGHTCASE_SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(LIGHTCASE_SHOTS, `${name}.png`) });
}

/** In the size the page has, and on a phone, where other names and other widths count. */
export async function accessible(page, what) {
  const faults = await faultsOf(page);
  check(`${what} is accessible`, faults.length === 0, faults.join('\n     '));
  const size = page.viewportSize();
  if (size.width <= phone.width) return;
  await page.setViewportSize(phone);
  const narrow = await faultsOf(page);
  check(`${what} is accessible on a phone`, narrow.length === 0, narrow.join('\n     '));
  await page.setViewportSize(size);
}

/** Runs steps one after the other; one that throws is a failure, and the others still run. `page` is null where each has its own. */
export async function inTurn(page, named) {
  for (const [name, doing] of named) {
    try {
      await doing();
    } catch (error) {
      check(name, false, String(error).split('\n').slice(0, 6).join(' '));
      if (page !== null) await shot(page, `failed-${name.replaceAll(' ', '-')}`);
    }
  }
}

/** A browser of its own. Policy violations and uncaught errors in it are failures. */
export function browse(who, run) {
  return withBrowser(async (context) => {
    const page = context.pages()[0] ?? (await context.newPage());
    const found = await watch(page);
    const answer = await run(page);
    check(`no policy violations (${who})`, found.violations.length === 0, found.violations.join('\n     '));
    check(`no uncaught errors (${who})`, found.errors.length === 0, found.errors.join('\n     '));
    return answer;
  });
}

/** Opens the set-up link and fills in both people. */
export async function setUp(page, link) {
  await page.goto(link);
  for (const [legend, person] of [['Administrator', administrator], ['Radiologist', radiologist]]) {
    const group = page.getByRole('group', { name: legend });
    await group.getByLabel('Name').fill(person.name);
    await group.getByLabel('Password').fill(person.password);
  }
}

/** Chooses files as a person does, and waits until every one has its outcome. */
export async function addFiles(page, files) {
  const before = await page.locator('.upload').count();
  await page.locator('input[type=file]').first().setInputFiles(files);
  await allDone(page, before + files.length);
}

export const allDone = (page, count) => page.locator('.uploads', { hasText: `${count} of ${count} done` }).waitFor();

export const upload = (page, name) => page.locator('.upload', { has: page.locator(`.upload-name:text-is("${name}")`) });

/** An entry of the menu at the end of a row of the worklist. */
export async function choose(page, row, action) {
  await row.locator('.menu > button').click();
  await page.getByRole('menuitem', { name: action }).click();
}
