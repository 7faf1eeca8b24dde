/** The staff side of links in the fake server: making them, looking after them, alerts and authorisations. */
import { randomBytes } from 'node:crypto';
import { done, json, problem } from './answer.mjs';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const token = (bytes) => randomBytes(bytes).toString('base64url');
const now = (minutes = 0) => new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d{3}/, '');
const passcode = () => [...randomBytes(8)].map((byte) => alphabet[byte % 32]).join('');
const day = 86_400_000;
const keys = ['studies', 'series', 'clean', 'arrivals', 'may', 'recipients', 'expires', 'starts', 'maxUses', 'factors', 'authority', 'authorisation', 'purpose', 'message', 'deliver', 'language'];

const bytesOf = (one) => one.depth * (one.size === 0 ? 4_000 : 40_000) + 900;
export const seriesOf = (view, study) => study.series.filter((one) => view.series === null || view.series.includes(one.uid));
export const bytesOfShare = (view, study) => seriesOf(view, study).reduce((sum, one) => sum + bytesOf(one), 0);

const until = ({ expires, language }) => {
  const [date, time] = expires.slice(0, 16).split('T');
  return language === 'de' ? `${date.split('-').toReversed().join('.')}, ${time} Uhr (UTC)` : `${date}, ${time} UTC`;
};

/** What stands for the name of who made links at the command line. */
export const operator = 'the operator of this archive';
const senders = { en: 'The operator of this archive', de: 'Die Leitung dieses Archivs' };

/** The sentences of the notice, as the server has them. */
export function noticeOf(link, sender, to) {
  const { language, purpose, authority } = link;
  const by = sender === operator ? senders[language] : sender;
  const own = authority === 'ownAccess';
  return language === 'de' ? [
    `${by} gibt medizinische Bilder für ${to} frei. Zweck: ${purpose}.`, `Sie können bis zum ${until(link)} geöffnet werden.`,
    'Jeder Zugriff wird aufgezeichnet: wann, von welcher Netzwerkadresse und welche Bilder.',
    own ? 'Sie dürfen die Bilder zeigen, wem Sie möchten. Behalten Sie den Link und den Zugangscode für sich: Damit könnte jeder die Bilder öffnen.' : 'Geben Sie weder den Link noch den Zugangscode noch die Bilder weiter.',
    'Mit diesen Bildern darf keine Diagnose gestellt werden, außer von ärztlichem Personal, dessen Bildschirm und Einrichtung dafür zugelassen sind.',
    `Wenn Sie nicht ${to} sind, schließen Sie diese Seite und benachrichtigen Sie die Person, die den Link gesendet hat.`,
  ] : [
    `${by} shares medical images with ${to}. Purpose: ${purpose}.`, `They can be opened until ${until(link)}.`,
    'Every access is logged: when, from which network address, and which images.',
    own ? 'You may show the images to whom you like. Keep the link and the passcode to yourself: with them, anybody could open the images.' : 'Do not pass on the link, the passcode or the images.',
    'These pictures are not for making a diagnosis, unless you are a doctor whose screen and workplace are approved for it.',
    `If you are not ${to}, close this page and tell the person who sent the link.`,
  ];
}

const mailOf = (wanted, by) => (wanted.language === 'de'
  ? { subject: `${by} gibt medizinische Bilder für Sie frei`, text: `${by} gibt medizinische Bilder für Sie frei.\n\nÖffnen Sie sie hier:\n<Link>\n\nDer Link endet am ${until(wanted)}. Den Zugangscode erhalten Sie auf einem anderen Weg.` }
  : { subject: `${by} shares medical images with you`, text: `${by} shares medical images with you.\n\nOpen them here:\n<link>\n\nThe link ends on ${until(wanted)}. You will be told the passcode by another way.` });

const wrong = (sentence, status = 400, reason = 'Malformed') => problem(status, sentence, reason);

