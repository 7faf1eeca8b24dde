/**
 * Who comes to a link besides the person it was sent to: programs that fetch it, unfurl it, prefetch it, scan it and guess at
 * it, and browsers that press everything, run no scripts or keep no cookies. None of them uses it up, opens it or is sent
 * anything of the patient; what they did is counted apart; and then the person sees the study.
 */
import fs from 'node:fs';
import path from 'node:path';
import { deskOf, NEVER } from './_desk.mjs';
import { foundIn, identityOf } from './_identity.mjs';
import { codesIn, withMail } from './_mail.mjs';
import { accessible, browse, check, failed, inTurn, shot, steps } from './_page.mjs';
import { programs, send } from './_programs.mjs';
import { listen, pressEverything, withoutPictures } from './_robot.mjs';
import { lightcase, needChromium, phantoms, withFolder, withServer } from './_server.mjs';

const { LIGHTCASE_VIEWER } = process.env;
const words = (language) => JSON.parse(fs.readFileSync(path.join(LIGHTCASE_VIEWER, 'src/i18n', language, 'share.json'), 'utf8'));

/** Links by what they ask for, and what a robot finds to press: an empty form and a guess are two. */
const kinds = [
  { name: 'a link with a passcode', factors: ['--factor', 'passcode'], presses: 3 },
  { name: 'a link without a factor', factors: ['--no-passcode'], presses: 2 },
  { name: 'a link with a mailed code', factors: ['--factor', 'email'], presses: 5, mailed: true },
];

/** Presses everything; looks at the pictures too, where it gets as far as that, or loads none. */
async function robot(name, link, { looks }) {
  return browse(`a robot at ${name}`, async (page) => {
    if (!looks) await withoutPictures(page);
    const heard = listen(page);
    await page.goto(link.url);
    const pressed = await pressEverything(page);
    if (looks) await page.locator('.poster img').first().evaluate((image) => image.decode());
    return { ...(await heard.told()), pressed };
  });
}

async function withoutScripts(name, link) {
  return browse('without scripts', async (first) => {
    const context = await first.context().browser().newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const heard = listen(page);
    await page.goto(link.url);
    const pressed = await pressEverything(page);
    const said = await page.locator('main').textContent();
    const wanted = ['en', 'de'].map((language) => words(language)['noScript.share']);
    check(`${name}: a browser without scripts is told what it needs, in both languages`, wanted.every((one) => said.includes(one)) && await page.locator('main .note').first().isVisible() && pressed.length === 0, said);
    await shot(page, 'visitors-no-scripts');
    const told = await heard.told();
    await context.close();
    return told;
  });
}

async function withoutCookies(name, link) {
  return browse('without cookies', async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setDocumentCookieDisabled', { disabled: true });
    const heard = listen(page);
    await page.goto(link.url);
    const pressed = await pressEverything(page);
    check('cookies are blocked in it', await page.evaluate(() => !navigator.cookieEnabled));
    const said = await page.locator('[role=alert]').textContent();
    const { 'door.noCookies': what, 'door.noCookiesWhat': help } = words('en');
    check(`${name}: a browser that keeps no cookies is told so before anything is asked for`, said.includes(what) && said.includes(help) && pressed.length === 0, `${said} ${pressed.join()}`);
    await accessible(page, 'the page without cookies');
    await shot(page, 'visitors-no-cookies');
    return heard.told();
  });
}

/** Whatever a guess at a link without a factor opens, nothing is behind it before the notice was accepted. */
async function beforeTheNotice(name, link, answer) {
  const { handle } = JSON.parse(answer.content.toString('utf8'));
  const Cookie = answer.headers['set-cookie'].map((one) => one.split(';')[0]).join('; ');
  const get = (rest) => send(new URL(`/s/${handle}/${rest}`, link.url), { headers: { Cookie } });
  const answers = [await get('share'), await get('dicom-web/studies'), await get('download')];
  check(`${name}: before its notice is accepted it shows who shares, and nothing else`, answers.map((one) => one.status).join() === '200,403,403', answers.map((one) => one.status).join());
  return answers;
}

