/** A privacy officer: projects, the review of held objects by mouse and by keys, a series at once, the certificate. */
import { dragOver, heldDrawn, regionsOf, seeFrames, stillAt } from '../steps.mjs';
import { desk, faultsOf, looksWell } from '../watch.mjs';

const near = (found, wanted, off) => found !== undefined && wanted.every((value, at) => Math.abs(found[at] - value) <= off);

async function list(tools) {
  const { page, base, officer, check } = tools;
  await page.context().clearCookies();
  await page.goto(`${base}/`);
  await page.locator('input[name=name]').fill(officer.name);
  await page.locator('input[name=password]').fill(officer.password);
  await page.locator('button[type=submit]').click();
  await page.locator('h1', { hasText: 'Projects' }).waitFor();
  check('who only reviews has two pages', (await page.locator('.bar nav a').allTextContents()).join() === 'Projects,Review');
  await page.locator('[data-project]').nth(1).waitFor();
  await looksWell(tools, 'the list of projects', 'projects');
  await page.locator('[data-project="lung-trial"] .button').click();
  await page.locator('.found', { hasText: '10 objects wait' }).waitFor();
  await page.locator('.held-filter select').selectOption('');
  await page.locator('.found', { hasText: '11 objects wait' }).waitFor();
  check('each says why it is held', (await page.locator('[data-review=us1] .cell-because').textContent()).includes('Burned In Annotation does not say NO.'));
  await looksWell(tools, 'the list of held objects', 'review-list');
}

async function byHand(tools) {
  const { page, check, shot, world } = tools;
  await page.locator('[data-review=us1] a').click();
  await heldDrawn(page);
  check('the proposed region is drawn', JSON.stringify(await regionsOf(page)) === '[[0,0,640,36]]', JSON.stringify(await regionsOf(page)));
  check('several frames: it says that regions hold for all', (await page.locator('.look-every').textContent()).includes('every one of the 12 frames'));
  await dragOver(page, [430, 440], [620, 470]);
  const drawn = (await regionsOf(page))[1];
  check('a rectangle can be drawn', near(drawn, [430, 440, 190, 30], 3), JSON.stringify(await regionsOf(page)));
  await dragOver(page, [500, 455], [400, 445]);
  check('and moved', near((await regionsOf(page))[1], [330, 430, 190, 30], 4), JSON.stringify(await regionsOf(page)));
  await dragOver(page, [520, 460], [560, 470]);
  check('and resized by its corner', near((await regionsOf(page))[1], [330, 430, 230, 40], 5), JSON.stringify(await regionsOf(page)));
  const before = (await regionsOf(page))[1];
  await page.keyboard.press('Control+ArrowLeft');
  await page.keyboard.press('Shift+Control+ArrowDown');
  check('keys move and resize it by a pixel', near((await regionsOf(page))[1], [before[0] - 1, before[1], before[2], before[3] + 1], 0), JSON.stringify(await regionsOf(page)));
  await shot('review-editing');
  await page.keyboard.press('Delete');
  await page.keyboard.press('n');
  await page.locator('[data-region]').nth(1).waitFor();
  check('Delete removes it, N adds one in the middle', JSON.stringify((await regionsOf(page))[1]) === '[240,216,160,48]', JSON.stringify(await regionsOf(page)));
  await page.getByLabel('Left of region 2').fill('8');
  await page.getByLabel('Top of region 2').fill('446');
  await page.getByLabel('Width of region 2').fill('9000');
  await page.getByLabel('Width of region 2').blur();
  check('numbers can be typed, and stay inside', JSON.stringify((await regionsOf(page))[1]) === '[0,446,640,48]' || JSON.stringify((await regionsOf(page))[1]) === '[0,432,640,48]', JSON.stringify(await regionsOf(page)));

  await byFinger(tools);
  await page.locator('.look select').first().selectOption('whole');
  await page.locator('[data-still=before][data-state=drawn]').waitFor();
  await shot('review-whole-range');
  await page.locator('.look select').first().selectOption('sent');
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.locator('[data-still=after][data-state=drawn] canvas').waitFor();
  check('after is black there, before is not', (await stillAt(page, 'after', 26, 14)) === 0 && (await stillAt(page, 'before', 17, 14)) > 200, `${await stillAt(page, 'after', 26, 14)} and ${await stillAt(page, 'before', 17, 14)}`);
  const outside = [await stillAt(page, 'after', 320, 300), await stillAt(page, 'before', 320, 300)];
  check('and outside it both are the same', outside[0] === outside[1] && outside[0] > 0, outside.join(' and '));
  await looksWell(tools, 'the review of an image', 'review-both');
  await page.getByRole('button', { name: 'Before', exact: true }).click();
  await page.locator('.scrubber input').focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.look[data-frame="2"]').waitFor();
  check('another frame is shown', (await page.locator('.look-frames').textContent()).includes('2 of 12 frames seen'), await page.locator('.look-frames').textContent());
  await looksWell(tools, 'the review of one picture', 'review');
  const approve = page.locator('.decision button[type=submit]');
  check('without a reason nothing can be decided', (await approve.isDisabled()) && (await page.locator('.decision .button-danger').isDisabled()));
  await page.locator('input[name=reason]').fill('Name and record number blanked');
  check('and not before every frame was seen', (await approve.isDisabled()) && (await page.locator('.decision .button-danger').isEnabled()) && (await page.locator('.decision').textContent()).includes('each of its 12 frames'), await page.locator('.decision').textContent());
  await seeFrames(page, 12);
  await shot('review-all-seen');
  await approve.click();
  await page.locator('.toast', { hasText: 'Approved and recorded' }).waitFor();
  const [sent] = world.deident.decided;
  check('what was drawn is what is approved, with the reason', sent.id === 'us1' && sent.regions.length === 2 && sent.regions[0].height === 36 && sent.reason.startsWith('Name and record'), JSON.stringify(sent));
  await page.locator('[data-region]').first().waitFor({ state: 'detached' });
  check('the next object is open', page.url().endsWith('/lung-trial/c1') && (await page.evaluate(() => document.activeElement.tagName)) === 'H1', page.url());
}

