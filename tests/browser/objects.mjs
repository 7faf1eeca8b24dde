/**
 * Objects of the corpus in Chromium: each is drawn, by the browser or by the server, or the page says why not.
 * None leaves a page that waits for ever.
 */
import fs from 'node:fs';
import path from 'node:path';
import { accessible, addFiles, browse, check, failed, inTurn, setUp, shot, steps, upload } from './_page.mjs';
import { needChromium, skip, withFolder, withServer } from './_server.mjs';

const { LIGHTCASE_CORPUS, LIGHTCASE_REQUIRE_CORPUS } = process.env;

/**
 * What each is, its file, and what has to come of it: `why` there is no picture, or a picture, `by` one side where that
 * matters, with the reason that is allowed in its place (`else`).
 */
const objects = [
  ['JPEG-LS', 'syntax/pydicom__MR_small_jpeg_ls_lossless.dcm', { by: 'browser' }],
  ['JPEG 2000', 'syntax/cornerstone3D__CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm', { by: 'browser' }],
  ['HTJ2K', 'generated/syntax/mr_htj2k_lossless_201.dcm', { by: 'browser' }],
  ['HTJ2K in colour', 'generated/syntax/us_htj2k_lossless_rgb_201.dcm', { colour: true }],
  ['JPEG in colour', 'syntax/cornerstone3D__TestPattern_JPEG-Baseline_YBR422.dcm', { colour: true }],
  ['palette colour', 'syntax/cornerstone3D__TestPattern_Palette.dcm', { by: 'server', colour: true }],
  // Its colour cannot be made out in the browser, whose loader then never answers.
  ['JPEG 2000 with a header inside', 'syntax/pydicom__GDCMJ2K_TextGBR.dcm', { by: 'server', colour: true }],
  ['RLE of several frames', 'generated/syntax/mf_rle.dcm', { frames: 8 }],
  ['enhanced MR', 'syntax/pydicom-data__emri_small.dcm', { frames: 10 }],
  ['colour film, native', 'generated/classes/us_mf_rgb.dcm', { frames: 6, colour: true }],
  ['JPEG XL', 'generated/syntax/mr_jxl_lossless_110.dcm', {}],
  ['12-bit JPEG', 'generated/syntax/mr_jpeg_ext12_51.dcm', { by: 'server', else: 'cannot be decoded' }],
  ['big endian', 'generated/syntax/ct_big_endian.dcm', { by: 'server' }],
  ['deflated', 'generated/syntax/mr_deflated.dcm', {}],
  ['YBR 4:2:2, native', 'syntax/pydicom__SC_ybr_full_422_uncompressed.dcm', { colour: true }],
  ['RGB of 32 bits in RLE', 'syntax/pydicom__SC_rgb_rle_32bit.dcm', { by: 'server', colour: true }],
  ['single bits', 'generated/classes/sc_mf_single_bit.dcm', { by: 'server', flat: true }],
  ['MONOCHROME1', 'generated/classes/dx_monochrome1.dcm', {}],
  // Its JPEG header contradicts itself; what can be decoded is not a picture to rely on.
  ['malformed 12-bit JPEG', 'syntax/pydicom__JPGExtended.dcm', { why: 'cannot be decoded' }],
  ['structured report', 'generated/classes/sr_basic_text.dcm', { why: 'structured report' }],
  ['PDF', 'generated/classes/encapsulated_pdf.dcm', { why: 'document' }],
  ['ECG', 'generated/classes/ecg_12_lead.dcm', { why: 'waveform' }],
  ['video', 'generated/video/mpeg4_hp41_102.dcm', { why: 'video' }],
];

/**
 * The corpus puts many forms of one picture into one study and series; here each object gets its own, so that what
 * is drawn is that object. The new UIDs differ from the old in their last digits; a deflated file keeps its own.
 */