/** What every program was answered: nothing to keep, nothing to index. */
function plainly(name, who, answers) {
  const odd = answers.filter((one) => one.status >= 500 || one.headers['set-cookie'] !== undefined || !(one.headers['x-robots-tag'] ?? '').includes('noindex') || one.headers['access-control-allow-origin'] !== undefined);
  check(`${name}: ${who} gets no cookie, and is told to index nothing`, answers.length > 0 && odd.length === 0, odd.map((one) => `${one.status} ${JSON.stringify(one.headers)}`).join('\n     '));
}

async function programsCome(kind, link, desk, nothing) {
  const sum = { knocks: 0, wrong: 0 };
  for (const [who, come] of programs) {
    const { answers, knocks = 0, wrong = 0, refused, followed } = await come(link);
    sum.knocks += knocks;
    const guesses = wrong > 0;
    if (guesses && kind.factors.includes('--no-passcode')) {
      answers.push(...await beforeTheNotice(kind.name, link, answers[0]));
    } else {
      sum.wrong += wrong;
      plainly(kind.name, who, answers);
      if (guesses) check(`${kind.name}: ${who} open nothing`, answers.every((one) => one.status === 403), answers.map((one) => one.status).join());
    }
    if (refused !== undefined) check(`${kind.name}: ${who} is refused`, answers.map((one) => one.status).join() === refused.join(), answers.map((one) => one.status).join());
    if (followed !== undefined) check(`${kind.name}: ${who} found its way`, followed > 6, `${followed} addresses`);
    await nothing(who, answers.map((one) => one.bytes));
    check(`${kind.name}: after ${who}, it was never opened`, (await desk.opened(link)) === NEVER, await desk.opened(link));
  }
  return sum;
}

async function visitorsCome(kind, desk, identity) {
  const link = desk.make(kind.factors);
  const nothing = async (who, bytes) => check(`${kind.name}: ${who} is sent nothing of the patient`, bytes.length > 0 && foundIn(bytes, identity).length === 0, foundIn(bytes, identity).join());
  const sum = await programsCome(kind, link, desk, nothing);
  const pressing = await robot(kind.name, link, { looks: false });
  check(`${kind.name}: a robot presses everything`, pressing.pressed.length === kind.presses && pressing.wrong === (kind.factors.includes('--no-passcode') ? 0 : 1), pressing.pressed.join(', '));
  for (const [who, told] of [['a robot', pressing], ['a browser without scripts', await withoutScripts(kind.name, link)], ['a browser without cookies', await withoutCookies(kind.name, link)]]) {
    // A link for which nobody need prove anything shows itself to whoever accepts its notice.
    const bytes = kind.factors.includes('--no-passcode') ? told.early : [...told.early, ...told.late];
    await nothing(who, bytes);
    check(`${kind.name}: after ${who}, it was never opened`, (await desk.opened(link)) === NEVER, await desk.opened(link));
    sum.knocks += told.knocks + (kind.mailed ? told.asked : 0);
    sum.wrong += told.wrong;
  }
  const { probes, failedAttempts } = await desk.detail(link);
  check(`${kind.name}: what they did is counted apart`, probes === sum.knocks && failedAttempts === sum.wrong && sum.knocks > 1, `${probes} probes of ${sum.knocks}, ${failedAttempts} wrong of ${sum.wrong}`);
  return link;
}

/** The code that the link's recipient finds in the newest mail. */
async function newestCode(page, desk, mails) {
  for (let tries = 0; tries < 100; tries += 1) {
    const codes = codesIn(mails());
    if (codes.length > 0 && codes.length === desk.codesMade()) return codes.at(-1);
    await page.waitForTimeout(200);
  }
  throw new Error('no code came by mail');
}

async function openByCode(page, link, code) {
  await page.goto(link.url);
  await page.locator('.visit-card button').click();
  await page.locator('.visit-card form button[type=submit]').click();
  await page.locator('#code').fill(await code());
  await page.locator('.visit-card button[type=submit]').click();
  await page.locator('.notice-text').waitFor();
  await page.locator('.visit-card button').click();
  await page.locator('.gallery').waitFor();
}