function faultOf(world, wanted) {
  const odd = Object.keys(wanted).filter((key) => !keys.includes(key));
  if (odd.length > 0) return wrong('The body is not what is described at /api/openapi.json: line 1, column 1.');
  if (wanted.studies.some((uid) => !world.studies.some((one) => one.uid === uid))) return wrong('The study or series to share was not found.', 404, 'NotFound');
  const ends = Date.parse(wanted.expires);
  if (!(ends > Date.now())) return wrong('The link would have ended already. Choose a later end.');
  if (ends > Date.now() + 90 * day) return wrong('The link would live longer than 90 days. Choose an earlier end.');
  if (wanted.recipients.length === 0 || wanted.recipients.some((one) => one.name.trim() === '')) return wrong('The recipient is empty. Write who the link is for.');
  if (wanted.deliver === 'mail' && world.mail === 'none') return wrong('Mail is not set up. Copy the link and hand it over another way, or ask an administrator to configure the mail server.', 409, 'MailOff');
  const record = world.authorisations.find((one) => one.id === wanted.authorisation);
  if (wanted.authority === 'authorisation' && record === undefined) return wrong('There is no such authorisation. Choose one of the patient\'s.', 409, 'NotAuthorised');
  if (record?.expires && record.expires < wanted.expires.slice(0, 10)) return wrong(`The link would outlive the authorisation, whose last day is ${record.expires}. Choose an earlier end.`, 409, 'NotAuthorised');
  return null;
}

const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2);

/** Whether a record names somebody, by a word of the name or of the domain. */
const isMeant = (record, one) => {
  const said = wordsOf(record.recipient);
  const domain = (one.email ?? '').split('@').at(-1).split('.').slice(0, -1).join('.');
  return [...wordsOf(one.name), ...wordsOf(domain)].some((word) => said.includes(word));
};

const recordOf = (world, wanted) => (wanted.authority === 'authorisation' ? world.authorisations.find((one) => one.id === wanted.authorisation) : undefined);

const warningsOf = (world, wanted) => [
  ...(wanted.factors.length === 0 ? [{ kind: 'noFactor', recipient: null, detail: '' }] : []),
  ...wanted.recipients.flatMap((one) => [
    ...(one.email !== null && !one.email.endsWith('@clinic.example') ? [{ kind: 'newDomain', recipient: one.name, detail: '' }] : []),
    ...(one.name.includes('Example') ? [] : [{ kind: 'notReferrer', recipient: one.name, detail: '' }]),
    ...(recordOf(world, wanted) === undefined || isMeant(recordOf(world, wanted), one) ? [] : [{ kind: 'notInRecord', recipient: one.name, detail: '' }]),
  ]),
];

function preview(world, wanted, account) {
  const studies = wanted.studies.map((uid) => world.studies.find((one) => one.uid === uid));
  const granted = studies.map((study) => seriesOf({ series: wanted.series }, study));
  return json({
    patientName: wanted.clean ? null : studies[0].patientName,
    studies: studies.map((study, at) => ({
      studyInstanceUid: study.uid, description: wanted.clean ? '' : study.description, studyDate: wanted.clean ? '' : study.date, modalities: [...new Set(granted[at].map((one) => one.modality))],
      series: granted[at].map((one) => ({ seriesInstanceUid: one.uid, description: wanted.clean ? '' : one.description, modality: one.modality, number: one.number, instances: one.depth })),
    })),
    images: granted.flat().reduce((sum, one) => sum + one.depth, 0), bytes: granted.flat().reduce((sum, one) => sum + bytesOf(one), 0),
    notice: noticeOf(wanted, account.name, wanted.recipients[0].name), mail: wanted.deliver === 'mail' ? mailOf(wanted, account.name) : null,
    warnings: warningsOf(world, wanted),
  });
}

const studyOf = (one) => ({ studyInstanceUid: one.uid, patientName: one.patientName, description: one.description, studyDate: one.date });
/** Copies are another patient's, under other UIDs; nothing of the original is told of them. */
const copyOf = (one) => ({ studyInstanceUid: `${one.uid}.9`, patientName: 'SUBJECT^0001', description: '', studyDate: '' });

/** A link as it is kept: what staff see of it, and what opens it. */
export function makeLink(world, wanted, recipient, by) {
  const lent = wanted.studies.map((uid) => world.studies.find((one) => one.uid === uid));
  const [study] = lent;
  const link = {
    secret: token(32), passcode: wanted.factors.includes('passcode') ? passcode() : null, probes: 0, networks: 0, seen: new Map(), download: null, code: null,
    view: {
      id: token(16), recipient: recipient.name, email: recipient.email,
      studies: lent.map(wanted.clean ? copyOf : studyOf), sources: wanted.clean ? lent.map(studyOf) : [],
      series: wanted.series, clean: wanted.clean, arrivals: wanted.arrivals, may: wanted.may, createdAt: now(), createdBy: by, byAccount: world.users.some((one) => one.name === by), starts: wanted.starts, expires: wanted.expires, state: 'live',
      maxUses: wanted.maxUses, uses: 0, failedAttempts: 0, factors: wanted.factors, authority: wanted.authority, authorisation: wanted.authorisation, purpose: wanted.purpose, message: wanted.message,
      language: wanted.language, firstOpenedAt: null, lastOpenedAt: null, revokedAt: null,
      delivery: wanted.deliver === 'mail' ? { state: 'queued', tries: 0, at: now(), error: null } : null,
    },
    study,
  };
  world.shares.unshift(link);
  return link;
}

