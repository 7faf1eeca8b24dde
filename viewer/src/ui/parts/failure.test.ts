import { afterEach, expect, test } from 'vitest';
import { speak } from '../../i18n';
import type { Failure } from '../../state/remote';
import { sentenceOf } from './failure';

const failed = (status: number, reason: string, sentence: string): Failure => ({ kind: 'problem', status, reason, sentence, request: '' });

afterEach(() => speak('en'));

test.each([
  [503, 'IndexDown', 'The index does not answer.', 'The index does not answer.', 'Das Verzeichnis des Archivs antwortet nicht. Versuchen Sie es gleich noch einmal.'],
  [404, 'NotFound', 'There is no account of that name.', 'There is no account of that name.', 'Das gibt es nicht, oder Sie dürfen es nicht sehen.'],
  [400, 'Malformed', 'choose an earlier end', 'Choose an earlier end.', 'Der Server hat das abgelehnt: Choose an earlier end.'],
  [409, 'ReasonOfTomorrow', 'This is new.', 'This is new.', 'Der Server hat das abgelehnt: This is new.'],
  [503, 'Busy', '', 'Too much is asked at once, or what this needs is not ready. Try again later.', 'Im Moment ist zu viel zu tun, oder es fehlt etwas, das dafür nötig ist. Versuchen Sie es später erneut.'],
  [429, 'Blocked', 'Wait 60 seconds.', 'Too many tries just now. Wait a minute, then try again.', 'Das waren gerade zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann erneut.'],
  [502, '', '', 'The server answered with status 502. Try again, or tell your administrator.', 'Der Server hat mit dem Status 502 geantwortet. Versuchen Sie es erneut, oder wenden Sie sich an Ihre Administration.'],
])('%d %s %j is said in the language of the page', (status, reason, sentence, english, german) => {
  expect(sentenceOf(failed(status, reason, sentence))).toBe(english);
  speak('de');
  expect(sentenceOf(failed(status, reason, sentence))).toBe(german);
});
