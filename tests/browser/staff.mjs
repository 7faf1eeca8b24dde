/**
 * A first day on an empty server, in Chromium: set-up, the empty worklist, files in, refusals, a study withdrawn
 * and brought back, a link made, opened on a phone and revoked, and the administrator's pages.
 */
import fs from 'node:fs';
import path from 'node:path';
import { accessible, addFiles, administrator, allDone, browse, check, choose, failed, inTurn, phone as phoneSize, radiologist, setUp, shot, steps, upload } from './_page.mjs';
import { needChromium, phantoms, withFolder, withServer } from './_server.mjs';

const SLICES = 6;

const filesOf = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).toSorted();

async function firstSteps(page, server) {
  await setUp(page, server.setup);
  await shot(page, 'staff-setup');
  await accessible(page, 'the set-up page');
  await page.getByRole('button', { name: 'Create accounts' }).click();
  await page.locator('.address-part').nth(2).waitFor();
  check('set-up leads to the empty worklist', new URL(page.url()).pathname === '/');
  const address = await page.locator('.address-part dd > span').allTextContents();
  check('it shows title, host and port', address[0] === 'LIGHTCASE' && server.dicom === `${address[1]}:${address[2]}`, `${address.join(' ')}, not ${server.dicom}`);
  const only = await page.locator('[data-only-here]').textContent();
  check('and that only this machine reaches a loopback address', only.includes('dicom.listen'), only);
  await page.locator('.echo button').click();
  await page.locator('.echo p').filter({ hasText: /\w/u }).waitFor();
  check('the echo check says that it answers', (await page.locator('.echo-ok').count()) === 1, await page.locator('.echo p').textContent());
  await shot(page, 'staff-empty');
  await accessible(page, 'the empty worklist');
  await page.goto(server.setup);
  await page.reload();
  await setUp(page, server.setup);
  await page.getByRole('button', { name: 'Create accounts' }).click();
  await page.locator('[role=alert]').waitFor();
  check('the set-up link works once', (await page.locator('[role=alert]').textContent()).includes('was used'), await page.locator('[role=alert]').textContent());
  await shot(page, 'staff-setup-again');
  await page.goto(`${server.base}/`);
  await page.locator('.empty').waitFor();
}

/** As from the desktop: files of which the page knows no path. */
async function drop(page, files) {
  const carried = files.map((file) => ({ name: path.basename(file), bytes: fs.readFileSync(file).toString('base64') }));
  const transfer = await page.evaluateHandle((all) => {
    const made = new DataTransfer();
    for (const { name, bytes } of all) made.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name));
    return made;
  }, carried);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await page.locator('.drop-veil').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await page.locator('.drop-veil').waitFor({ state: 'detached' });
}

async function filesIn(page, folder, ct, mr) {
  const text = path.join(folder, 'notes.txt');
  fs.writeFileSync(text, 'Notes of the night shift, and no picture at all.\n'.repeat(20));
  const altered = path.join(folder, 'altered.dcm');
  const bytes = fs.readFileSync(ct[0]);
  bytes[bytes.length - 1] ^= 0xff;
  fs.writeFileSync(altered, bytes);

  await addFiles(page, ct);
  check('chosen files are stored', (await page.locator('.upload-stored').count()) === ct.length);
  await page.locator('.found', { hasText: '1 study' }).waitFor();
  check('and their study is on the worklist', (await page.locator('[data-row]').count()) === 1);
  await drop(page, mr);
  await allDone(page, ct.length + mr.length);
  check('dropped files are stored', (await page.locator('.upload-stored').count()) === ct.length + mr.length);
  await addFiles(page, [text, ct[1], altered]);
  check('the same file again is already here', (await upload(page, path.basename(ct[1])).last().textContent()).includes('Already here'));
  for (const [name, file, word] of [['a text file is refused, with why', text, 'not a DICOM object'], ['other bytes under a known UID are refused, with why', altered, 'other content']]) {
    const why = await upload(page, path.basename(file)).locator('.upload-why').textContent();
    check(name, why.includes(word) && /^[A-Z].*\.$/u.test(why), why);
  }
  await shot(page, 'staff-uploads');
  await accessible(page, 'the worklist with its files');

  await page.locator('.badge-refused').click();
  await page.locator('.refusals li').first().waitFor();
  const reasons = await page.locator('.refusal-why').allTextContents();
  check('the list of refused objects says why', reasons.some((one) => one.includes('other content')), reasons.join(' | '));
  await shot(page, 'staff-refused');
  await accessible(page, 'the list of refused objects');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear the list' }).click();
}

