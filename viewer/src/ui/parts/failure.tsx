/** What went wrong: in the server's own sentence, and in words of the page where that is of another language. */
import type { ComponentChildren, JSX } from 'preact';
import { isWord, language, t } from '../../i18n';
import type { Failure } from '../../state/remote';
import { Said } from './said';
import { asSentence } from './words';

/** The server writes English, and tells more than its reason does: a reason that means several things has no word. */
function ownWords({ status, sentence, reason }: Failure): string | null {
  if (status === 429) return t('failure.tooMany');
  if (sentence !== '' && language() === 'en') return null;
  const word = `failure.reason.${reason}`;
  return isWord(word) ? t(word) : null;
}

/** The server's sentence where nothing else says it in the language of the page. */
const foreign = (failure: Failure): string | null => (failure.sentence !== '' && language() !== 'en' && ownWords(failure) === null ? failure.sentence : null);

export function sentenceOf(failure: Failure): string {
  const own = ownWords(failure);
  if (own !== null) return own;
  const other = foreign(failure);
  if (other !== null) return `${t('failure.refused')} ${asSentence(other)}`;
  if (failure.sentence !== '') return asSentence(failure.sentence);
  if (failure.kind === 'unreachable') return t('failure.unreachable');
  if (failure.status === 404) return t('failure.notFound');
  return failure.status === 0 ? t('failure.unexpected') : t('failure.status', { status: failure.status });
}

export function FailureText({ failure }: { failure: Failure }): JSX.Element {
  const other = foreign(failure);
  return other === null ? <>{sentenceOf(failure)}</> : <>{t('failure.refused')} <Said text={other} /></>;
}

export function FailureNote({ failure, children }: { failure: Failure; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="note note-failed" role="alert">
      <p><FailureText failure={failure} /></p>
      {failure.request !== '' && failure.status >= 500 && <p class="note-small">{t('failure.request', { request: failure.request })}</p>}
      {children}
    </div>
  );
}