const shown = (link, origin) => ({ share: link.view, url: `${origin}/s#v1.${link.view.id}.${link.secret}`, passcode: link.passcode });
const ended = (view) => ['revoked', 'expired'].includes(view.state);
/** As the list has it: a frozen link opens no more until it is sent again. */
const closed = (view) => ended(view) || view.state === 'frozen';

export function tell(world, link, kind, minutes = 0) {
  world.alerts.unshift({ id: token(8), share: link.view.id, recipient: link.view.recipient, kind, at: now(minutes), seen: false });
}

function detail(world, link) {
  return json({
    ...link.view,
    seen: seriesOf(link.view, link.study).map((one) => ({ studyInstanceUid: link.study.uid, seriesInstanceUid: one.uid, description: one.description, modality: one.modality, images: one.depth, seen: link.seen.get(one.uid) ?? 0 })),
    probes: link.probes, networks: link.networks, download: link.download, alerts: world.alerts.filter((one) => one.share === link.view.id),
  });
}

function listed(world, account, url) {
  const get = (name) => url.searchParams.get(name) ?? '';
  const rows = world.shares.map((one) => one.view)
    .filter((one) => get('mine') !== 'true' || one.createdBy === account.name)
    .filter((one) => get('study') === '' || [...one.studies, ...one.sources].some((study) => study.studyInstanceUid === get('study')))
    .filter((one) => `${one.recipient} ${one.email ?? ''}`.toLowerCase().includes(get('recipient').toLowerCase()))
    .filter((one) => ({ '': true, live: !closed(one), ended: closed(one), neverOpened: one.firstOpenedAt === null })[get('state')]);
  const offset = Number(get('offset'));
  return json({ shares: rows.slice(offset, offset + Number(get('limit'))), more: rows.length > offset + Number(get('limit')) });
}

function revoke(world, account, link) {
  if (link.view.state === 'revoked') return;
  Object.assign(link.view, { state: 'revoked', revokedAt: now() });
  if (link.view.createdBy !== account.name) tell(world, link, 'revoked');
}

function recall(world, account, { reason, ...of }) {
  const [[kind, text]] = Object.entries(of);
  if (kind === 'user' && !world.users.some((one) => one.name === text)) return wrong('There is no account of that name.', 404, 'NotFound');
  const matches = {
    study: (link) => [...link.view.studies, ...link.view.sources].some((one) => one.studyInstanceUid === text), patientId: (link) => link.study.patientId === text,
    recipient: (link) => [link.view.recipient, link.view.email].some((one) => one?.toLowerCase() === text.toLowerCase()), user: (link) => link.view.byAccount && link.view.createdBy === text,
  }[kind];
  const found = world.shares.filter((link) => link.view.state !== 'revoked' && matches(link));
  for (const link of found) revoke(world, account, link);
  world.recalled = { reason, kind, text };
  return json({ revoked: found.length });
}

