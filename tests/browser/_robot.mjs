/** A program in a browser: it presses whatever can be pressed and sends every form, as scanners of mail do. */
const GUESS = '12345678';
const PRESSED = 'main :is(a[href], button)';

/**
 * What a page was sent and sent itself from now on. `told()`, before the page is closed: all bytes it got, those that came
 * after it accepted a notice apart, and what it posted to the door.
 */
export function listen(page) {
  const answers = [];
  const posts = [];
  let accepted = false;
  page.on('request', (request) => {
    if (request.method() !== 'POST') return;
    const { pathname } = new URL(request.url());
    if (pathname === '/s/session') posts.push(request.postDataJSON());
    accepted ||= pathname.endsWith('/notice');
  });
  page.on('response', (response) => {
    const late = accepted;
    // What was broken off has no body.
    const body = response.body().catch(() => Buffer.alloc(0));
    answers.push(Promise.all([response.allHeaders(), body]).then(([headers, content]) => ({ late, bytes: Buffer.concat([Buffer.from(JSON.stringify(headers)), content]) })));
  });
  return {
    told: async () => {
      const all = await Promise.all(answers);
      const proofs = ({ passcode, code, account, birthDate }) => passcode ?? code ?? account ?? birthDate;
      return {
        early: all.filter((one) => !one.late).map((one) => one.bytes),
        late: all.filter((one) => one.late).map((one) => one.bytes),
        accepted,
        knocks: posts.filter((post) => post.accept !== true).length,
        wrong: posts.filter((post) => post.accept === true && proofs(post) !== undefined).length,
        asked: posts.filter((post) => post.accept === true && proofs(post) === undefined).length,
      };
    },
  };
}

/** What can be pressed now; a form with fields twice, empty and with guesses. */
const offersOf = (page) => page.locator(PRESSED).evaluateAll((all) => all.flatMap((one, at) => {
  const sends = one.type === 'submit' && one.form !== null;
  const offer = (how) => ({ at, how, name: `${sends ? 'form' : 'button'} "${one.textContent}" ${how}` });
  if (!sends) return [offer('as it is')];
  return one.form.querySelector('input') === null ? [offer('empty')] : [offer('empty'), offer('guessed')];
}));

/** Presses everything once, until there is nothing new or the end is in sight. Tells what was pressed. */
export async function pressEverything(page, end = '.gallery') {
  const pressed = [];
  for (;;) {
    // While an answer is awaited, what was pressed is disabled.
    await page.locator(`main:not(:has(:disabled)), ${end}`).first().waitFor();
    if (await page.locator(end).isVisible()) return pressed;
    const next = (await offersOf(page)).find((one) => !pressed.includes(one.name));
    if (next === undefined) return pressed;
    pressed.push(next.name);
    if (next.how !== 'as it is') {
      for (const field of await page.locator('main form input').all()) await field.fill(next.how === 'guessed' ? GUESS : '');
    }
    await page.locator(PRESSED).nth(next.at).click();
  }
}

/** From now on no picture is loaded, as programs that only read do it. */
export const withoutPictures = (page) => page.route('**/*', (route) => (route.request().resourceType() === 'image' ? route.abort() : route.continue()));
