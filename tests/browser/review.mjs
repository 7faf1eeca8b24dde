/**
 * De-identification as a privacy officer sees it, in Chromium: an image with text in it comes in for a project and is
 * held, the text is covered by hand, and what leaves the project is black there; another is rejected; the certificate says so.
 */
import fs from 'node:fs';
import path from 'node:path';
import { headOf, text } from './_dicom.mjs';
import { accessible, browse, check, failed, inTurn, setUp, shot, steps } from './_page.mjs';
import { lightcase, needChromium, phantoms, withFolder, withServer } from './_server.mjs';

const PROJECT = 'lung-trial';
const SENDER = 'CAPTURE';
const officer = { name: 'petra', role: 'privacy', password: 'a long privacy word' };

/** Where the text stands in the pixels of the images that are sent, and what is drawn around it. */
const TEXT = { left: 12, top: 8, width: 90, height: 12 };
const DRAWN = [[8, 4], [110, 26]];

/** What the server has to know before anything is sent. */
function prepare(data) {
  lightcase(data, ['project', 'add', PROJECT]);
  lightcase(data, ['policy', 'set', `ae:${SENDER}`, `clean:${PROJECT}`]);
  lightcase(data, ['user', 'add', officer.name, '--role', officer.role, '--password-stdin'], officer.password);
}

const send = (data, server, files) => lightcase(data, ['store', `LIGHTCASE@${server.dicom}`, ...files, '--calling', SENDER]);

function us(bytes, group, element) {
  return bytes.readUInt16LE(bytes.indexOf(headOf(group, element, 'US')) + 8);
}

/** A slice of the phantom that says YES to Burned In Annotation (0028,0301) and has a bright bar where a name would be. */
function burnedIn(file, copy) {
  const bytes = fs.readFileSync(file);
  const columns = us(bytes, 0x0028, 0x0011);
  const pixels = bytes.subarray(bytes.length - columns * us(bytes, 0x0028, 0x0010) * 2);
  for (let y = TEXT.top; y < TEXT.top + TEXT.height; y += 1) {
    for (let x = TEXT.left; x < TEXT.left + TEXT.width; x += 1) pixels.writeUInt16LE(4095, (y * columns + x) * 2);
  }
  const at = bytes.indexOf(headOf(0x0028, 0x1050, 'DS'));
  const flag = Buffer.concat([headOf(0x0028, 0x0301, 'CS'), Buffer.from([4, 0]), Buffer.from('YES ')]);
  fs.writeFileSync(copy, Buffer.concat([bytes.subarray(0, at), flag, bytes.subarray(at)]));
  return { file: copy, columns, patientName: text(bytes, 0x0010, 0x0010, 'PN') };
}

async function signIn(page, server) {
  await page.goto(`${server.base}/`);
  await page.locator('input[name=name]').fill(officer.name);
  await page.locator('input[name=password]').fill(officer.password);
  await page.locator('button[type=submit]').click();
  await page.locator('.bar nav').getByRole('link', { name: 'Review' }).waitFor();
}

/** Objects are cleaned some time after they came: looks again until so many wait. */
async function held(page, server, count) {
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(`${server.base}/review/${PROJECT}`);
    await page.locator('.found', { hasText: /wait/u }).waitFor();
    if ((await page.locator('[data-review]').count()) === count) return;
    await page.waitForTimeout(500);
  }
  throw new Error(`${await page.locator('[data-review]').count()} objects wait, not ${count}`);
}

async function review(page, server, images) {
  await signIn(page, server);
  await held(page, server, images.length);
  const why = await page.locator('.cell-because').first().textContent();
  check('a held image says why', why.includes('Burned In Annotation'), why);
  await shot(page, 'review-list');
  await accessible(page, 'the list of held objects');
  await page.locator('[data-review] a').first().click();
  await steps.heldDrawn(page);
  const middle = [TEXT.left + TEXT.width / 2, TEXT.top + TEXT.height / 2];
  const before = await steps.stillAt(page, 'before', ...middle);
  check('the text is in the picture', before > 200, `grey ${before}`);
  await steps.dragOver(page, ...DRAWN);
  const [region] = (await steps.regionsOf(page)).slice(-1);
  const [x, y, width, height] = region;
  const around = x <= TEXT.left && y <= TEXT.top && x + width >= TEXT.left + TEXT.width && y + height >= TEXT.top + TEXT.height;
  check('a rectangle is drawn around it', around, JSON.stringify(region));
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.locator('[data-still=after][data-state=drawn]').waitFor();
  check('after, it is black there', (await steps.stillAt(page, 'after', ...middle)) === 0);
  await shot(page, 'review-object');
  await accessible(page, 'the review of an object');
  await page.locator('input[name=reason]').fill('The name is covered');
  await page.getByRole('button', { name: /^Approve with/u }).click();
  await page.locator('.toast', { hasText: 'Approved and recorded' }).waitFor();
  check('it is approved', true);
  await steps.heldDrawn(page);
  await page.locator('input[name=reason]').fill('Not needed for the trial');
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.locator('.nothing').waitFor();
  check('the next one opened and is rejected, and nothing waits', true);
}

