/**
 * Visits of a link on a phone with 4G: from its address to the first picture, then to any picture of its series. Prints
 * what each took as JSON; the first visit warms the server up and is left out.
 *
 * What a person does is done in the page, the moment it can be done, so no time is a person's. Each visit has a browser
 * with a profile of its own. Chromium delays each answer and slows all of them down together; the round trips in which
 * connections are made, TLS among them, it does not delay. Its icon it asks for by itself, unseen from here.
 */
import { parseArgs } from 'node:util';
import { phone, withBrowser } from '../../browser/_page.mjs';
import { needChromium, skip } from '../../browser/_server.mjs';

/** Milliseconds from a request to its answer, and bytes a second, all requests together. Up as Chromium's own 4G. */
const latency = 100;
const fourG = { offline: false, latency, downloadThroughput: 9e6 / 8, uploadThroughput: 1.35e6 / 8 };

const text = { type: 'string' };
const { values: given } = parseArgs({ options: { url: text, passcode: text, visits: text, places: text } });
const [visits, places] = [Number(given.visits), Number(given.places)];

/** The address without what is another in each visit. */
const nameOf = (url) => new URL(url).pathname.replace(/^\/s\/(?!session$)[^/]+/u, '/s/…').replaceAll(/\/(studies|series|instances)\/[\d.]+/gu, '/$1/…');

/** Counts what the page asks for and gets. `whole(part)` gives the counts when the first answer with `part` in its address is there. */
async function listen(page) {
  const client = await page.context().newCDPSession(page);
  const requests = new Map();
  const waiting = [];
  const counts = () => {
    const came = [...requests.values()];
    return { requests: came.length, bytes: came.reduce((sum, one) => sum + one.bytes, 0), came: came.map((one) => ({ ...one })) };
  };
  client.on('Network.requestWillBeSent', ({ requestId, request }) => {
    // Data that stand in the page itself are no request.
    if (request.url.startsWith('http')) requests.set(requestId, { name: nameOf(request.url), url: request.url, method: request.method, bytes: 0, encoding: '' });
  });
  client.on('Network.responseReceived', ({ requestId, response }) => {
    const one = requests.get(requestId);
    const encoding = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-encoding');
    if (one !== undefined && encoding !== undefined) [, one.encoding] = encoding;
  });
  client.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const one = requests.get(requestId);
    if (one !== undefined) one.bytes += encodedDataLength;
  });
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = requests.get(requestId);
    if (one === undefined) return;
    // With the headers.
    one.bytes = encodedDataLength;
    for (const wish of waiting.filter(({ part }) => one.url.includes(part))) {
      waiting.splice(waiting.indexOf(wish), 1);
      wish.resolve(counts());
    }
  });
  await client.send('Network.enable');
  await client.send('Network.emulateNetworkConditions', fourG);
  return { whole: (part) => new Promise((resolve) => { waiting.push({ part, resolve }); }) };
}

/** In the page, before anything else of it: opens the link, and knows in milliseconds when the first picture was painted. */
function person(passcode) {
  const one = (selector) => document.querySelector(selector);
  /** What `look` finds, as soon as the page has it. */
  const seen = (what, look) => new Promise((resolve, reject) => {
    const again = () => {
      const found = look();
      if (found === null) return;
      watch.disconnect();
      clearTimeout(patience);
      resolve(found);
    };
    const watch = new MutationObserver(again);
    const patience = setTimeout(() => {
      watch.disconnect();
      reject(new Error(`${what} did not come; the page says: ${document.body.innerText}`));
    }, 30_000);
    watch.observe(document, { childList: true, subtree: true, attributes: true });
    again();
  });
  /** In the frame after the next, what is on the page is on the screen. */
  const painted = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  const come = async () => {
    (await seen('the door', () => one('.visit-card .button-main:not([disabled])'))).click();
    const field = await seen('the passcode form', () => one('#passcode:not([disabled])'));
    field.value = passcode;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    // By then the form has taken it up.
    await new Promise((resolve) => { setTimeout(resolve); });
    one('.visit-card button[type=submit]').click();
    await seen('the notice', () => one('.notice-text'));
    one('.visit-card .button-main').click();
    await (await seen('the picture of the series', () => one('.poster img'))).decode();
    await painted();
    return performance.now();
  };
  const first = come();
  // It is asked for later; until then nobody hears of a failure.
  first.catch(() => undefined);
  globalThis.visit = { one, seen, painted, first };
}

/** In the page: opens the series and goes to places in it, each a share of its length. Milliseconds from the beginning, and of each. */
async function scroll(shares) {
  const { one, seen, painted } = globalThis.visit;
  const drawn = (slice) => one(`[data-pane][data-state=drawn]${slice === undefined ? '' : `[data-slice="${slice}"]`}`);
  const begun = performance.now();
  one('.poster').click();
  await seen('a picture of the series', () => drawn());
  await painted();
  const opened = performance.now() - begun;
  const range = one('.scrubber input');
  const slices = Number(range.max);
  const jumps = [];
  let scrollable = null;
  for (const share of shares) {
    const slice = 1 + Math.floor(share * slices);
    const asked = performance.now();
    range.value = String(slice);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await seen(`picture ${slice}`, () => drawn(slice));
    await painted();
    jumps.push(performance.now() - asked);
    scrollable ??= performance.now() - begun;
  }
  return { slices, opened, scrollable, jumps };
}

/** Numbers from 0 to 1, the same for the same visit: the generator is mulberry32. */
function sharesOf(number) {
  let state = number + 1;
  return Array.from({ length: places }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  });
}

const visit = (number) => withBrowser(async (context) => {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize(phone);
  const heard = await listen(page);
  const [poster, picture] = [heard.whole('/thumbnail'), heard.whole('/rendered')];
  await page.addInitScript(person, given.passcode);
  await page.goto(given.url);
  const first = await page.evaluate(() => globalThis.visit.first);
  const parsed = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domInteractive);
  if (parsed < latency) throw new Error(`the page was there after ${parsed} ms: the network is not slowed down`);
  const before = await poster;
  const { slices, opened, scrollable, jumps } = await page.evaluate(scroll, sharesOf(number));
  const inSeries = await picture;
  return {
    slices, first, requests: before.requests, bytes: before.bytes, came: before.came.map(({ name, method, bytes, encoding }) => ({ name: `${method} ${name}`, bytes, encoding })),
    opened: first + opened, openedRequests: inSeries.requests, openedBytes: inSeries.bytes, scrollable: first + scrollable, jumps,
  };
});

if (process.env.LIGHTCASE_CHROMIUM === undefined) skip('Chromium is not installed (Debian: apt-get install chromium)');
needChromium();
const all = [];
for (let number = 0; number <= visits; number += 1) {
  all.push(await visit(number));
  process.stderr.write('.');
}
process.stderr.write('\n');
console.log(JSON.stringify(all.slice(1)));
