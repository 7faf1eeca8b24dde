/** Making a link, opening it on a phone, looking, coming back, and being revoked. */
import { grey, values } from '../../fake/phantom.mjs';
import { drawn, goToSlice, greyAt, makeLinks, openShare, pane, shareRow, signIn } from '../steps.mjs';
import { faultsOf } from '../watch.mjs';

async function makeLink(page, may, shot) {
  await shareRow(page, 'Doe');
  await page.locator('input[name=recipient]').fill('Dr. A. Example');
  await page.locator('.choice-one', { hasText: may }).first().click();
  const [link] = await makeLinks(page);
  await shot('share-made');
  await page.locator('.made > .dialog-foot .button-main').click();
  return link;
}

async function lookAround(page, check, shot) {
  await page.locator('.poster', { hasText: 'Lung' }).click();
  await page.locator(drawn(80)).waitFor();
  await shot('phone-picture');
  check('the first picture comes from the server', (await page.locator(pane).getAttribute('data-by')) === 'server');
  const same = async (name) => {
    const found = await greyAt(page, 84, 56);
    check(name, Math.abs(found - grey(values.lesion, 40, 400)) <= 2, String(found));
  };
  await same('its greys are right');
  check('a link to view keeps nothing', (await page.locator('a[download]').count()) === 0);
  await page.locator('button[aria-label="Next picture"]').click();
  await page.locator(drawn(81)).waitFor();
  const box = await page.locator(pane).boundingBox();
  await page.mouse.move(box.x + 100, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y + 160, { steps: 6 });
  await page.mouse.up();
  await page.waitForFunction((selector) => Number(document.querySelector(selector).dataset.slice) > 85, pane);
  check('buttons and swipes move', true);
  check('the position is spoken', /Picture \d+ of 160/.test(await page.locator('.stage [aria-live]').textContent()));
  await page.locator('button[aria-label="Zoom in"]').click();
  await page.locator('button[aria-label="Adjust"]').click();
  await page.locator('.adjust').waitFor();
  await shot('phone-adjust');
  const faults = await faultsOf(page);
  check('the picture page is accessible', faults.length === 0, faults.join('\n     '));
  await page.locator('button[aria-label="Adjust"]').click();
  await page.locator('button[aria-label="Fit"]').click();
  const small = await page.locator('.round').evaluateAll((buttons) => buttons.filter((button) => button.getBoundingClientRect().width < 44 || button.getBoundingClientRect().height < 44).length);
  check('targets are 44 pixels', small === 0, `${small} are smaller`);
  check('nothing is wider than the phone', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.locator('.full').click();
  await page.locator(`${drawn()}[data-by=browser]`).waitFor();
  await goToSlice(page, 80);
  await same('full quality has the same greys');
  await shot('phone-full');
  await page.locator('.viewer-back').click();
  await page.locator('.posters').waitFor();
}

export async function shareTour({ page, base, account, check, shot }) {
  await page.context().clearCookies();
  await signIn(page, base, account.name, account.password);
  const ended = await makeLink(page, /^View$/, shot);
  const link = await makeLink(page, 'View and download', () => undefined);
  check('a link has no study in it', !/1\.2\.826/.test(link.url) && link.passcode.length === 8);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(ended.url);
  await page.locator('.visit-card button').waitFor();
  await shot('phone-door');
  await page.locator('.visit-card button').click();
  await page.locator('#passcode').fill('o1l');
  await page.locator('button[type=submit]').click();
  await page.locator('[role=alert]', { hasText: 'You typed 3' }).waitFor();
  check('a short passcode is not sent', true);
  await page.locator('#passcode').fill('wrongc0d');
  await page.locator('button[type=submit]').click();
  await page.locator('[role=alert]', { hasText: 'has ended' }).waitFor();
  await shot('phone-refused');
  check('a wrong passcode gets the one sentence and the form stays', await page.locator('#passcode').isEditable());
  check('the link is still in the address', page.url().includes('#v1.'));
  const faults = await faultsOf(page);
  check('the passcode form is accessible', faults.length === 0, faults.join('\n     '));
  await page.goto('about:blank');
  await page.goto(ended.url);
  await page.locator('.visit-card button').click();
  await page.locator('#passcode').fill(`${ended.passcode.slice(0, 4)} ${ended.passcode.slice(4).toLowerCase()}`.replaceAll('0', 'o').replaceAll('1', 'l'));
  await page.locator('button[type=submit]').click();
  await page.locator('.notice-text').waitFor();
  check('a passcode is read forgivingly', true);
  await shot('phone-notice');
  check('no name before the notice is accepted', !(await page.locator('body').textContent()).includes('Doe'));
  await page.locator('.visit-card button').click();
  await page.locator('.gallery').waitFor();
  await page.locator('.poster img').nth(1).evaluate((image) => image.decode());
  await shot('phone-gallery');
  await lookAround(page, check, shot);
  await page.reload();
  await page.locator('.gallery').waitFor();
  check('a reload comes back to the pictures', true);

  const staff = await page.context().newPage();
  await staff.goto(`${base}/shares`);
  await staff.locator('[data-share]').first().waitFor();
  await staff.locator('[data-share]').nth(1).locator('button').click();
  await staff.locator('dialog .button-danger').click();
  await staff.locator('.state-revoked').waitFor();
  await staff.close();
  await page.locator('.poster', { hasText: 'Lung' }).click();
  await page.locator('.note', { hasText: 'session has ended' }).waitFor();
  await shot('phone-ended');
  check('a revoked link ends in plain words', true);
  await page.setViewportSize({ width: 1280, height: 800 });
  await openShare(page, link.url, link.passcode);
  await page.locator('.poster img').nth(1).evaluate((image) => image.decode());
  await shot('desk-gallery');
  await page.locator('.poster', { hasText: 'Lung' }).click();
  await page.locator(drawn()).waitFor();
  await shot('desk-picture');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('a[download]').click()]);
  check('a link to download saves the picture', saved.suggestedFilename().startsWith('Lung'), saved.suggestedFilename());
  await page.setViewportSize({ width: 390, height: 844 });
  const rows = new Set(await page.locator('.round').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top)));
  check('its controls stand in one row on a phone', rows.size === 1, [...rows].join(' '));
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${base}/shares`);
  await page.locator('[data-share]').first().waitFor();
  check('the page of links says who made each', (await page.locator('[data-share] [data-made-by="Dr. Rita Reader"]').count()) === 2);
  await shot('links');
  return link;
}