function authorisationsPart(world, account, method, pathname, url, body) {
  const [, id, what] = /^\/api\/v1\/authorisations(?:\/([\w-]+))?(?:\/(form|export))?$/.exec(pathname) ?? [];
  const record = world.authorisations.find((one) => one.id === id);
  if (id === undefined && method === 'GET') return json({ authorisations: world.authorisations.filter((one) => one.studyInstanceUid === url.searchParams.get('study')) });
  if (id === undefined) {
    const { study, ...terms } = JSON.parse(body);
    const made = { id: token(8), studyInstanceUid: study, version: 1, state: 'inForce', ...terms, createdAt: now(), recordedAt: now(), recordedBy: account.name, revokedAt: null, revokedBy: null, revokedReason: null, form: null };
    world.authorisations.unshift(made);
    return json(made, 201);
  }
  if (record === undefined) return problem(404, 'There is no such authorisation.');
  if (what === 'form' && method === 'PUT') {
    record.form = { number: 1, version: 1, mediaType: 'application/pdf', bytes: body.length, sha256: '0'.repeat(64), attachedAt: now(), attachedBy: account.name };
    return json(record);
  }
  if (what === 'export') return json({ record });
  if (method === 'PUT') {
    if (record.state === 'revoked') return problem(409, 'The authorisation is revoked. Record a new one.', 'Conflict');
    const { study: _, ...terms } = JSON.parse(body);
    Object.assign(record, terms, { version: record.version + 1, state: 'inForce', recordedAt: now(), recordedBy: account.name });
    const end = record.expires === null ? Infinity : Date.parse(record.expires) + day;
    for (const { view } of world.shares.filter((link) => link.view.authorisation === record.id && Date.parse(link.view.expires) > end)) view.expires = new Date(end).toISOString().replace(/\.\d{3}/, '');
    return json(record);
  }
  if (method !== 'DELETE') return json(record);
  Object.assign(record, { state: 'revoked', revokedAt: now(), revokedBy: account.name, revokedReason: JSON.parse(body).reason });
  const under = world.shares.filter((link) => link.view.authorisation === record.id && !ended(link.view));
  for (const link of under) revoke(world, account, link);
  return json({ revoked: under.length });
}

/** Null where the path belongs to another part. */
export function sharingPart(world, account, method, url, body, origin) {
  const { pathname } = url;
  const at = `${method} ${pathname}`;
  if (pathname.startsWith('/api/v1/authorisations')) return authorisationsPart(world, account, method, pathname, url, body);
  if (at === 'GET /api/v1/alerts') {
    const alerts = world.alerts.filter((one) => url.searchParams.get('unseen') !== 'true' || !one.seen);
    return json({ alerts, unseen: alerts.filter((one) => !one.seen).length });
  }
  if (at === 'GET /api/v1/alerts/address') return json({ email: world.alertAddress ?? null });
  if (at === 'PUT /api/v1/alerts/address') {
    world.alertAddress = JSON.parse(body).email;
    return done;
  }
  if (at === 'POST /api/v1/alerts/seen') {
    for (const id of JSON.parse(body).ids) world.alerts.find((one) => one.id === id).seen = true;
    return done;
  }
  if (at === 'GET /api/v1/shares') return listed(world, account, url);
  if (at === 'POST /api/v1/shares/recall') return recall(world, account, JSON.parse(body));
  if (at === 'POST /api/v1/shares' || at === 'POST /api/v1/shares/preview') {
    const wanted = JSON.parse(body);
    const fault = faultOf(world, wanted);
    if (fault !== null) return fault;
    world.wanted = wanted;
    if (at.endsWith('preview')) return preview(world, wanted, account);
    const links = wanted.recipients.map((one) => makeLink(world, wanted, one, account.name));
    return json({ shares: links.map((one) => shown(one, origin)), leftOut: wanted.clean ? 2 : 0, warnings: warningsOf(world, wanted) }, 201);
  }
  const [, id, act] = /^\/api\/v1\/shares\/([\w-]+)(?:\/(resend))?$/.exec(pathname) ?? [];
  if (id === undefined) return null;
  const link = world.shares.find((one) => one.view.id === id);
  if (link === undefined) return problem(404, 'The study or series to share was not found.');
  if (method === 'GET') return detail(world, link);
  if (method === 'DELETE') {
    revoke(world, account, link);
    return done;
  }
  if (link.view.state === 'revoked' || (method !== 'PATCH' && ended(link.view))) return problem(409, 'The link has ended. Make a new one.', 'Ended');
  if (method === 'PATCH') {
    Object.assign(link.view, { expires: JSON.parse(body).expires, state: link.view.state === 'expired' ? 'live' : link.view.state });
    return json(link.view);
  }
  if (act !== 'resend') return null;
  const { deliver } = JSON.parse(body);
  Object.assign(link, { secret: token(32), passcode: link.passcode === null ? null : passcode() });
  Object.assign(link.view, { state: 'live', uses: 0, failedAttempts: 0, delivery: deliver === 'mail' ? { state: 'queued', tries: 0, at: now(), error: null } : null });
  const withheld = deliver === 'mail' && link.view.message !== '' && (link.view.clean || link.view.studies.some((one) => one.patientName.split('^')[0].length > 3 && link.view.message.includes(one.patientName.split('^')[0])));
  return json({ ...shown(link, origin), messageWithheld: withheld });
}