async function withdrawal(page) {
  const rows = page.locator('[data-row]');
  const study = await rows.last().getAttribute('data-study');
  const row = page.locator(`[data-study="${study}"]`);
  await choose(page, row, 'Withdraw');
  await page.locator('dialog input').fill('Sent for the wrong patient');
  await shot(page, 'staff-withdraw');
  await page.locator('dialog .button-danger').click();
  await row.waitFor({ state: 'detached' });
  check('a withdrawn study is gone', (await rows.count()) === 1);
  await page.locator('.chip', { hasText: 'Withdrawn' }).click();
  await row.waitFor();
  check('the filter finds it, with who and why', (await row.textContent()).includes(`Withdrawn by ${radiologist.name}: Sent for the wrong patient`), await row.textContent());
  await shot(page, 'staff-withdrawn');
  await choose(page, row, 'Bring back');
  await page.locator('.nothing').waitFor();
  await page.locator('.chip', { hasText: 'Withdrawn' }).click();
  await row.waitFor();
  check('it can be brought back', (await rows.count()) === 2);
}

async function reading(page, server) {
  await page.goto(`${server.base}/`);
  await page.locator('[data-row] a.row-name').first().click();
  await page.locator(steps.drawn()).waitFor();
  await accessible(page, 'the reading page');
  await page.setViewportSize(phoneSize);
  await page.locator(steps.drawn()).waitFor();
  await shot(page, 'staff-reading-phone');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('link', { name: 'Worklist' }).click();
  await page.locator('[data-row]').first().waitFor();
}

async function link(page) {
  const row = page.locator('[data-row]').first();
  await choose(page, row, 'Share');
  await page.locator('input[name=recipient]').fill('Dr. A. Example');
  const [made] = await steps.makeLinks(page);
  check('a link comes with its QR code', (await page.locator('.made svg.qr').count()) === 1);
  check('and a passcode of eight characters', /^[0-9A-Z]{8}$/u.test(made.passcode), made.passcode);
  await shot(page, 'staff-link');
  await accessible(page, 'the new link');
  await page.getByRole('button', { name: 'Done' }).click();
  await row.locator('.links-live', { hasText: '1 live' }).waitFor();
  check('the row counts it', true);
  check('the passcode is shown once', !(await page.content()).includes(made.passcode));
  return made;
}

/** A copy of a slice under a UID of its own, which claims more rows than it has: a set beside its series, and no picture. */
function oddOne(folder, slice) {
  const uid = `2.25.${/-(\d+)\.dcm$/u.exec(slice)[1]}`;
  const text = fs.readFileSync(slice).toString('latin1').replaceAll(uid, `${uid.slice(0, -3)}900`);
  const bytes = Buffer.from(text, 'latin1');
  const rows = bytes.indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00]));
  bytes.writeUInt16LE(900, rows + 8);
  const file = path.join(folder, 'odd.dcm');
  fs.writeFileSync(file, bytes);
  return file;
}

