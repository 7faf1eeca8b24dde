/** The first set-up and the administrator's page. */
import { signIn } from '../steps.mjs';
import { faultsOf } from '../watch.mjs';

export async function setUpTour({ page, base, check, shot }) {
  await page.context().clearCookies();
  await page.goto(`${base}/setup#0123456789`);
  await page.locator('.gate-wide').waitFor();
  await shot('setup');
  const faults = await faultsOf(page);
  check('the set-up page is accessible', faults.length === 0, faults.join('\n     '));
}

export async function adminTour({ page, base, admin, check, shot }) {
  await page.context().clearCookies();
  await page.goto(`${base}/`);
  await page.locator('input[name=name]').fill(admin.name);
  await page.locator('input[name=password]').fill(admin.password);
  await page.locator('button[type=submit]').click();
  await page.locator('h1', { hasText: 'Administration' }).waitFor();
  await page.locator('.panel table').nth(1).waitFor();
  check('an administrator has no study pages', (await page.locator('.bar nav a').count()) === 1);
  const form = page.locator('.inline-form').last();
  await form.locator('input').nth(0).fill('MR2');
  await form.locator('input').nth(1).fill('10.20.1.16');
  await form.locator('button[type=submit]').click();
  await page.locator('tr', { hasText: 'MR2' }).waitFor();
  check('a peer can be added', true);
  await page.locator('.newcomers button', { hasText: 'Allow' }).click();
  await page.locator('.newcomers').waitFor({ state: 'detached' });
  check('a refused newcomer can be let in', (await page.locator('tr', { hasText: 'US4' }).count()) === 1);
  await page.locator('tr', { hasText: 'Rita' }).locator('button', { hasText: 'Disable' }).click();
  await page.locator('.state', { hasText: 'Disabled' }).waitFor();
  check('a user can be disabled', true);
  await shot('admin');
  const faults = await faultsOf(page);
  check('the administration is accessible', faults.length === 0, faults.join('\n     '));
}