/** Greys of one picture at some pixels, and how many instances there are, as the project's own DICOMweb gives them. */
const cleanCopy = (page, root, places) => page.evaluate(async ([at, spots]) => {
  const find = async (address) => (await fetch(address, { headers: { Accept: 'application/dicom+json' } })).json();
  const uid = (dataset, tag) => dataset[tag].Value[0];
  const [study] = await find(`${at}/studies`);
  const instances = await find(`${at}/studies/${uid(study, '0020000D')}/instances`);
  const [one] = instances;
  const address = `${at}/studies/${uid(study, '0020000D')}/series/${uid(one, '0020000E')}/instances/${uid(one, '00080018')}`;
  const [metadata] = await find(`${address}/metadata`);
  const image = new Image();
  image.src = `${address}/frames/1/rendered`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return {
    study: uid(study, '0020000D'), count: instances.length, width: image.naturalWidth, metadata: JSON.stringify(metadata), burnedIn: metadata['00280301']?.Value?.[0] ?? '',
    greys: spots.map(([x, y]) => context.getImageData(x, y, 1, 1).data[0]),
  };
}, [root, places]);

async function leaving(page, server, images) {
  const [{ columns, patientName }] = images;
  const corners = [[TEXT.left, TEXT.top], [TEXT.left + TEXT.width - 1, TEXT.top + TEXT.height - 1], [TEXT.left + TEXT.width / 2, TEXT.top + TEXT.height / 2]];
  const clean = await cleanCopy(page, `/projects/${PROJECT}/dicom-web`, [...corners, [columns / 2, columns / 2]]);
  check('one image left the project', clean.count === 1 && clean.width === columns, `${clean.count}, ${clean.width} wide`);
  const inside = clean.greys.at(-1);
  // JPEG is not exact at edges.
  check('it is black where the text was, and a picture elsewhere', clean.greys.slice(0, -1).every((grey) => grey < 16) && inside > 16, clean.greys.join());
  check('it says that nothing is burned in, and no name', clean.burnedIn === 'NO' && !clean.metadata.includes(patientName), clean.burnedIn);
  return clean;
}

async function paper(page, server, study, images) {
  await page.goto(`${server.base}/projects`);
  await page.locator(`[data-project="${PROJECT}"] a`).first().click();
  await page.locator(`[data-study="${study}"]`).waitFor();
  await shot(page, 'review-project');
  await accessible(page, 'the studies of a project');
  await page.locator(`[data-study="${study}"]`).getByRole('link', { name: 'Certificate' }).click();
  await page.locator('[data-certificate]').waitFor();
  const sum = (name) => page.locator(`[data-sum=${name}] dd`).textContent();
  check('the certificate counts what was decided', (await sum('approved')) === '1' && (await sum('rejected')) === '1' && (await sum('waiting')) === '0', await page.locator('.sums').textContent());
  const told = await page.locator('[data-certificate]').textContent();
  check('and says by whom', told.includes(officer.name), told);
  // Why is free text, which may name somebody.
  check('and not why', !['The name is covered', 'Not needed for the trial'].some((word) => told.includes(word)), told);
  const digests = (await page.locator('.digest').allTextContents()).filter((one) => /[0-9a-f]{64}$/u.test(one));
  check('every object has its digests', digests.length === 2 * images.length, `${digests.length}`);
  await shot(page, 'review-certificate');
  await accessible(page, 'the certificate');
}

async function identity(page, server, study, images) {
  await page.goto(`${server.base}/projects/${PROJECT}`);
  await page.locator(`[data-study="${study}"]`).getByRole('button', { name: 'Who is it?' }).click();
  await page.locator('dialog input').fill('Incidental finding');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('[data-identity]').waitFor();
  const [family] = images[0].patientName.split('^');
  check('with a reason the person is told', (await page.locator('[data-identity]').textContent()).includes(family), await page.locator('[data-identity]').textContent());
  await accessible(page, 'the identity');
  await page.locator('dialog .dialog-foot button').click();
  check('and is gone when the dialog is', !(await page.content()).includes(family));
}

needChromium();
await withFolder(async (folder) => {
  phantoms(path.join(folder, 'studies'), '--slices', '2');
  const slices = fs.readdirSync(path.join(folder, 'studies', 'ct')).toSorted().slice(0, 2);
  const images = slices.map((name, at) => burnedIn(path.join(folder, 'studies', 'ct', name), path.join(folder, `${at}.dcm`)));
  const { code } = await withServer(folder, (server) => browse('privacy officer', async (page) => {
    const data = path.join(folder, 'data');
    await setUp(page, server.setup);
    await page.getByRole('button', { name: 'Create accounts' }).click();
    await page.locator('.empty').waitFor();
    prepare(data);
    send(data, server, images.map((one) => one.file));
    await page.getByRole('button', { name: 'Sign out' }).click();
    // Who opens another page before breaks the request off, and is still signed in.
    await page.locator('input[name=name]').waitFor();
    let study = '';
    await inTurn(page, [
      ['review', () => review(page, server, images)],
      ['leaving', async () => { ({ study } = await leaving(page, server, images)); }],
      ['certificate', () => paper(page, server, study, images)],
      ['identity', () => identity(page, server, study, images)],
    ]);
  }));
  check('the server stops in order', code === 0, `exit code ${code}`);
});
process.exit(failed() === 0 ? 0 : 1);
