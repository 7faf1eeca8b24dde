/** Opening links as their recipients do: each factor, what is refused, no cookies, no scripts, the message, the download. */
import { mailedCode, recipientPassword } from '../../fake/door.mjs';
import { makeLink, operator } from '../../fake/sharing.mjs';
import { drawn } from '../steps.mjs';
import { desk, inGerman, looksWell, phone } from '../watch.mjs';

const wanted = (world, part) => ({
  studies: [world.studies[0].uid], series: null, clean: false, arrivals: 'frozen', may: 'download', expires: new Date(Date.now() + 7 * 86_400_000).toISOString().replace(/\.\d{3}/, ''), starts: null, maxUses: 5, factors: ['passcode'],
  authority: 'treatment', authorisation: null, purpose: 'Treatment', message: '', deliver: 'copy', language: 'en', ...part,
});

const make = (world, part) => makeLink(world, wanted(world, part), { name: 'Dr. Anna Keller', email: 'keller@clinic.example' }, 'Dr. Rita Reader');
const urlOf = (base, link) => `${base}/s#v1.${link.view.id}.${link.secret}`;

async function enter(page, base, link) {
  await page.goto('about:blank');
  await page.goto(urlOf(base, link));
  await page.locator('.visit-card .button-main').click();
}

const submit = (page) => page.locator('.visit-card button[type=submit]').click();
const accept = async (page) => {
  await page.locator('.notice-text').waitFor();
  await page.locator('.visit-card .button-main').click();
  await page.locator('.gallery').waitFor();
};

async function birthDate(page, day, month, year) {
  await page.locator('#birth-day').fill(day);
  await page.locator('#birth-month').fill(month);
  await page.locator('#birth-year').fill(year);
  await submit(page);
}

/** Passcode, code, account, date of birth, one after the other; each wrong once. */
async function everyFactor(tools) {
  const { page, base, world, check } = tools;
  const link = make(world, { factors: ['passcode', 'email', 'account', 'birthDate'], message: 'Dear colleague,\nplease look at picture 80.\n<b>Thank you</b>' });
  await page.goto('about:blank');
  await page.goto(urlOf(base, link));
  await page.locator('.visit-card h1:focus').waitFor();
  await looksWell(tools, 'the door', 'door');
  await page.locator('.visit-card .button-main').click();
  await page.locator('#passcode:focus').waitFor();
  await looksWell(tools, 'the passcode', 'door-passcode');
  await page.locator('#passcode').fill('WRONGC0D');
  await submit(page);
  await page.locator('.refused').waitFor();
  await looksWell(tools, 'a wrong passcode', 'door-refused');
  check('a refusal says what to do', (await page.locator('.refused li').count()) === 3);
  await page.locator('#passcode').fill(link.passcode);
  await submit(page);
  await page.locator('#code:focus').waitFor();
  await page.keyboard.type('1234');
  await page.keyboard.press('Enter');
  await page.locator('[role=alert]', { hasText: 'You typed 4' }).waitFor();
  await looksWell(tools, 'the mailed code', 'door-email');
  await page.locator('.button-quiet').click();
  await page.locator('[role=status]', { hasText: 'Another code' }).waitFor();
  check('another code can be sent', true);
  await page.locator('#code').fill('00000000');
  await submit(page);
  await page.locator('.refused').waitFor();
  check('the secret stays in the address meanwhile', page.url().includes(link.secret));
  await page.locator('#code').fill(mailedCode);
  await submit(page);
  await page.locator('#account-name:focus').waitFor();
  await looksWell(tools, 'the account', 'door-account');
  await page.locator('#account-name').fill('keller@clinic.example');
  await page.locator('#account-password').fill('wrong');
  await submit(page);
  await page.locator('.refused', { hasText: 'Address or password' }).waitFor();
  await page.locator('#account-password').fill(recipientPassword);
  await submit(page);
  await page.locator('#birth-day:focus').waitFor();
  await birthDate(page, '31', '2', '1970');
  await page.locator('[role=alert]', { hasText: 'no such day' }).waitFor();
  await looksWell(tools, 'the date of birth', 'door-birth-date');
  await birthDate(page, '12', '4', '1971');
  await page.locator('.refused', { hasText: 'The date is not right' }).waitFor();
  await birthDate(page, '12', '4', '1970');
  await page.locator('.notice-text').waitFor();
  check('four factors open it, and the secret is out of the address', !page.url().includes('#') && link.view.uses === 1, page.url());
  await looksWell(tools, 'the notice', 'door-notice');
  check('neither name nor message before the notice is accepted', !/Doe|picture 80/.test(await page.locator('body').textContent()));
  await accept(page);
  check('the message is plain text', (await page.locator('.message blockquote').textContent()).includes('<b>Thank you</b>') && (await page.locator('.message b').count()) === 0);
  await page.locator('.poster img').nth(1).evaluate((image) => image.decode());
  await looksWell(tools, 'the shared study', 'gallery', { full: true });
}

