/**
 * "Full quality" on the share page in Chromium: whatever number is shown, the pixels of that slice are on the canvas, also
 * after many steps, and when the browser takes the drawing away.
 */
import fs from 'node:fs';
import path from 'node:path';
import { text } from './_dicom.mjs';
import { accessible, addFiles, browse, check, choose, failed, inTurn, setUp, shot, steps } from './_page.mjs';
import { needChromium, phantoms, withFolder, withServer } from './_server.mjs';

const SERIES = 'FLAIR ax';
const SLICES = 24;
const SIDE = 256;
/** Every so many pixels, a row of them and a column. */
const GRID = 8;

/** The slices of the series from the feet up, each as its file and the grey that its own window gives at a pixel. */
function slicesOf(folder) {
  return fs.readdirSync(path.join(folder, 'mr')).map((name) => path.join(folder, 'mr', name)).flatMap((file) => {
    const bytes = fs.readFileSync(file);
    if (text(bytes, 0x0008, 0x103e, 'LO') !== SERIES) return [];
    const [center, width] = [0x1050, 0x1051].map((element) => Number(text(bytes, 0x0028, element, 'DS')));
    const pixels = bytes.subarray(bytes.length - SIDE * SIDE * 2);
    const grey = (x, y) => Math.min(255, Math.max(0, ((pixels.readInt16LE((y * SIDE + x) * 2) - (center - 0.5)) / (width - 1) + 0.5) * 255));
    return [{ file, place: Number(text(bytes, 0x0020, 0x0032, 'DS').split('\\')[2]), grey }];
  }).toSorted((a, b) => a.place - b.place);
}

/** What the page claims, and the greys on its canvas over a grid of pixels, read in one go. */
const readingOf = (page) => page.locator(steps.pane).evaluate((element, [side, grid]) => {
  const [originX, originY] = element.dataset.origin.split(',').map(Number);
  const [stepX, stepY] = element.dataset.step.split(',').map(Number);
  const canvas = element.querySelector('canvas');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const greys = [];
  for (let y = grid / 2; y < side; y += grid) {
    for (let x = grid / 2; x < side; x += grid) {
      const [column, row] = [originX + x * stepX, originY + y * stepY].map((value) => Math.round(value * scale));
      greys.push(column < 0 || row < 0 || column >= canvas.width || row >= canvas.height ? null : data[(row * canvas.width + column) * 4]);
    }
  }
  return { slice: Number(element.dataset.slice), by: element.dataset.by, told: document.querySelector('.count').textContent, greys };
}, [SIDE, GRID]);

/** The same greys, out of the file. */
function greysOf(slice) {
  const places = Array.from({ length: SIDE / GRID }, (_, at) => at * GRID + GRID / 2);
  return places.flatMap((y) => places.map((x) => slice.grey(x, y)));
}

/** How far the canvas is from a slice, as mean of absolute differences. */
function distance(greys, slice) {
  const wanted = greysOf(slice);
  const differences = greys.flatMap((grey, at) => (grey === null ? [] : [Math.abs(grey - wanted[at])]));
  return differences.reduce((sum, one) => sum + one, 0) / differences.length;
}

/** Whose pixels these are, counted from 1, and why they are not those of the slice that is claimed. */
function wrong(reading, slices, wanted) {
  const distances = slices.map((slice) => distance(reading.greys, slice));
  const nearest = distances.indexOf(Math.min(...distances)) + 1;
  // The outermost slices of the phantom are alike.
  const own = distances[wanted - 1] < 1 && distances[wanted - 1] - distances[nearest - 1] < 0.1;
  const holds = reading.slice === wanted && reading.told === `${wanted} / ${SLICES}` && own;
  return holds ? [] : [`"${reading.told}" marked ${reading.slice} shows ${nearest}, ${distances[nearest - 1].toFixed(1)} off; ${wanted} is ${distances[wanted - 1].toFixed(1)} off`];
}

async function step(page, name, slices, to) {
  await page.getByRole('button', { name }).click();
  await page.locator(steps.drawn(to)).waitFor();
  await page.locator('.count', { hasText: `${to} / ${SLICES}` }).waitFor();
  return wrong(await readingOf(page), slices, to);
}

