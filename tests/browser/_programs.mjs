/** Programs that come to a link without being the person it was sent to: what each sends, and what it is answered. */
import http from 'node:http';
import zlib from 'node:zlib';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const OUTLOOK = 'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0; SafeLinks)';
const GUESS = '12345678';

/** One request as it is, and its answer: status, headers, and everything that came, as bytes. What stands behind # is not sent. */
export function send(address, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(address, { method, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const sent = Buffer.concat(parts);
        const content = response.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(sent) : sent;
        resolve({ status: response.statusCode, headers: response.headers, content, bytes: Buffer.concat([Buffer.from(JSON.stringify(response.rawHeaders)), content]) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A request to open, as the page's own script would send it, or with other headers. */
function opening(link, fields, headers = {}) {
  const [, share, secret] = new URL(link.url).hash.split('.');
  const body = JSON.stringify({ share, secret, ...fields });
  return [new URL('/s/session', link.url), { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Lightcase': '1', 'User-Agent': CHROME, ...headers }, body }];
}

/** Several requests to the page, one after the other. */
const toPage = (...requests) => async (link) => {
  const answers = [];
  for (const request of requests) answers.push(await send(link.url, request));
  return { answers };
};

const agent = (name, more = {}) => ({ headers: { 'User-Agent': name, Accept: '*/*', ...more } });

/** Everything that the page might ask for, guessed, and nobody having clicked. Only what is well formed is a visit to the link. */
async function guessFields(link) {
  const fields = { passcode: GUESS, code: GUESS, birthDate: '1970-01-01', account: { name: 'admin', password: GUESS } };
  const form = new URLSearchParams({ passcode: GUESS, accept: 'true' }).toString();
  const requests = [
    opening(link, fields),
    opening(link, { ...fields, email: 'scanner@mail.example' }),
    opening(link, fields, { 'X-Lightcase': '0', Origin: 'https://mail.example', 'Sec-Fetch-Site': 'cross-site' }),
    [new URL('/s/session', link.url), { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Lightcase': '1' }, body: form }],
  ];
  const answers = [];
  for (const request of requests) answers.push(await send(...request));
  return { answers, knocks: 1, refused: [403, 400, 403, 415] };
}

/** A few, so that nothing is locked. */
async function guessPasscodes(link) {
  const answers = [];
  for (const guess of ['00000000', 'ABCDEFGH']) answers.push(await send(...opening(link, { accept: true, passcode: guess, code: guess })));
  return { answers, wrong: answers.length };
}

/** Asks what may be asked, and follows every address on every page it is given. */
async function crawl(link) {
  const headers = { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const start = new URL(link.url);
  start.hash = '';
  const waiting = [new URL('/robots.txt', start), new URL('/sitemap.xml', start), start, new URL('/s/', start), new URL('/', start)];
  const seen = new Map();
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (address.origin !== start.origin || seen.has(address.href)) continue;
    const answer = await send(address, { headers });
    seen.set(address.href, answer);
    if (!(answer.headers['content-type'] ?? '').startsWith('text/html')) continue;
    for (const [, found] of answer.content.toString('utf8').matchAll(/(?:href|src|action)="([^"]+)"/gu)) {
      const next = new URL(found, address);
      next.hash = '';
      waiting.push(next);
    }
  }
  return { answers: [...seen.values()], followed: seen.size };
}

/** Each by its name: a function that comes to the link and tells the answers it got, and how often it asked or guessed there. */
export const programs = [
  ['a HEAD of the page', toPage({ method: 'HEAD' })],
  ['a GET of the page', toPage({})],
  ['the unfurler of Slack', toPage(agent('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', { Range: 'bytes=0-32768' }))],
  ['the unfurler of WhatsApp', toPage(agent('WhatsApp/2.24.6.77 A', { 'Accept-Language': 'en-US' }))],
  ['the unfurler of Facebook', toPage(agent('facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', { 'Accept-Encoding': 'deflate, gzip', Range: 'bytes=0-524287' }))],
  ['a prefetching browser', toPage(agent(CHROME, { Purpose: 'prefetch', 'Sec-Purpose': 'prefetch;prerender', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'cross-site' }))],
  ['a mail scanner', toPage({ method: 'HEAD', ...agent(OUTLOOK) }, agent(OUTLOOK, { Range: 'bytes=0-1023' }), agent(OUTLOOK, { Range: 'bytes=-512' }))],
  ['an OPTIONS and a POST to the page', toPage(
    { method: 'OPTIONS', headers: { Origin: 'https://mail.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-lightcase,content-type' } },
    { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: `passcode=${GUESS}&accept=true` },
  )],
  ['a POST of guessed fields', guessFields],
  ['a few wrong passcodes', guessPasscodes],
  ['a crawler', crawl],
];
