/** Looking after links: alerts, the list and its filters, one link in detail, more time, sending again, revoking several. */
import { makeLink, tell } from '../../fake/sharing.mjs';
import { signIn } from '../steps.mjs';
import { inGerman, looksWell } from '../watch.mjs';

const usual = (world, part) => ({
  studies: [world.studies[0].uid], series: null, clean: false, arrivals: 'frozen', may: 'view', expires: new Date(Date.now() + 7 * 86_400_000).toISOString().replace(/\.\d{3}/, ''), starts: null, maxUses: 5, factors: ['passcode'],
  authority: 'treatment', authorisation: null, purpose: 'Treatment', message: '', deliver: 'copy', language: 'en', ...part,
});
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString().replace(/\.\d{3}/, '');

/** Links in every state that a list can hold. */
function fill(world) {
  const by = 'Dr. Rita Reader';
  const one = (name, email, part = {}, view = {}, more = {}) => {
    const link = makeLink(world, usual(world, part), { name, email }, view.createdBy ?? by);
    Object.assign(link.view, view);
    return Object.assign(link, more);
  };
  const [study, knee] = world.studies;
  const lung = study.series[1].uid;
  one('Dr. Old Timer', null, {}, { state: 'expired', expires: ago(30), createdAt: ago(800), firstOpenedAt: ago(700), lastOpenedAt: ago(200), uses: 2 });
  one('Dr. Gone Away', null, {}, { state: 'revoked', revokedAt: ago(3), createdAt: ago(80) });
  one('Praxis Dr. Grün', 'praxis@gruen.example', { deliver: 'mail', studies: [knee.uid] }, { createdAt: ago(30), delivery: { state: 'failed', tries: 8, at: ago(5), error: '550 5.1.1 no such mailbox' } });
  one('Maria Secretary’s friend', 'friend@clinic.example', {}, { createdBy: 'Maria Secretary', createdAt: ago(20) });
  one('Prof. Research', null, { clean: true, studies: [knee.uid] }, { createdAt: ago(15) });
  one('Dr. Later', null, {}, { state: 'notYet', starts: ago(-48), createdAt: ago(10) });
  one('Dr. Guess', 'guess@clinic.example', {}, { state: 'frozen', failedAttempts: 20, createdAt: ago(50) }, { probes: 31 });
  const read = one('Dr. Anna Keller', 'keller@clinic.example', { may: 'download', deliver: 'mail', message: 'Please compare with the images of May.', factors: ['passcode', 'email'] }, {
    createdAt: ago(70), firstOpenedAt: ago(60), lastOpenedAt: ago(2), uses: 2, delivery: { state: 'sent', tries: 1, at: ago(70), error: null },
  }, { probes: 3, networks: 2, download: { bytes: 3_400_000, total: 6_441_700, complete: false } });
  read.seen.set(lung, 96);
  read.seen.set(study.series[0].uid, 1);
  tell(world, read, 'firstOpening', -3600);
  tell(world, world.shares.find((link) => link.view.state === 'revoked'), 'revoked', -180);
  tell(world, read, 'newNetwork', -120);
  tell(world, world.shares.find((link) => link.view.state === 'frozen'), 'frozen', -90);
  tell(world, world.shares.find((link) => link.view.delivery?.state === 'failed'), 'deliveryFailed', -40);
  return read;
}

const names = (page) => page.locator('[data-share] .row-name').allTextContents();