function alone(bytes, at) {
  const text = bytes.toString('latin1');
  for (const element of [/(?:\x20\x00\x0d\x00|\x00\x20\x00\x0d)UI..([\d.]+)/su, /(?:\x20\x00\x0e\x00|\x00\x20\x00\x0e)UI..([\d.]+)/su]) {
    const found = element.exec(text);
    if (found !== null) bytes.write(String(900 + at), found.index + found[0].length - 3, 'latin1');
  }
  return bytes;
}

/** Whether some pixel of the canvas has a colour, and how many greys there are. */
const coloursOf = (page) => page.locator(steps.pane).evaluate((element) => {
  const canvas = element.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const levels = new Set();
  let coloured = false;
  for (let at = 0; at < data.length; at += 4) {
    levels.add(data[at]);
    coloured ||= Math.abs(data[at] - data[at + 1]) > 24 || Math.abs(data[at] - data[at + 2]) > 24;
  }
  return { coloured, levels: levels.size };
});

async function settled(page) {
  const drawn = page.locator(steps.drawn());
  const said = page.locator('.stage-note, .read-empty:has(h2), .read-empty:has([role=alert])');
  await drawn.or(said).first().waitFor();
  return (await drawn.count()) > 0 ? null : said.first().textContent();
}

async function look(page, server, study, name, { by, colour = false, flat = false, frames, why, else: instead }) {
  await page.goto(`${server.base}/study/${study}`);
  const told = await settled(page);
  await shot(page, `objects-${name.replaceAll(/\W+/gu, '-')}`);
  if (why !== undefined || told !== null) {
    const reason = why ?? instead;
    check(`${name}: the page says why it is not shown`, reason !== undefined && told !== null && told.includes(reason), told ?? 'it is drawn');
    return;
  }
  const drawnBy = await page.locator(steps.pane).getAttribute('data-by');
  check(`${name} is drawn by the ${drawnBy}`, by === undefined || by === drawnBy, `not by the ${by}`);
  const { coloured, levels } = await coloursOf(page);
  check(`${name} is ${colour ? 'in colour' : 'grey'} and not one flat area`, coloured === colour && levels > (flat ? 1 : 2), `coloured ${coloured}, ${levels} levels`);
  if (frames === undefined) return;
  check(`${name} has ${frames} pictures`, (await page.locator('.scrubber input').getAttribute('max')) === String(frames), await page.locator('.scrubber input').getAttribute('max'));
  await steps.goToSlice(page, frames);
  check(`${name}: the last is drawn`, true);
}

needChromium();
if (LIGHTCASE_CORPUS === undefined) {
  if (LIGHTCASE_REQUIRE_CORPUS === undefined) skip('LIGHTCASE_CORPUS names no folder of DICOM files');
  console.log('FAIL the corpus is missing');
  process.exit(1);
}
await withFolder((folder) => withServer(folder, (server) => browse('staff', async (page) => {
  await setUp(page, server.setup);
  await page.getByRole('button', { name: 'Create accounts' }).click();
  await page.locator('.empty').waitFor();
  const studies = new Map();
  await page.route('**/api/v1/imports', async (route) => {
    const response = await route.fetch();
    const file = decodeURIComponent(route.request().headers()['x-lightcase-file-name']);
    if (response.ok()) studies.set(file, (await response.json()).studyInstanceUid);
    await route.fulfill({ response });
  });
  const copies = objects.map(([, file], at) => {
    const copy = path.join(folder, `${at}.dcm`);
    fs.writeFileSync(copy, alone(fs.readFileSync(path.join(LIGHTCASE_CORPUS, 'public', file)), at));
    return copy;
  });
  await addFiles(page, copies);
  for (const [at, [name]] of objects.entries()) {
    check(`${name} is stored`, (await upload(page, `${at}.dcm`).locator('.upload-state').textContent()) === 'Stored', await upload(page, `${at}.dcm`).textContent());
  }
  await shot(page, 'objects-worklist');
  await accessible(page, 'the worklist');
  await inTurn(page, objects.map(([name, , wanted], at) => [name, () => look(page, server, studies.get(`${at}.dcm`), name, wanted)]));
})));
process.exit(failed() === 0 ? 0 : 1);
