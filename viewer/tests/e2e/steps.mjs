/** What a person does, in steps that hold on the fake server and on the real one. */

export const pane = '[data-pane]';
export const drawn = (slice) => `${pane}[data-state="drawn"]${slice === undefined ? '' : `[data-slice="${slice}"]`}`;

export async function signIn(page, base, user, password) {
  await page.goto(`${base}/`);
  await page.locator('input[name=name]').fill(user);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('h1', { hasText: 'Worklist' }).waitFor();
}

/** Finds the study by what its row shows (family name, patient ID or accession number) and opens it. */
export async function openStudy(page, text) {
  const [shown] = text.split('^');
  await page.locator('input[type=search]').fill(shown);
  await page.locator('[data-row]', { hasText: shown }).first().locator('a.row-name').click();
  await page.locator('.read').waitFor();
}

export async function chooseSeries(page, description) {
  await page.locator(`.rail-one[data-series="${description}"]`).first().click();
  await page.locator(drawn()).waitFor();
}

/** Moves to a slice, counted from 1, with the slider that people use. */
export async function goToSlice(page, slice) {
  const range = page.locator('.scrubber input');
  if ((await range.count()) > 0) {
    await range.evaluate((input, value) => {
      input.value = String(value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, slice);
  }
  await page.locator(drawn(slice)).waitFor();
}

/** Sets an exact window and waits until it is drawn. */
export async function setWindow(page, center, width) {
  await page.locator(pane).evaluate((element, detail) => element.dispatchEvent(new CustomEvent('setvoi', { detail })), { center, width });
  await page.locator(`${drawn()}[data-voi="${center},${width}"]`).waitFor();
}

/** The grey on the canvas at the centre of an image pixel, 0 to 255. */
export function greyAt(page, x, y) {
  return page.locator(pane).evaluate((element, [column, row]) => {
    const [originX, originY] = element.dataset.origin.split(',').map(Number);
    const [stepX, stepY] = element.dataset.step.split(',').map(Number);
    const canvas = element.querySelector('canvas');
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    const at = [originX + column * stepX, originY + row * stepY].map((value) => Math.round(value * scale));
    return canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data[0];
  }, [x, y]);
}

/** In the open dialog, from the form over the preview to the links; gives the links with their passcodes. */
export async function makeLinks(page) {
  await page.locator('dialog button[type=submit]').click();
  await page.locator('[data-preview]').waitFor();
  await page.locator('[data-make]').click();
  await page.locator('[data-made]').first().waitFor();
  return page.locator('[data-made]').evaluateAll((all) => all.map((one) => ({
    url: one.querySelector('[data-link]').value, passcode: one.querySelector('[data-passcode]')?.dataset.passcode ?? '',
  })));
}

/** Opens the dialog for the study whose row shows the text. */
export async function shareRow(page, text) {
  await page.locator('[data-row]', { hasText: text }).locator('.menu > button').click();
  await page.locator('[role=menuitem]', { hasText: /^(Share|Freigeben)/ }).click();
  await page.locator('input[name=recipient]').waitFor();
}

/** The link with its passcode, up to the pictures. */
export async function openShare(page, url, passcode) {
  await page.goto(url);
  await page.locator('.visit-card button').click();
  if (passcode !== '') {
    await page.locator('#passcode').fill(passcode.toLowerCase());
    await page.locator('.visit-card button[type=submit]').click();
  }
  await page.locator('.notice-text').waitFor();
  await page.locator('.visit-card button').click();
  await page.locator('.gallery').waitFor();
}

/** Waits until the picture of a held object is there, with the rectangles over it. */
export const heldDrawn = (page) => page.locator('[data-still=before][data-state=drawn] [data-mask]').waitFor();

/** Every frame of a held object comes into view. */
export async function seeFrames(page, count) {
  await page.getByRole('button', { name: 'Show the frames not seen' }).click();
  await page.locator('.look-frames', { hasText: `${count} of ${count} frames seen` }).waitFor();
}

/** A drag over the picture of a held object, from and to in its own pixels. */
export async function dragOver(page, from, to) {
  const box = await page.locator('[data-mask]').boundingBox();
  const scale = Number(await page.locator('[data-still=before]').getAttribute('data-scale'));
  const at = ([x, y]) => [box.x + x * scale, box.y + y * scale];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

/** The rectangles over it, each as left, top, width, height. */
export const regionsOf = (page) => page.locator('[data-region]').evaluateAll((boxes) => boxes.map((box) => box.dataset.region.split(',').map(Number)));

/** The grey of a pixel as it is painted, `before` or `after`. */
export const stillAt = (page, still, x, y) =>
  page.locator(`[data-still=${still}] canvas`).evaluate((canvas, [column, row]) => canvas.getContext('2d').getImageData(column, row, 1, 1).data[0], [x, y]);