async function odd(page, folder, slice) {
  const row = page.locator('[data-row]', { hasText: 'MR brain' });
  await addFiles(page, [oddOne(folder, slice)]);
  check('an object with other rows is stored', (await upload(page, 'odd.dcm').locator('.upload-state').textContent()) === 'Stored', await upload(page, 'odd.dcm').textContent());
  await row.locator('a.row-name').click();
  await page.locator('.rail-one').nth(4).waitFor();
  const listed = await page.locator('.rail-one').evaluateAll((all) => all.map((one) => ({ name: one.dataset.series, count: one.querySelector('.rail-count').textContent, picture: one.querySelector('img')?.src ?? '' })));
  const at = listed.findIndex((one, index) => listed.slice(index + 1).some((other) => other.name === one.name));
  check('it is listed after its series', listed[at]?.count === `${SLICES} images` && listed[at + 1]?.count === '1 image', JSON.stringify(listed));
  check('which keeps its own picture', listed[at]?.picture !== '' && listed[at]?.picture !== listed[at + 1]?.picture, JSON.stringify(listed));
  await page.locator('.rail-one').nth(at).click();
  await page.locator(steps.drawn()).waitFor();
  await page.locator('.rail-one').nth(at).locator('img').evaluate((image) => image.decode());
  check('its series is drawn', true);
  await page.locator('.rail-one').nth(at + 1).click();
  await page.locator('.stage-note').waitFor();
  await shot(page, 'staff-odd');
  let asked = 0;
  const count = (request) => { asked += request.url().includes('/rendered') || request.url().includes('/frames/'); };
  page.on('request', count);
  for (const key of ['ArrowDown', 'ArrowUp', 'End', 'Home', 'PageDown', 'PageUp', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await page.evaluate(() => fetch('/healthz').then((response) => response.text()));
  check('keys on a picture that failed ask the server no more', asked === 0, `${asked} times`);
  const again = page.waitForRequest((request) => request.url().includes('/rendered'));
  await page.locator('.stage-note button').click();
  await again;
  check('the button does', true);
  page.off('request', count);
  await page.locator('.stage-note').waitFor();
  await page.getByRole('link', { name: 'Worklist' }).click();
  await row.waitFor();
}

/** Step by step on a small phone: each page begins at its top, with the focus where it is needed, and is no wider than the phone. */
async function openOnSmallPhone(phone, made) {
  await phone.setViewportSize({ width: 320, height: 480 });
  const stands = async (what, focused) => {
    await phone.locator(`${focused}:focus`).waitFor();
    const { top, wide } = await phone.evaluate(() => ({ top: scrollY, wide: document.documentElement.scrollWidth }));
    check(`${what} has the focus where it is needed, and begins at its top`, top === 0, `scrolled by ${top}`);
    const beyond = await phone.locator('button, h1, .brand').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.textContent));
    check(`${what} is no wider than a small phone`, wide <= 320 && beyond.length === 0, `${wide} ${beyond.join(', ')}`);
    await accessible(phone, `${what} on a small phone`);
  };
  await phone.goto(made.url);
  await stands('the door', '.visit-card h1');
  await phone.locator('.visit-card button').click();
  await stands('the passcode form', '#passcode');
  await phone.locator('#passcode').fill(made.passcode);
  await phone.locator('.visit-card button[type=submit]').click();
  await phone.locator('.notice-text').waitFor();
  await stands('the notice', '.visit-card h1');
  await phone.locator('.visit-card button').scrollIntoViewIfNeeded();
  check('the notice had to be scrolled', (await phone.evaluate(() => scrollY)) > 0);
  await phone.locator('.visit-card button').click();
  await phone.locator('.gallery').waitFor();
  await stands('the shared study', '.gallery h1');
  await shot(phone, 'staff-small-phone-gallery');
  await phone.locator('.poster').last().click();
  await phone.locator(steps.drawn()).waitFor();
  await stands('a shared picture', '.viewer-head h1');
  await shot(phone, 'staff-small-phone-picture');
  await phone.locator('.viewer-back').click();
  await phone.locator('.poster:focus').waitFor();
  check('back from a picture, its poster has the focus', (await phone.locator('.poster').last().evaluate((one) => one === document.activeElement)));
}

