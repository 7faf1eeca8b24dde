/** Listens to a page for what must not happen: policy violations and uncaught errors. */
import { readFileSync } from 'node:fs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export async function watch(page) {
  const found = { violations: [], errors: [] };
  await page.exposeFunction('reportViolation', (text) => found.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  page.on('pageerror', (error) => found.errors.push(String(error)));
  return found;
}

/** Rules that the page breaks, as text. */
export async function faultsOf(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map((one) => `${one.id} (${one.impact}): ${one.help} (${one.nodes.map((node) => `${node.target.join(' ')} ${node.any.map((check) => check.message).join('; ')}`).join(' | ')})`);
  });
}

export const phone = { width: 390, height: 844 };
export const desk = { width: 1280, height: 800 };
const small = { width: 320, height: 640 };

async function resize(page, size) {
  await page.setViewportSize(size);
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
}

/** Nothing of the page or of its open dialogs is wider than the screen; says what is. */
async function fits({ page, check }, what) {
  const { width, most, which } = await page.evaluate(() => {
    const over = (one) => one.scrollWidth - one.clientWidth;
    const wide = [document.documentElement, ...document.querySelectorAll('dialog[open]')].sort((a, b) => over(b) - over(a))[0];
    const beyond = [...wide.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5);
    return { width: innerWidth, most: over(wide), which: beyond.slice(-3).map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`).join(' | ') };
  });
  check(`${what}: no wider than ${width} pixels`, most <= 0, `${most} too many: ${which}`);
}

/** At a desk and on a phone: nothing that axe finds, nothing wider than the screen, of the smallest phones too; a picture of each. */
export async function looksWell(tools, what, name, { full = false } = {}) {
  const { page, check, shot } = tools;
  const before = page.viewportSize();
  for (const [size, suffix] of [[desk, ''], [phone, '-phone']]) {
    await resize(page, size);
    const faults = await faultsOf(page);
    check(`${what}: no fault at ${size.width} pixels`, faults.length === 0, faults.join('\n     '));
    await fits(tools, what);
    await shot(`${name}${suffix}`, { fullPage: full });
  }
  await resize(page, small);
  await fits(tools, what);
  await page.setViewportSize(before);
}

/** The same page in German: axe once more, and a picture. */
export async function inGerman(tools, what, name, run = () => undefined) {
  const { page } = tools;
  await page.locator('.language select').selectOption('de');
  await page.locator('html[lang=de]').waitFor();
  await run();
  await looksWell(tools, `${what} in German`, `${name}-de`);
  await page.locator('.language select').selectOption('en');
  await page.locator('html[lang=en]').waitFor();
}
