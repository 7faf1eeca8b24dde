/** Making links: the usual one in four clicks, and one with everything; refusals before anything is made; authorisations. */
import { makeLinks, openStudy, shareRow, signIn } from '../steps.mjs';
import { desk, inGerman, looksWell, phone } from '../watch.mjs';

const said = (page) => page.locator('[data-said]').getAttribute('data-said');
const preview = (page) => page.locator('dialog button[type=submit]').click();
/** On a phone and at a desk: a point of it is what is seen there. */
async function inSight({ page, check, shot }, what, alert, name) {
  for (const [size, suffix] of [[desk, ''], [phone, '-phone']]) {
    await page.setViewportSize(size);
    const seen = await alert.evaluate((box) => {
      const { left, top, width, height } = box.getBoundingClientRect();
      return height > 0 && [top + 2, top + height - 2].every((y) => box.contains(document.elementFromPoint(left + width / 2, y)));
    });
    check(`${what} is in sight at ${size.width} pixels`, seen);
    await shot(`${name}${suffix}`);
  }
  await page.setViewportSize(desk);
}

const fold = (page, name) => page.locator('.fold summary', { hasText: name }).click();

async function usual(tools) {
  const { page, base, account, check, world } = tools;
  await page.context().clearCookies();
  await signIn(page, base, account.name, account.password);
  await inGerman(tools, 'the worklist', 'worklist');
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };
  await click(page.locator('[data-row]', { hasText: 'Doe' }).locator('.menu > button'));
  await click(page.locator('[role=menuitem]', { hasText: 'Share' }));
  check('the name has the focus', await page.locator('input[name=recipient]').evaluate((box) => box === document.activeElement));
  await page.keyboard.type('Dr. A. Example');
  await looksWell(tools, 'the dialog of a new link', 'share-dialog');
  await click(page.locator('dialog button[type=submit]'));
  await page.locator('[data-preview]').waitFor();
  check('the preview is read from its heading', await page.locator('dialog h2').evaluate((head) => head === document.activeElement && head.textContent === 'What Dr. A. Example will see'));
  check('the preview has the sentences of the notice', (await page.locator('[data-preview] .notice-text li').count()) === 6);
  check('and what will be seen, with its size', (await page.locator('.seen-sum').textContent()) === '162 images · 6.4 MB', await page.locator('.seen-sum').textContent());
  check('nothing was made for it', world.shares.length === tools.before);
  await looksWell(tools, 'the preview', 'share-preview');
  await click(page.locator('[data-make]'));
  await page.locator('[data-made]').waitFor();
  check('it is to be copied', (await page.locator('.made > p').first().textContent()).includes('Copy it now'));
  check('the usual link takes four clicks', clicks === 4, String(clicks));
  check('the QR code and the passcode stand beside the link', (await page.locator('.made svg.qr').count()) === 1 && (await page.locator('[data-passcode]').count()) === 1);
  await looksWell(tools, 'the new link', 'share-made');
  const code = await page.locator('[data-passcode]').getAttribute('data-passcode');
  check('the link does not hold the passcode', !(await page.locator('#made-link').inputValue()).includes(code));
  await page.locator('.made > .dialog-foot .button-main').click();
  check('both are gone with the dialog', !(await page.content()).includes(code));
  check('the focus is back where the dialog was asked for', await page.evaluate(() => document.activeElement.matches('.menu > button')), await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120)));
}

/** What is asked for and cannot be so is told where it stands, before the server is asked. */
async function lacks(tools) {
  const { page, check } = tools;
  await shareRow(page, 'Doe');
  await preview(page);
  await inSight(tools, 'what is lacking', page.locator('[data-said]'), 'share-lack');
  check('a name is asked for', (await said(page)) === 'name' && (await page.evaluate(() => document.activeElement.name)) === 'recipient');
  await page.locator('input[name=recipient]').fill('Dr. B. Sample');
  await page.locator('.choice-one', { hasText: 'By e-mail' }).click();
  await preview(page);
  check('who is mailed needs an address', (await said(page)) === 'address' && (await page.evaluate(() => document.activeElement.name)) === 'email', await said(page));
  await page.locator('input[name=email]').fill('b@sample');
  await preview(page);
  check('which is one', (await said(page)) === 'wrongAddress', await said(page));
  await page.locator('input[name=email]').fill('b@sample.example');
  await page.locator('.choice-one', { hasText: 'At a set time' }).click();
  await page.locator('input[name=day]').fill('2020-01-01');
  await preview(page);
  check('the end lies ahead', (await said(page)) === 'end.past', await said(page));
  await page.locator('input[name=day]').fill(new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10));
  await preview(page);
  check('and not too far', (await said(page)) === 'end.late', await said(page));
  await page.locator('input[name=day]').fill(new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
  await page.locator('input[name=time]').fill('14:30');
  await page.locator('.ends select').selectOption('utc');
  await page.locator('.ends select').selectOption('local');
  check('a moment is the same one in another zone', (await page.locator('input[name=time]').inputValue()) === '14:30');
  await fold(page, 'Protection');
  await page.locator('.fold[open] .tick', { hasText: 'Passcode' }).click();
  await page.locator('.fold[open] .tick', { hasText: 'Date of birth' }).click();
  await fold(page, 'Protection');
  await preview(page);
  check('a date of birth alone is refused, and what lacks is unfolded', (await said(page)) === 'birthDateAlone' && (await page.locator('.fold[open]').count()) === 1, await said(page));
  await page.locator('.fold[open] .tick', { hasText: 'Passcode' }).click();
}