/** From the link to a picture without a pointer. */
async function byKeys({ page, base, world, check }) {
  const link = make(world, {});
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await page.goto('about:blank');
  await page.goto(urlOf(base, link));
  await page.locator('.visit-card h1:focus').waitFor();
  await press('Tab', 'Enter');
  await page.locator('#passcode:focus').waitFor();
  await page.keyboard.type(link.passcode);
  await press('Enter');
  await page.locator('.notice-text').waitFor();
  await page.locator('.visit-card h1:focus').waitFor();
  await press('Tab', 'Enter');
  await page.locator('.gallery h1:focus').waitFor();
  await press('Tab', 'Tab', 'Enter');
  await page.locator(drawn(80)).waitFor();
  await press('ArrowDown');
  await page.locator(drawn(81)).waitFor();
  check('from the link to a picture by keys alone', true);
}

async function takeAlong(tools) {
  const { page, base, world, check, shot } = tools;
  const large = Object.assign(make(world, {}), { size: 1_234_000_000 });
  await enter(page, base, large);
  await page.locator('#passcode').fill(large.passcode);
  await submit(page);
  await accept(page);
  check('a large one says how long it takes', (await page.locator('.download-size').textContent()).startsWith('1.2 GB, about 8 minutes on a usual connection'), await page.locator('.download-size').textContent());
  await page.locator('.download').scrollIntoViewIfNeeded();
  await shot('download');
  const link = make(world, {});
  await enter(page, base, link);
  await page.locator('#passcode').fill(link.passcode);
  await submit(page);
  await accept(page);
  check('size and time are told before', (await page.locator('.download-size').textContent()) === '6.4 MB, less than a minute on a usual connection · 165 files', await page.locator('.download-size').textContent());
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('[data-download]').click()]);
  check('a plain link downloads', saved.suggestedFilename() === 'images.zip' && link.download.complete, saved.suggestedFilename());
  await saved.path();

  // The picker belongs to a person; what it gives is stood in for.
  link.ranges = [];
  world.cuts = [2_000_000, undefined, 0];
  await page.evaluate(() => {
    globalThis.kept = 0;
    const sink = { write: async (bytes) => { globalThis.kept += bytes.length; }, close: async () => { globalThis.whole = true; }, abort: async () => undefined };
    globalThis.showSaveFilePicker = async () => ({ createWritable: async () => sink });
  });
  await page.locator('.language select').selectOption('de');
  await page.locator('.language select').selectOption('en');
  await page.locator('.download-here .button').click();
  await page.locator('.download-progress [role=status]', { hasText: 'interrupted' }).waitFor();
  await looksWell(tools, 'a download that is interrupted', 'download-progress');
  await page.locator('.download-done').waitFor();
  const { kept, whole } = await page.evaluate(() => ({ kept: globalThis.kept, whole: globalThis.whole }));
  check('it goes on from where it broke off, and is whole', kept === link.download.total && whole === true && link.ranges.length === 2 && link.ranges[1] > 0, JSON.stringify([kept, link.download.total, link.ranges]));
  await shot('download-done');
}

async function lookOnly(tools) {
  const { page, base, world, check } = tools;
  const link = make(world, { factors: ['email'], may: 'view', clean: true, language: 'de', message: 'Bitte sehen Sie sich Bild 80 an.' });
  Object.assign(link.view, { createdBy: operator, byAccount: false });
  Object.assign(link, { others: [world.studies[1]] });
  link.view.sources = [...link.view.sources, { studyInstanceUid: world.studies[1].uid, patientName: '', description: '', studyDate: '' }];
  await enter(page, base, link);
  await page.locator('button[type=submit]', { hasText: 'Send me the code' }).waitFor();
  check('no code is mailed before it is asked for', link.code === null);
  await looksWell(tools, 'asking for a code', 'door-email-ask');
  await submit(page);
  await page.locator('#code').fill(mailedCode);
  await submit(page);
  await page.locator('html[lang=de]').waitFor();
  await page.locator('h1', { hasText: 'Bevor Sie' }).waitFor();
  await page.waitForFunction(() => document.title.startsWith('Für Sie freigegebene Bilder'));
  await looksWell(tools, 'the notice in German', 'door-notice-de');
  await accept(page);
  await page.locator('.poster img').nth(1).evaluate((image) => image.decode());
  const from = await page.locator('.gallery').textContent();
  check('the operator is called in German', from.includes('Freigegeben von der Leitung dieses Archivs') && from.includes('Die Leitung dieses Archivs schreibt') && !from.includes('operator'), from);
  check('a clean copy shows no name, and a link to view no download', !/Doe/.test(await page.locator('.gallery').textContent()) && (await page.locator('[data-download]').count()) === 0 && (await page.locator('.gallery h2').count()) === 2);
  await looksWell(tools, 'two shared studies in German', 'gallery-de');
  await page.locator('.poster').nth(1).click();
  await page.locator(drawn()).waitFor();
  await looksWell(tools, 'a shared picture in German', 'picture-de');
  await page.locator('.viewer-back').click();
  await page.locator('.gallery-head .button').click();
  await page.locator('.note', { hasText: 'abgemeldet' }).waitFor();
  check('signing off is told', true);
}