async function walk(page, slices, what) {
  await page.locator('.poster', { hasText: SERIES }).click();
  await page.locator(`${steps.drawn()}[data-by=server]`).waitFor();
  const first = (await readingOf(page)).slice;
  const faults = [];
  for (let at = first + 1; at <= SLICES; at += 1) faults.push(...(await step(page, 'Next picture', slices, at)));
  check(`${what}: pictures of the server are those of their numbers`, faults.length === 0, faults.join('\n     '));
  await page.getByRole('button', { name: 'Full quality' }).click();
  await page.locator(`${steps.drawn(SLICES)}[data-by=browser]`).waitFor();
  const found = wrong(await readingOf(page), slices, SLICES);
  for (let at = SLICES - 1; at >= 1; at -= 1) found.push(...(await step(page, 'Previous picture', slices, at)));
  for (let at = 2; at <= 6; at += 1) found.push(...(await step(page, 'Next picture', slices, at)));
  check(`${what}: so are those at full quality, over ${SLICES + 4} steps`, found.length === 0, found.join('\n     '));
  check(`${what}: all of them drawn by the browser`, (await page.locator(steps.pane).getAttribute('data-by')) === 'browser');
  await shot(page, `quality-${what}`);
  const made = await page.evaluate(() => globalThis.contexts.length);
  check(`${what}: few drawing contexts are made`, made < 8, `${made}`);
}

async function loss(page, slices) {
  await page.evaluate(() => globalThis.contexts.forEach((context) => context.getExtension('WEBGL_lose_context')?.loseContext()));
  await page.locator(`${steps.drawn(6)}[data-by=server]`).waitFor();
  const faults = wrong(await readingOf(page), slices, 6);
  for (let at = 7; at <= 9; at += 1) faults.push(...(await step(page, 'Next picture', slices, at)));
  check('without its drawing context, the server draws the same slice, and the next', faults.length === 0, faults.join('\n     '));
  const told = await page.locator('.swipe-hint[role=status]').textContent();
  check('and the page says so', told.includes('cannot show full quality'), told);
  await shot(page, 'quality-lost');
  await accessible(page, 'a picture after the loss');
  await page.getByRole('button', { name: 'Full quality' }).click();
  await page.locator(`${steps.drawn(9)}[data-by=browser]`).waitFor();
  const again = wrong(await readingOf(page), slices, 9);
  for (let at = 10; at <= 12; at += 1) again.push(...(await step(page, 'Next picture', slices, at)));
  check('full quality can be asked for again', again.length === 0, again.join('\n     '));
  await page.evaluate(() => globalThis.contexts.forEach((context) => context.getExtension('WEBGL_lose_context')?.loseContext()));
  await page.getByRole('button', { name: 'Next picture' }).click();
  await page.locator(`${steps.drawn()}[data-by=server]`).waitFor();
  const reading = await readingOf(page);
  check('a step taken at the moment of the loss shows its own picture', wrong(reading, slices, reading.slice).length === 0, wrong(reading, slices, reading.slice).join());
}

async function link(page, server, slices) {
  await setUp(page, server.setup);
  await page.getByRole('button', { name: 'Create accounts' }).click();
  await page.locator('.empty').waitFor();
  await addFiles(page, slices.map((slice) => slice.file));
  await page.locator('[data-row]').first().waitFor();
  await choose(page, page.locator('[data-row]').first(), 'Share');
  await page.locator('input[name=recipient]').fill('Dr. A. Example');
  const [made] = await steps.makeLinks(page);
  return made;
}

/** Contexts that this document's scripts asked for, so that a test can count them and take them away. */
function keepContexts() {
  globalThis.contexts = [];
  const own = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function getContext(kind, ...more) {
    const context = own.call(this, kind, ...more);
    if (context !== null && kind.startsWith('webgl') && !globalThis.contexts.includes(context)) globalThis.contexts.push(context);
    return context;
  };
}

needChromium();
await withFolder(async (folder) => {
  const studies = path.join(folder, 'studies');
  phantoms(studies, '--slices', String(SLICES));
  const slices = slicesOf(studies);
  check(`the phantom has ${SLICES} slices`, slices.length === SLICES, `${slices.length}`);
  const near = slices.slice(2, -1).map((slice, at) => distance(greysOf(slice), slices[at + 1]));
  // But for the two in the middle, on either side of which the phantom is alike.
  check('neighbours can be told apart', near.filter((one) => one > 1).length >= near.length - 1, near.map((one) => one.toFixed(1)).join(' '));
  await withServer(folder, async (server) => {
    const made = await browse('staff', (page) => link(page, server, slices));
    await browse('recipient', (page) => inTurn(page, [
      ['on a phone', async () => {
        await page.addInitScript(keepContexts);
        await page.setViewportSize({ width: 390, height: 844 });
        await steps.openShare(page, made.url, made.passcode);
        await walk(page, slices, 'phone');
        await page.locator('.viewer-back').click();
      }],
      ['on a desktop', async () => {
        await page.setViewportSize({ width: 1280, height: 800 });
        await walk(page, slices, 'desktop');
      }],
      ['after a loss', () => loss(page, slices)],
    ]));
  });
});
process.exit(failed() === 0 ? 0 : 1);