/** Several people, chosen series, several factors, a message, an authorisation that is recorded on the way, by mail. */
async function everything(tools) {
  const { page, check, world } = tools;
  await page.locator('.fold[open] .tick', { hasText: 'Code by e-mail' }).click();
  await page.locator('.recipients-foot button').click();
  check('whoever is added is named next', await page.evaluate(() => document.activeElement.name === 'recipient' && document.activeElement.value === ''));
  await page.keyboard.type('Jane Doe');
  await page.locator('input[name=email]').nth(1).fill('jane@clinic.example');
  await page.locator('.choice-one', { hasText: 'View and download' }).click();
  await fold(page, 'What is shared');
  await page.route('**/dicom-web/studies/*/series*', (route) => route.fulfill({ status: 503, json: { detail: 'The archive’s index does not answer. Try again in a moment.' } }), { times: 1 });
  await page.locator('.choice-one', { hasText: 'Chosen series' }).click();
  await page.locator('.fold[open] [role=alert]', { hasText: 'does not answer' }).waitFor();
  await page.locator('.fold[open] [role=alert] button').click();
  await page.locator('.series-picker .tick').first().waitFor();
  check('series that could not be had are asked for again', (await page.locator('.series-picker .tick').count()) > 1);
  await preview(page);
  check('a series must be chosen', (await said(page)) === 'series', await said(page));
  await page.locator('.series-picker .tick', { hasText: 'Lung' }).click();
  await fold(page, 'Message and language');
  await page.locator('textarea[name=message]').fill('Dear colleague,\nplease look at the nodule in picture 80.\n<b>Thank you</b>');
  await fold(page, 'Reason');
  await page.locator('.choice-one', { hasText: 'With the patient’s authorisation' }).click();
  await page.locator('.records-box .hint', { hasText: 'No authorisation' }).waitFor();
  await looksWell(tools, 'the dialog with all its choices', 'share-dialog-all');
  await preview(page);
  await inSight(tools, 'what is lacking at the end of a long form', page.locator('[data-said]'), 'share-lack-long');
  check('an authorisation must be there', (await said(page)) === 'authorisation', await said(page));
  await page.locator('.records-box button').click();
  await page.locator('input[name=signedOn]').waitFor();
  await page.locator('dialog button[type=submit]').click();
  await inSight(tools, 'what an authorisation lacks', page.locator('dialog [role=alert]'), 'authorisation-lack');
  check('each element of an authorisation is asked for', (await page.locator('dialog [role=alert]').textContent()).includes('who may disclose it'));
  await page.locator('input[name=discloser]').fill('Radiology, Example Clinic');
  await page.locator('input[name=event]').fill('end of the treatment');
  await page.locator('input[name=signedOn]').fill('2026-11-20');
  for (const tick of await page.locator('dialog .ticks .tick').all()) await tick.click();
  await page.locator('#form-file').setInputFiles({ name: 'form.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 scan') });
  await looksWell(tools, 'an authorisation', 'authorisation');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('input[name=recipient]').first().waitFor();
  check('it is recorded with its scan', world.authorisations.length === 1 && world.authorisations[0].form !== null && world.authorisations[0].statements.redisclosure && world.authorisations[0].recipient === 'Dr. B. Sample, Jane Doe', JSON.stringify(world.authorisations));
  check('and chosen', (await page.locator('.fold-now').nth(2).textContent()) === 'At the patient’s own request', await page.locator('.fold-now').nth(2).textContent());
  await preview(page);
  await page.locator('[data-preview]').waitFor();
  const warned = await page.locator('[data-warning]').evaluateAll((all) => all.map((one) => one.dataset.warning));
  check('the preview warns of a new domain and of who is no referrer', warned.join() === 'newDomain,notReferrer,notReferrer', warned.join());
  check('it has the mail', (await page.locator('.letter-text').first().textContent()).includes('shares medical images with you'));
  check('a message is plain text', (await page.locator('.letter-text').nth(1).textContent()).includes('<b>Thank you</b>'));
  await looksWell(tools, 'the preview of everything', 'share-preview-all', {});
  await page.locator('dialog').evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
  await tools.shot('share-preview-all-end');
  await page.locator('[data-make]').click();
  await page.locator('[data-made]').nth(1).waitFor();
  const { factors, series, deliver, authorisation, message } = world.wanted;
  check('what was asked for is what was sent', factors.join() === 'passcode,email,birthDate' && series.length === 1 && deliver === 'mail' && authorisation === world.authorisations[0].id && message.startsWith('Dear'), JSON.stringify(world.wanted));
  const codes = new Set(await page.locator('[data-passcode]').evaluateAll((all) => all.map((one) => one.dataset.passcode)));
  check('each has a link and a passcode of its own', codes.size === 2);
  check('what was mailed need not be copied', (await page.locator('.made > p').first().textContent()).startsWith('They are on their way by e-mail'), await page.locator('.made > p').first().textContent());
  await looksWell(tools, 'two new links', 'share-made-two');
  await page.locator('.made > .dialog-foot .button-main').click();
}