/** One finger draws, and the browser does not take it for a scroll; two fingers are the browser's. */
async function byFinger({ page, check }) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
  const box = await page.locator('[data-mask]').boundingBox();
  const touch = (type, ...points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x: box.x + x, y: box.y + y, id })) });
  const before = await regionsOf(page);
  await touch('touchStart', [200, 160]);
  for (let at = 1; at <= 8; at += 1) await touch('touchMove', [200 + at * 12, 160 + at * 6]);
  await touch('touchEnd');
  const drawn = await regionsOf(page);
  check('a finger draws', drawn.length === before.length + 1, JSON.stringify(drawn));
  await touch('touchStart', [300, 300]);
  await touch('touchStart', [300, 300], [340, 340]);
  for (let at = 1; at <= 6; at += 1) await touch('touchMove', [300 - at * 8, 300 - at * 8], [340 + at * 8, 340 + at * 8]);
  await touch('touchEnd');
  check('two fingers draw nothing', (await regionsOf(page)).length === drawn.length, JSON.stringify(await regionsOf(page)));
  // The browser goes on enlarging for a moment after the fingers are gone.
  for (let still = 0; still < 5; still += (await page.evaluate(() => visualViewport.scale)) === 1 ? 1 : -still) {
    await session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 });
    await page.waitForTimeout(60);
  }
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await page.getByRole('button', { name: `Remove region ${drawn.length}` }).click();
}