async function visit(phone, staff, server) {
  const made = await link(staff);
  await openOnSmallPhone(phone, made);
  await phone.setViewportSize(phoneSize);
  await phone.locator('.poster img').first().evaluate((image) => image.decode());
  await shot(phone, 'staff-phone-gallery');
  await accessible(phone, 'the shared study on a phone');
  await phone.locator('.poster').first().click();
  await phone.locator(steps.drawn()).waitFor();
  check('the link opens in another browser with its passcode', true);
  await shot(phone, 'staff-phone-picture');
  await phone.locator('.viewer-back').click();

  await staff.goto(`${server.base}/shares`);
  await staff.locator('[data-share]').first().waitFor();
  check('the page of links is called so', (await staff.locator('h1').textContent()) === 'Links' && (await staff.title()).startsWith('Links'), await staff.title());
  const by = (await staff.locator('thead th').allTextContents()).indexOf('Made by');
  check('it says who made each', by > 0 && (await staff.locator('[data-share] td').nth(by).textContent()).includes(radiologist.name), await staff.locator('[data-share]').textContent());
  check('and that it was opened', (await staff.locator('[data-share]').textContent()).includes('Devices: 1 of 5'), await staff.locator('[data-share]').textContent());
  await staff.getByRole('button', { name: 'Revoke the link for Dr. A. Example' }).click();
  await staff.locator('dialog .button-danger').click();
  await staff.locator('.state-revoked').waitFor();
  await shot(staff, 'staff-links');
  await accessible(staff, 'the page of links');
  await phone.locator('.poster').first().click();
  await phone.locator('.note', { hasText: 'session has ended' }).waitFor();
  check('a revoked link ends in plain words', true);
  await shot(phone, 'staff-phone-ended');
  await phone.goto('about:blank');
  await phone.goto(made.url);
  await phone.locator('.visit-card button').click();
  await phone.locator('#passcode').fill(made.passcode);
  await phone.locator('.visit-card button[type=submit]').click();
  await phone.locator('[role=alert]').waitFor();
  check('and opens no more', (await phone.locator('[role=alert]').textContent()).includes('has ended'), await phone.locator('[role=alert]').textContent());
}

async function administration(page, server) {
  await page.goto(`${server.base}/`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[name=name]').fill(administrator.name);
  await page.locator('input[name=password]').fill(administrator.password);
  await page.locator('button[type=submit]').click();
  await page.locator('h1', { hasText: 'Administration' }).waitFor();
  check('an administrator has no worklist', (await page.locator('nav a').allTextContents()).join() === 'Administration');
  const peers = page.locator('.panel', { has: page.locator('h2', { hasText: 'DICOM peers' }) });
  await peers.getByLabel('AE title').fill('CT1');
  await peers.getByLabel('Host').fill('10.20.1.16');
  await peers.getByLabel('Port').fill('104');
  await peers.getByRole('button', { name: 'Add peer' }).click();
  await peers.locator('tr', { hasText: 'CT1' }).waitFor();
  check('a peer can be added', (await peers.locator('tr', { hasText: 'CT1' }).textContent()).includes('10.20.1.16:104'));
  const reader = page.locator('tr', { hasText: radiologist.name });
  await reader.getByRole('button', { name: 'Disable' }).click();
  await reader.locator('.state', { hasText: 'Disabled' }).waitFor();
  check('a user can be disabled', true);
  await shot(page, 'staff-administration');
  await accessible(page, 'the administration');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[name=name]').fill(radiologist.name);
  await page.locator('input[name=password]').fill(radiologist.password);
  await page.locator('button[type=submit]').click();
  await page.locator('[role=alert]').waitFor();
  check('and then signs in no more', (await page.locator('h1').textContent()) === 'Sign in');
}

needChromium();
await withFolder(async (folder) => {
  phantoms(path.join(folder, 'studies'), '--slices', String(SLICES));
  const files = filesOf(path.join(folder, 'studies'));
  const [ct, mr] = ['ct', 'mr'].map((kind) => files.filter((file) => path.basename(file).startsWith(`${kind}-`)));
  const { code } = await withServer(folder, (server) => browse('staff', (page) => inTurn(page, [
    ['first steps', () => firstSteps(page, server)],
    ['files in', () => filesIn(page, folder, ct, mr)],
    ['withdrawal', () => withdrawal(page)],
    ['reading', () => reading(page, server)],
    ['an odd object', () => odd(page, folder, mr[0])],
    ['a link on a phone', () => browse('phone', (phone) => visit(phone, page, server))],
    ['administration', () => administration(page, server)],
  ])));
  check('the server stops in order', code === 0, `exit code ${code}`);
});
process.exit(failed() === 0 ? 0 : 1);