async function refusedByServer(tools) {
  const { page, check, world } = tools;
  world.mail = 'none';
  await shareRow(page, 'Doe');
  await page.locator('input[name=recipient]').fill('Dr. A. Example');
  await page.locator('input[name=email]').fill('a@clinic.example');
  await page.locator('.choice-one', { hasText: 'By e-mail' }).click();
  await preview(page);
  await page.locator('dialog [role=alert]', { hasText: 'Mail is not set up' }).waitFor();
  await inSight(tools, 'what the server refuses', page.locator('dialog [role=alert]'), 'share-refused');
  await fold(page, 'Reason');
  await page.locator('input[name=purpose]').fill('Treatment, and a second opinion');
  check('once something is changed, the refusal is gone', (await page.locator('dialog [role=alert]').count()) === 0);
  check('what the server refuses is told, and the form stays', (await page.locator('input[name=recipient]').inputValue()) === 'Dr. A. Example');
  world.mail = 'ready';
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** From an open study, by keys alone, in German: three presses. */
async function fromStudy(tools) {
  const { page, check, world } = tools;
  await page.locator('.language select').selectOption('de');
  await page.locator('h1', { hasText: 'Arbeitsliste' }).waitFor();
  await openStudy(page, 'Muster');
  await page.locator('.read-head .button').press('Enter');
  await page.locator('input[name=recipient]').waitFor();
  await page.keyboard.type('Dr. Muster');
  await fold(page, 'Was freigegeben wird');
  await page.locator('.choice-one', { hasText: 'Ohne Namen' }).click();
  await looksWell(tools, 'the dialog in German', 'share-dialog-de');
  await page.locator('input[name=recipient]').press('Enter');
  await page.locator('[data-preview]').waitFor();
  check('the link of a German page is German', world.wanted.language === 'de' && world.wanted.purpose === 'Behandlung' && (await page.locator('[data-preview] .notice-text').getAttribute('lang')) === 'de');
  check('what will be cleaned shows no name', !(await page.locator('[data-preview]').textContent()).includes('Erika'));
  const upTo = await page.locator('[data-up-to]').textContent();
  check('and that images may be left out', /^Bis zu \d+ Bilder/.test(upTo) && (await page.locator('.seen-sum').count()) === 0, upTo);
  await looksWell(tools, 'the preview in German', 'share-preview-de');
  await page.locator('.dialog-foot .button').first().click();
  await page.locator('input[name=recipient]').waitFor();
  check('back is where it was left', (await page.locator('input[name=recipient]').inputValue()) === 'Dr. Muster');
  await makeLinks(page);
  await looksWell(tools, 'the new link in German', 'share-made-de');
  await page.locator('.made > .dialog-foot .button-main').click();
  await page.locator('.read-back').click();
  await page.locator('.language select').selectOption('en');
  await page.locator('h1', { hasText: 'Worklist' }).waitFor();
}

export async function makingTour(tools) {
  tools.before = tools.world.shares.length;
  await usual(tools);
  await lacks(tools);
  await everything(tools);
  await refusedByServer(tools);
  await fromStudy(tools);
}