async function list(tools) {
  const { page, base, account, check } = tools;
  await page.context().clearCookies();
  await signIn(page, base, account.name, account.password);
  await page.locator('.bar .badge').waitFor();
  check('the badge counts what was not seen', (await page.locator('.bar .badge').textContent()).startsWith(String(tools.world.alerts.length)), await page.locator('.bar .badge').textContent());
  await page.locator('.bar nav a', { hasText: 'Links' }).click();
  await page.locator('[data-share]').first().waitFor();
  check('that somebody else revoked a link is told', (await page.locator('[data-alert=revoked]').textContent()).includes('The link of Dr. Gone Away was revoked by somebody else.'), await page.locator('[data-alert=revoked]').textContent());
  check('one’s own links are listed first', !(await names(page)).join().includes('friend'));
  await looksWell(tools, 'the list of links', 'links');
  await inGerman(tools, 'the list of links', 'links');
  const filter = async (name) => {
    await page.locator('.chip', { hasText: name }).click();
    await page.waitForFunction(() => !/Looking/.test(document.querySelector('.found').textContent));
  };
  await filter('Everybody');
  check('then everybody’s', (await names(page)).join().includes('friend'), (await names(page)).join());
  await filter('Never opened');
  check('those that nobody opened', !(await names(page)).join().includes('Keller') && (await names(page)).join().includes('Grün'), (await names(page)).join());
  await filter('Ended');
  const ended = await names(page);
  check('those that ended', ['Dr. Gone Away', 'Dr. Guess', 'Dr. Old Timer'].every((name) => ended.includes(name)) && !ended.join().includes('Keller'), ended.join());
  await filter(/^All$/);
  await page.locator('.search-box input').fill('keller');
  await page.locator('.found', { hasText: /^1 link$/ }).waitFor();
  check('a recipient is found by name or address', (await names(page)).join() === 'Dr. Anna Keller');
  await page.locator('.search-box input').fill('nobody at all');
  await page.locator('.nothing').waitFor();
  await page.locator('.nothing button').click();
  await page.locator('[data-share]').nth(3).waitFor();
  await page.locator('[data-alert=frozen] .button-icon').click();
  await page.locator('[data-alert=frozen]').waitFor({ state: 'detached' });
  check('an alert is seen one by one', tools.world.alerts.find((one) => one.kind === 'frozen').seen === true);
}

