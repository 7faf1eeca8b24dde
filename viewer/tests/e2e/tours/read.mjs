/** Reading: exact greys, scrolling, windows, a broken picture, what cannot be shown, what the server draws. */
import { grey, values } from '../../fake/phantom.mjs';
import { chooseSeries, drawn, goToSlice, greyAt, openStudy, pane, signIn } from '../steps.mjs';
import { faultsOf } from '../watch.mjs';

export async function readTour({ page, base, account, check, shot }) {
  await page.context().clearCookies();
  await signIn(page, base, account.name, account.password);
  await openStudy(page, 'Doe');
  await page.locator(drawn()).waitFor();
  await chooseSeries(page, 'Lung 1.0 axial');
  await goToSlice(page, 80);
  const same = async (name, x, y, value, center = 40, width = 400, tolerance = 1) => {
    const found = await greyAt(page, x, y);
    check(name, Math.abs(found - grey(value, center, width)) <= tolerance, `${found}, not ${grey(value, center, width)}`);
  };
  await same('tissue is grey 128 at 40/400', 64, 64, values.body);
  await same('bone is white', 64, 96, values.bone);
  await same('a lesion is 179', 84, 56, values.lesion);
  await same('air is black', 2, 2, values.air);
  await shot('read');
  const faults = await faultsOf(page);
  check('the reading page is accessible', faults.length === 0, faults.join('\n     '));
  await page.setViewportSize({ width: 390, height: 844 });
  const narrow = await faultsOf(page);
  check('and on a phone', narrow.length === 0, narrow.join('\n     '));
  await page.setViewportSize({ width: 1280, height: 800 });

  const box = await page.locator(pane).boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...middle);
  await page.mouse.wheel(0, 100);
  await page.locator(drawn(81)).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.locator(drawn(80)).waitFor();
  await page.keyboard.press('PageDown');
  await page.locator(drawn(90)).waitFor();
  await page.keyboard.press('End');
  await page.locator(drawn(160)).waitFor();
  await page.keyboard.press('Home');
  await page.locator(drawn(1)).waitFor();
  check('wheel and keys scroll', true);

  await goToSlice(page, 80);
  await page.keyboard.press('2');
  await page.locator(`${pane}[data-voi="-600,1500"]`).waitFor();
  await same('the lung window', 40, 60, values.lung, -600, 1500);
  await page.keyboard.press(' ');
  await page.locator(`${pane}[data-voi="40,400"]`).waitFor();
  await page.mouse.move(...middle);
  await page.mouse.down();
  await page.mouse.move(middle[0] + 50, middle[1] + 20, { steps: 4 });
  await page.mouse.up();
  await page.locator(`${pane}[data-voi="60,450"]`).waitFor();
  await same('a drag sets the window', 64, 64, values.body, 60, 450);
  await page.keyboard.press('i');
  await page.locator('.tool[aria-pressed=true]', { hasText: 'Invert' }).waitFor();
  await same('inverted', 2, 2, 10_000, 60, 450);
  await page.keyboard.press(' ');
  await page.locator(`${pane}[data-voi="40,400"]`).waitFor();
  await page.setViewportSize({ width: 900, height: 620 });
  await page.waitForFunction(([selector, before]) => document.querySelector(selector).dataset.step !== before, [pane, await page.locator(pane).getAttribute('data-step')]);
  await same('still right after a resize', 84, 56, values.lesion);
  await same('and at another place', 64, 96, values.bone);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('?');
  await page.locator('dialog .keys').waitFor();
  await shot('keys');
  await page.keyboard.press('Escape');

  await page.locator('.rail-one', { hasText: 'Dose report' }).click();
  await page.locator('.read-empty', { hasText: 'structured report' }).waitFor();
  await shot('unsupported');
  check('what cannot be shown says why', true);

  await page.locator('.read-back').click();
  await openStudy(page, 'Muster');
  await page.locator(drawn()).waitFor();
  await page.locator('.scrubber input').evaluate((input) => {
    input.value = '5';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.locator('.stage-note', { hasText: 'Picture 5' }).waitFor();
  await shot('broken');
  check('a picture that fails is told', true);
  check('and no other picture stands in its place', (await page.locator(`${pane} canvas`).evaluate((canvas) => getComputedStyle(canvas).visibility)) === 'hidden');
  await page.keyboard.press('ArrowDown');
  await page.locator(drawn(6)).waitFor();
  await page.locator('.stage-note').waitFor({ state: 'detached' });
  check('and the next one is drawn', true);

  await page.locator('.read-back').click();
  await openStudy(page, 'Okafor');
  await page.locator(`${drawn()}[data-by=server]`).waitFor();
  check('12-bit JPEG is drawn by the server', true);
  await page.keyboard.press('2');
  await page.waitForFunction(() => document.querySelector('[data-pane]').dataset.voi === '-600,1500');
  await shot('server-drawn');
}
