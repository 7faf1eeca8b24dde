/** Signing in, searching, withdrawing, uploading, and the page before the first study. */
import { faultsOf } from '../watch.mjs';
import { signIn } from '../steps.mjs';

export async function worklistTour({ page, base, emptyBase, account, check, shot }) {
  await page.goto(`${base}/`);
  await page.locator('input[name=name]').fill(account.name);
  await page.locator('input[name=password]').fill('wrong');
  await page.locator('button[type=submit]').click();
  await page.locator('[role=alert]').waitFor();
  check('a wrong password gets one sentence', (await page.locator('[role=alert]').textContent()).includes('name or the password'));
  await shot('sign-in');
  await signIn(page, base, account.name, account.password);
  const rows = page.locator('[data-row]');
  await rows.first().waitFor();
  await shot('worklist');
  check('rows say what is still to come', (await rows.first().textContent()).includes('187 of 188'));
  const faults = await faultsOf(page);
  check('the worklist is accessible', faults.length === 0, faults.join('\n     '));

  await page.keyboard.press('/');
  check('/ goes to the search', await page.locator('input[type=search]').evaluate((box) => box === document.activeElement));
  await page.keyboard.type('mus');
  await page.locator('.found', { hasText: '1 study' }).waitFor();
  check('a search narrows the list', (await rows.count()) === 1);
  await page.locator('input[type=search]').fill('');
  await page.locator('.found', { hasText: '6 studies' }).waitFor();
  await page.locator('.chip', { hasText: 'MR' }).click();
  await page.locator('.found', { hasText: '2 studies' }).waitFor();
  await page.locator('.chip', { hasText: 'All' }).click();
  await page.locator('.found', { hasText: '6 studies' }).waitFor();
  await page.locator('input[type=search]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  check('arrows walk the rows', (await page.evaluate(() => document.activeElement.textContent)).includes('Muster'));

  await page.locator('.badge-refused').click();
  await page.locator('.refusals li').first().waitFor();
  await shot('refused');
  check('refused objects say why', (await page.locator('.refusals li').count()) === 2);
  const refusedFaults = await faultsOf(page);
  check('the refused objects are accessible', refusedFaults.length === 0, refusedFaults.join('\n     '));
  await page.keyboard.press('Escape');
  await page.locator('.language select').selectOption('de');
  await page.locator('html[lang=de]').waitFor();
  await page.locator('.badge-refused').click();
  await page.locator('.refusal-why', { hasText: 'Es ist eine andere Instanz als die angekündigte.' }).waitFor();
  check('in German the reason is German, and the sentence of the server marked as English', (await page.locator('.refusals li').first().locator('[lang=en]').textContent()).startsWith('The SOP Instance UID'));
  await shot('refused-de');
  await page.keyboard.press('Escape');
  await page.locator('.language select').selectOption('en');
  await page.locator('html[lang=en]').waitFor();
  await page.locator('.badge-refused').click();
  await page.locator('.refusals li').first().waitFor();
  await page.locator('.refusals button', { hasText: 'Try again' }).click();
  await page.locator('.refusals [role=status]', { hasText: 'refused again' }).waitFor();
  check('an object that is refused again stays, and says why', (await page.locator('.refusals li').count()) === 2);
  await page.locator('.refusals li').last().locator('button', { hasText: 'Discard' }).click();
  await page.locator('.refusals li input').fill('A letter, not a picture');
  await page.locator('.refusals li button', { hasText: 'Discard for good' }).click();
  await page.locator('.refusals li').nth(1).waitFor({ state: 'detached' });
  check('a refused object can be discarded', (await page.locator('.refusals li').count()) === 1);
  await page.keyboard.press('Escape');

  const last = rows.last();
  await last.locator('.menu > button').click();
  await shot('menu');
  await page.locator('[role=menuitem]', { hasText: 'Withdraw' }).click();
  await page.locator('dialog input').fill('Sent for the wrong patient');
  await page.locator('dialog .button-danger').click();
  await page.locator('.found', { hasText: '5 studies' }).waitFor();
  await page.locator('.chip', { hasText: 'Withdrawn' }).click();
  await page.locator('.row-withdrawn').waitFor();
  await page.locator('.row-withdrawn .menu > button').click();
  await page.locator('[role=menuitem]', { hasText: 'Bring back' }).click();
  await page.locator('.nothing').waitFor();
  await page.locator('.chip', { hasText: 'Withdrawn' }).click();
  await page.locator('.found', { hasText: '6 studies' }).waitFor();
  check('a study can be withdrawn and brought back', true);

  const dicom = (length) => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(length)]);
  await page.locator('input[type=file]').first().setInputFiles([
    { name: 'IM0001.dcm', mimeType: 'application/dicom', buffer: dicom(10) }, { name: 'IM0002.dcm', mimeType: 'application/dicom', buffer: dicom(11) },
    { name: 'holiday.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(300) }, { name: 'IM0003.dcm', mimeType: 'application/dicom', buffer: dicom(12) },
  ]);
  await page.locator('.uploads', { hasText: '4 of 4 done' }).waitFor();
  check('each file has its outcome', (await page.locator('.upload-refused').textContent()).includes('DICM') && (await page.locator('.upload-alreadyHeld').count()) === 1);
  await shot('uploads');

  await signIn(page, emptyBase, account.name, account.password);
  await page.locator('.address-part').nth(2).waitFor();
  await page.locator('.echo button').click();
  await page.locator('.echo-ok').waitFor();
  await shot('empty');
  check('the empty page gives address and echo', (await page.locator('.address').textContent()).includes('LIGHTCASE'));
}
