/** Links as their owner makes and reads them, at the command line and through the API. */
import path from 'node:path';
import { lightcase } from './_server.mjs';

const RECIPIENT = 'Dr. A. Example <example@practice.example>';

/** What `opened` tells of a link that nobody ever opened. */
export const NEVER = '0 uses, never opened, 0 networks, 0 seen, live, alerts []';

export function deskOf(folder, server, study) {
  const data = path.join(folder, 'data');
  const { token } = JSON.parse(lightcase(data, ['token', 'create', 'owner', '--scope', 'share:read', '--json']));
  const ask = async (what) => {
    const answer = await fetch(`${server.base}/api/v1/${what}`, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const detail = (link) => ask(`shares/${link.id}`);
  return {
    detail,
    make: (factors) => {
      const made = lightcase(data, ['share', 'create', '--study', study.uid, '--recipient', RECIPIENT, ...factors, '--json']);
      const [{ share, url, passcode }] = JSON.parse(made).shares;
      return { id: share.id, url, passcode: passcode ?? '' };
    },
    /** What the owner is told of openings, in one line. */
    opened: async (link) => {
      const { uses, firstOpenedAt, networks, seen, state } = await detail(link);
      const told = (await ask('alerts')).alerts.filter((one) => one.share === link.id).map((one) => one.kind);
      const images = seen.reduce((sum, one) => sum + one.seen, 0);
      return `${uses} uses, ${firstOpenedAt === null ? 'never' : 'once'} opened, ${networks} networks, ${images} seen, ${state}, alerts [${told.join()}]`;
    },
    /** How many one-time codes were made so far. */
    codesMade: () => lightcase(data, ['audit', 'list', '--limit', '5000']).split('\n').filter((line) => line.includes('"code_mailed"')).length,
  };
}