async function series(tools) {
  const { page, check, shot, world } = tools;
  await heldDrawn(page);
  await dragOver(page, [10, 8], [230, 40]);
  await page.locator('input[name=reason]').fill('Names blanked in all captures');
  world.deident.refusing.add('c4');
  await page.getByRole('button', { name: 'Approve this series' }).click();
  await page.locator('.sheet-one').nth(7).waitFor();
  const boxes = await page.locator('.sheet-one').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
  const whole = boxes.every((one) => Math.abs(one.width - one.height) < 2 && boxes.every((other) => other.top === one.top || other.top >= one.bottom || other.bottom <= one.top));
  check('each is shown whole', whole, JSON.stringify(boxes.map((one) => [one.top, one.height, one.width])));
  await page.locator('dialog .tick input').check();
  await shot('review-series');
  const faults = await faultsOf(page);
  check('the series dialog is accessible', faults.length === 0, faults.join('\n     '));
  await page.getByRole('button', { name: 'Approve all 8' }).click();
  const note = page.locator('dialog [role=alert]');
  await note.waitFor();
  check('it stops at the first that fails, and says which', (await note.textContent()).includes('image 4 of 8') && world.deident.decided.length === 4, await note.textContent());
  await shot('review-series-failed');
  await page.locator('dialog .dialog-foot button').click();
  await page.locator('.head-end', { hasText: '1 of 7' }).waitFor();
  check('those before it are gone from the list', page.url().endsWith('/c4'), page.url());
  world.deident.refusing.clear();
  world.deident.raced.add('c4');
  await page.locator('input[name=reason]').fill('A face can be recognised');
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.locator('.toast-failed', { hasText: 'rejected this object meanwhile' }).waitFor();
  check('when somebody else was faster it says so, and goes on', page.url().endsWith('/c5'), page.url());
  await page.locator('.toast button').click();
  await heldDrawn(page);
  await page.locator('input[name=reason]').fill('A face can be recognised');
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.locator('.toast', { hasText: 'Rejected and recorded' }).waitFor();
  check('an object can be rejected', world.deident.decided.at(-1).act === 'reject' && world.deident.decided.at(-1).id === 'c5', JSON.stringify(world.deident.decided.at(-1)));
}

async function documents(tools) {
  const { page, base, check } = tools;
  await page.goto(`${base}/review/lung-trial/pdf1`);
  await page.locator('[data-attributes] tr').nth(3).waitFor();
  check('a document shows its attributes', (await page.locator('[data-attributes]').textContent()).includes('Diagnostic Imaging Report') && (await page.locator('[data-mask]').count()) === 0);
  await looksWell(tools, 'the review of a document', 'review-document');
  await page.locator('input[name=reason]').fill('Blank form without a name');
  await page.getByRole('button', { name: 'Approve as it is' }).click();
  await page.locator('.toast', { hasText: 'Approved and recorded' }).waitFor();
  await page.goto(`${base}/review/skin-atlas/xc1`);
  await page.locator('.look [role=alert]', { hasText: 'cannot be decoded' }).waitFor();
  await page.locator('input[name=reason]').fill('x');
  check('a picture that nobody saw cannot be approved, only rejected', (await page.locator('.decision button[type=submit]').isDisabled()) && (await page.locator('.decision .button-danger').isEnabled()));
  await looksWell(tools, 'a picture that cannot be shown', 'review-failed');
}

async function paper(tools) {
  const { page, base, check, shot, world } = tools;
  await page.goto(`${base}/projects/lung-trial`);
  await page.locator('[data-study]').nth(2).waitFor();
  await looksWell(tools, 'the studies of a project', 'project');
  await page.getByRole('button', { name: 'Who is it?' }).first().click();
  const submit = page.locator('dialog button[type=submit]');
  check('an identity is not shown without a reason', await submit.isDisabled());
  await page.locator('dialog input').fill('Incidental finding, the patient must be told');
  await submit.click();
  await page.locator('[data-identity]').waitFor();
  check('with one it is, and the reason is on record', (await page.locator('[data-identity]').textContent()).includes('Muster, Erika') && world.deident.asked[0].reason.startsWith('Incidental'));
  await shot('identity');
  const faults = await faultsOf(page);
  check('the identity is accessible', faults.length === 0, faults.join('\n     '));
  await page.locator('dialog .dialog-foot button').click();
  check('once it is closed the page holds nothing of it', !(await page.content()).includes('Muster'));
  await page.getByRole('link', { name: 'Certificate of' }).first().click();
  await page.locator('[data-certificate]').waitFor();
  check('the certificate counts', (await page.locator('[data-sum=waiting] dd').textContent()) === '1' && (await page.locator('[data-sum=approved] dd').textContent()) === '3' && (await page.locator('[data-object]').count()) === 24);
  await looksWell(tools, 'the certificate', 'certificate');
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 720, height: 1000 });
  check('printed it is only the sheet', !(await page.locator('.bar').isVisible()) && !(await page.locator('.no-print').isVisible()));
  await shot('certificate-print');
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize(desk);
}

export async function reviewTour(tools) {
  await list(tools);
  await byHand(tools);
  await series(tools);
  await documents(tools);
  await paper(tools);
}