async function personComes(name, link, desk, open, uses) {
  await browse('the person', async (page) => {
    await open(page);
    await page.locator('.poster img').first().evaluate((image) => image.decode());
    const shown = await page.locator('.gallery').textContent();
    check(`${name}: then the person sees whose study it is, and its pictures`, shown.includes('Lovelace'), shown);
    await shot(page, 'visitors-person');
  });
  const told = await desk.opened(link);
  check(`${name}: that is ${uses === 1 ? 'the first opening and its one use' : `use ${uses}`}`, told.startsWith(`${uses} uses, once opened, 1 networks, `) && told.endsWith(' live, alerts [firstOpening]'), told);
}

/** Point 2 of the design: without a factor, a notice that was accepted and the first byte of a picture are a use, whoever it was. */
async function whenItCounts(desk, identity) {
  const name = 'a link without a factor, and a program that looks';
  const link = desk.make(['--no-passcode']);
  const reading = await robot(name, link, { looks: false });
  check(`${name}: a notice accepted without a picture is no use`, reading.accepted && (await desk.opened(link)) === NEVER, await desk.opened(link));
  const looking = await robot(name, link, { looks: true });
  check(`${name}: before it accepted, it was sent nothing of the patient`, looking.accepted && foundIn(looking.early, identity).length === 0 && foundIn(looking.late, identity).length > 0, foundIn(looking.early, identity).join());
  const told = await desk.opened(link);
  check(`${name}: with the first picture it is one use, and the owner is told`, told.startsWith('1 uses, once opened, 1 networks, ') && told.endsWith(' live, alerts [firstOpening]'), told);
  await personComes(name, link, desk, (page) => steps.openShare(page, link.url, ''), 2);
}

/** A browser that says it keeps cookies, and something on the way takes them out. */
async function cookiesGetLost(desk) {
  const link = desk.make(['--factor', 'passcode']);
  await browse('cookies get lost', async (page) => {
    await page.route('**/s/session', async (route) => {
      const response = await route.fetch();
      await page.context().clearCookies();
      const headers = { ...response.headers() };
      delete headers['set-cookie'];
      await route.fulfill({ response, headers });
    });
    await page.goto(link.url);
    await page.locator('.visit-card button').click();
    await page.locator('#passcode').fill(link.passcode);
    await page.locator('.visit-card button[type=submit]').click();
    await page.locator('.notice-text').waitFor();
    await page.locator('.visit-card .button-main').click();
    const said = await page.locator('[role=alert]').textContent();
    check('where cookies get lost, the page says so once the notice was read', said.includes(words('en')['door.notAdmitted']) && said.includes(words('en')['door.noCookiesWhat']), said);
    check('and the link is in the address again', page.url() === link.url, page.url());
  });
}

needChromium();
await withFolder((folder) => withMail(folder, async (mails) => {
  const studies = path.join(folder, 'studies');
  const { studies: [study] } = phantoms(studies, '--kind', 'ct', '--slices', '4');
  const [file] = fs.readdirSync(path.join(studies, 'ct')).map((one) => path.join(studies, 'ct', one));
  const identity = identityOf(file, study);
  check('there is an identity to look for', identity.length > 9 && identity.every((word) => word.length > 4), identity.join(' | '));
  if (mails === null) console.log('the emailed code is left out: there is no Python for the mail server');
  const { code } = await withServer(folder, async (server) => {
    lightcase(path.join(folder, 'data'), ['import', studies]);
    const desk = deskOf(folder, server, study);
    await inTurn(null, [
      ...kinds.filter((kind) => mails !== null || !kind.mailed).map((kind) => [kind.name, async () => {
        const link = await visitorsCome(kind, desk, identity);
        const open = kind.mailed ? (page) => openByCode(page, link, () => newestCode(page, desk, mails)) : (page) => steps.openShare(page, link.url, link.passcode);
        await personComes(kind.name, link, desk, open, 1);
      }]),
      ['when it counts', () => whenItCounts(desk, identity)],
      ['cookies get lost', () => cookiesGetLost(desk)],
    ]);
  });
  check('the server stops in order', code === 0, `exit code ${code}`);
}));
process.exit(failed() === 0 ? 0 : 1);