/** Doors that do not open, in German. */
async function shut(tools) {
  const { page, base, world, check } = tools;
  await page.goto(`${base}/s`);
  await page.locator('.language select').selectOption('de');
  await page.locator('.note', { hasText: 'nicht vollständig' }).waitFor();
  await looksWell(tools, 'an address that is not whole', 'door-no-link-de');
  const ended = make(world, { factors: [] });
  ended.view.state = 'expired';
  await enter(page, base, ended);
  await page.locator('.refused').waitFor();
  await looksWell(tools, 'a link that has ended', 'door-ended-de');
  const live = make(world, {});
  await enter(page, base, live);
  await page.locator('#passcode').fill('WRONGC0D');
  await submit(page);
  await page.locator('.refused', { hasText: 'Der Zugangscode stimmt nicht' }).waitFor();
  await looksWell(tools, 'a refusal in German', 'door-refused-de');
  check('a refusal in German has no English in it', !/passcode|link has/i.test(await page.locator('.visit-card').textContent()));
  await page.locator('.language select').selectOption('en');
}

/** A browser that keeps no cookies, and one that runs no scripts. */
async function bare(tools) {
  const { page, base, world, check, shot } = tools;
  const link = make(world, {});
  world.cookies = false;
  await enter(page, base, link);
  await page.locator('#passcode').fill(link.passcode);
  await submit(page);
  await page.locator('.notice-text').waitFor();
  await page.locator('.visit-card .button-main').click();
  await page.locator('[role=alert]', { hasText: 'does not keep cookies' }).waitFor();
  check('a browser without cookies is told so, with its link back in the address', page.url().includes(link.secret));
  check('and that the link may have ended', (await page.locator('[role=alert]').textContent()).includes('the link has ended in the meantime'));
  await looksWell(tools, 'a browser without cookies', 'door-no-cookies');
  await inGerman(tools, 'a browser without cookies', 'door-no-cookies');
  world.cookies = true;
  await page.locator('.visit-card .button-main').click();
  await page.locator('.visit-card .button-main', { hasText: 'Continue' }).click();
  await page.locator('#passcode').fill(link.passcode);
  await submit(page);
  await accept(page);
  check('once it keeps them, trying again opens the link', true);
  const browser = page.context().browser();
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone });
  const still = await context.newPage();
  await still.goto(urlOf(base, link));
  check('without scripts the page says what it needs, in both languages', (await still.locator('.visit-card').textContent()).includes('This page needs JavaScript') && (await still.locator('[lang=de] .note').textContent()).includes('braucht JavaScript'));
  if (tools.shots !== undefined) await still.screenshot({ path: `${tools.shots}/door-no-script-phone.png` });
  await context.close();
  await shot('door-after');
}

/** What a phone loads before the first picture. */
async function weight(tools) {
  const { page, base, world, check } = tools;
  const link = make(world, {});
  const fresh = await page.context().newPage();
  const session = await page.context().newCDPSession(fresh);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const asked = [];
  fresh.on('request', (request) => asked.push(request.url().replace(base, '')));
  await enter(fresh, base, link);
  await fresh.locator('#passcode').fill(link.passcode);
  await fresh.locator('.visit-card button[type=submit]').click();
  await accept(fresh);
  await fresh.locator('.poster img').first().evaluate((image) => image.decode());
  const first = asked.findIndex((url) => url.includes('/thumbnail'));
  const before = asked.slice(0, first).filter((url) => !url.startsWith('about:'));
  check('at most 8 requests before the first picture', before.length <= 8, `${before.length}: ${before.join(' ')}`);
  process.stdout.write(`     before the first picture: ${before.length} requests: ${before.map((url) => url.replace(/#.*/, '#…')).join(' ')}\n`);
  const pictures = asked.filter((url) => url.includes('/thumbnail'));
  check('each picture is asked for once', new Set(pictures).size === pictures.length, pictures.join(' '));
  check('the words of staff are not among them', !before.some((url) => url.includes('staff')));
  await fresh.close();
}

export async function doorTour(tools) {
  await tools.page.context().clearCookies();
  await tools.page.setViewportSize(desk);
  await everyFactor(tools);
  await byKeys(tools);
  await takeAlong(tools);
  await tools.page.evaluate(() => localStorage.clear());
  await lookOnly(tools);
  await shut(tools);
  await bare(tools);
  await weight(tools);
}