async function detail(tools, read) {
  const { page, check, world } = tools;
  await page.locator('[data-alert=newNetwork] a').click();
  await page.locator('[data-link-state]').waitFor();
  const text = (step) => page.locator(`[data-step=${step}]`).textContent();
  check('it was sent', (await text('sent')).includes('Mailed to keller@clinic.example'), await text('sent'));
  check('it was opened, from where', (await text('opened')).includes('Devices: 2 of 5. From 2 networks.'), await text('opened'));
  check('what was looked at', (await text('seen')).includes('97 of 162 images') && (await page.locator('[data-seen="96/160"]').count()) === 1, await text('seen'));
  check('what was downloaded', (await text('downloaded')).includes('3.4 MB of 6.4 MB, not all of it'), await text('downloaded'));
  check('probes stand apart', (await page.locator('[data-probes="3"]').textContent()).includes('saw no image'));
  const seen = () => world.alerts.filter((one) => one.share === read.view.id).every((one) => one.seen);
  // The page tells the server of it once it is drawn.
  for (let tries = 0; tries < 100 && !seen(); tries += 1) await page.waitForTimeout(50);
  check('what was told of it is seen now', seen());
  await looksWell(tools, 'a link in detail', 'link');
  await inGerman(tools, 'a link in detail', 'link');

  await page.locator('.page-actions button', { hasText: 'Extend' }).click();
  await page.locator('dialog').waitFor();
  await looksWell(tools, 'giving it more time', 'link-extend');
  const end = read.view.expires;
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  check('it ends later', read.view.expires > end, read.view.expires);
  await page.locator('.page-actions button', { hasText: 'Extend' }).click();
  await page.locator('dialog .choice-one', { hasText: '90' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  check('and never later than 90 days from when it was made', Date.parse(read.view.expires) <= Date.parse(read.view.createdAt) + 90 * 86_400_000, read.view.expires);

  const old = read.secret;
  await page.locator('.page-actions button', { hasText: 'Send again' }).click();
  await looksWell(tools, 'sending it again', 'link-resend');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('[data-made]').waitFor();
  check('sent again it has another secret and passcode, shown once', read.secret !== old && (await page.locator('#made-link').inputValue()).endsWith(read.secret) && (await page.locator('[data-passcode]').getAttribute('data-passcode')) === read.passcode);
  await page.locator('.made > .dialog-foot .button-main').click();
  await page.locator('[data-step=sent]', { hasText: 'Waits to be mailed' }).waitFor();
}

/** A link whose time is over lives again with a later end. */
async function livesAgain({ page, base, check, world }) {
  const over = world.shares.find((one) => one.view.state === 'expired');
  await page.goto(`${base}/shares/${over.view.id}`);
  await page.locator('[data-link-state=expired]').waitFor();
  check('a link that has ended is not revoked nor sent again', (await page.locator('.page-actions button', { hasText: /^(Revoke|Send again…)$/ }).count()) === 0);
  await page.locator('.page-actions button', { hasText: 'Extend' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('[data-link-state=live]').waitFor();
  check('but it can be extended, and lives again', Date.parse(over.view.expires) > Date.now(), over.view.expires);
}

/** What a new form says, with an earlier last day: a version beside the first, and the links end with it. */
async function newVersion({ page, check, world, ...tools }, link) {
  const record = world.authorisations.find((one) => one.id === link.view.authorisation);
  const lastDay = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await page.locator('.side-buttons button', { hasText: 'New version' }).click();
  await page.locator('dialog input[name=discloser]').waitFor();
  check('a new version starts with what the record says', (await page.locator('dialog input[name=discloser]').inputValue()) === record.discloser && (await page.locator('dialog input[name=signedOn]').inputValue()) === record.signedOn && (await page.locator('dialog .ticks input:checked').count()) === 3);
  await page.locator('dialog textarea[name=why]').fill(' ');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog [role=alert]', { hasText: 'what it is for' }).waitFor();
  await page.locator('dialog textarea[name=why]').fill('A second opinion,\nand treatment');
  await page.locator('dialog input[name=lastDay]').fill(lastDay);
  await looksWell({ page, check, ...tools }, 'a new version of an authorisation', 'authorisation-change');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('.link-facts', { hasText: 'Version 2' }).waitFor();
  check('it is recorded, with line feeds', record.version === 2 && record.purpose === 'A second opinion,\nand treatment' && record.expires === lastDay, JSON.stringify(record));
  check('no link outlives it', world.shares.filter((one) => one.view.authorisation === record.id).every((one) => Date.parse(one.view.expires) <= Date.parse(lastDay) + 86_400_000));
}

/** A link under an authorisation, which is revoked with all that was made under it. */
async function underRecord(tools) {
  const { page, base, check, world } = tools;
  const link = world.shares.find((one) => one.view.authorisation !== null);
  if (link === undefined) return;
  world.authorisations.find((one) => one.id === link.view.authorisation).form ??= { number: 1, version: 1, mediaType: 'application/pdf', bytes: 14, sha256: '0'.repeat(64), attachedAt: ago(1), attachedBy: 'Dr. Rita Reader' };
  await page.goto(`${base}/shares/${link.view.id}`);
  await page.locator('.link-side .side-part').nth(1).locator('.link-facts').waitFor();
  await looksWell(tools, 'a link under an authorisation', 'link-authorisation', { full: true });
  await inGerman(tools, 'a link under an authorisation', 'link-authorisation', () => page.locator('.side-buttons a[download]').nth(1).waitFor());
  await newVersion(tools, link);
  await page.locator('.side-buttons button', { hasText: 'Revoke it' }).click();
  await page.locator('dialog input[name=reason]').fill('The patient has changed her mind');
  await page.route('**/api/v1/authorisations/*', (route) => route.fulfill({ status: 503, json: { detail: 'The archive’s index does not answer. Try again in a moment.' } }), { times: 1 });
  await page.locator('dialog .button-danger').click();
  await page.locator('dialog [role=alert]', { hasText: 'does not answer' }).waitFor();
  check('why it was not revoked stands in the dialog', world.authorisations.every((one) => one.state === 'inForce'));
  await page.locator('dialog .button-danger').click();
  await page.locator('[data-link-state=revoked]').waitFor();
  check('with its authorisation every link under it ends', world.shares.filter((one) => one.view.authorisation !== null).every((one) => one.view.state === 'revoked'));
}

async function several(tools) {
  const { page, base, check, world } = tools;
  const kept = world.shares.map((one) => one.view.state);
  await page.goto(`${base}/shares`);
  await page.locator('[data-share]').first().waitFor();
  await page.locator('.page-actions button', { hasText: 'Alerts' }).click();
  await page.locator('dialog input[name=alert-address]').fill('reader@hospital.example');
  await looksWell(tools, 'the address for alerts', 'alert-address');
  await page.locator('dialog .button-main').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  check('alerts can be had by e-mail', world.alertAddress === 'reader@hospital.example');
  await page.locator('.page-actions button', { hasText: 'Revoke several' }).click();
  await looksWell(tools, 'revoking several', 'recall');
  check('without a reason nothing is revoked', await page.locator('dialog .button-danger').isDisabled());
  await page.locator('dialog .choice-one', { hasText: 'Made by a user' }).click();
  await page.locator('dialog input[name=whose]').fill('Nobody At All');
  await page.locator('dialog input[name=reason]').fill('Has left');
  await page.locator('dialog .button-danger').click();
  await page.locator('dialog [role=alert]', { hasText: 'There is no account of that name.' }).waitFor();
  await tools.shot('recall-no-account');
  await page.locator('dialog .choice-one', { hasText: 'Of a patient' }).click();
  await page.locator('dialog input[name=whose]').fill(world.studies[1].patientId);
  await page.locator('dialog input[name=reason]').fill('Shared by mistake');
  await page.locator('dialog .button-danger').click();
  await page.locator('[data-recalled]').waitFor();
  check('all links of a patient are revoked, with the reason', Number(await page.locator('[data-recalled]').getAttribute('data-recalled')) > 0 && world.recalled.reason === 'Shared by mistake' && world.shares.filter((one) => one.study === world.studies[1]).every((one) => one.view.state === 'revoked'), JSON.stringify(world.recalled));
  await page.locator('dialog .button-main').click();
  // What follows needs its links.
  world.shares.forEach((one, at) => Object.assign(one.view, { state: kept[at] }));
  await page.goto(`${base}/`);
  await page.locator('[data-row]', { hasText: 'Muster' }).locator('.menu > button').click();
  await page.locator('[role=menuitem]', { hasText: 'Links' }).click();
  await page.locator('.chip-study').waitFor();
  await page.locator('[data-share]').first().waitFor();
  check('from the worklist to the links of a study', (await page.locator('[data-share] .cell-study').allTextContents()).every((text) => text.includes('Muster')));
  const clean = world.shares.find((one) => one.view.recipient === 'Prof. Research');
  await page.goto(`${base}/shares/${clean.view.id}`);
  await page.locator('.link-facts').first().waitFor();
  check('a link to clean copies tells whose they are', /Muster/.test(await page.locator('.link-facts').first().textContent()) && !/SUBJECT/.test(await page.locator('.link-facts').first().textContent()), await page.locator('.link-facts').first().textContent());
  await page.locator('.page-actions button', { hasText: 'Revoke several' }).click();
  await page.locator('dialog .choice-one', { hasText: 'Of a study' }).click();
  check('and all links of that study are ended from there', (await page.locator('dialog input[name=whose]').inputValue()) === clean.study.uid);
  await page.locator('dialog .choice-one', { hasText: 'Made by a user' }).click();
  check('and all links of the account that made it', (await page.locator('dialog input[name=whose]').inputValue()) === clean.view.createdBy);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  const foreign = world.shares.find((one) => !one.view.byAccount);
  await page.goto(`${base}/shares/${foreign.view.id}`);
  await page.locator('.page-actions button', { hasText: 'Revoke several' }).click();
  await page.locator('dialog .choice-one').first().waitFor();
  check('a link that no account made offers no links of a user', (await page.locator('dialog .choice-one', { hasText: 'Made by a user' }).count()) === 0);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.goto(`${base}/shares/nothing-there`);
  await page.locator('.note', { hasText: 'no such link' }).waitFor();
  check('a link that is not there says so', true);
}

export async function linksTour(tools) {
  const read = fill(tools.world);
  await list(tools);
  await detail(tools, read);
  await livesAgain(tools);
  await underRecord(tools);
  await several(tools);
}
