/** What went wrong, in the server's own sentence where it wrote one. */
import type { ComponentChildren, JSX } from 'preact';
import { language, t } from '../../i18n';
import type { Failure } from '../../state/remote';
import { asSentence } from './words';

export function sentenceOf(failure: Failure): string {
  if (failure.status === 429) return t('failure.tooMany');
  if (failure.sentence !== '') return asSentence(failure.sentence);
  if (failure.kind === 'unreachable') return t('failure.unreachable');
  if (failure.status === 404) return t('failure.notFound');
  return failure.status === 0 ? t('failure.unexpected') : t('failure.status', { status: failure.status });
}

/** The server writes English; said of it where the page is not. */
const foreign = (failure: Failure): 'en' | undefined => (failure.sentence !== '' && failure.status !== 429 && language() !== 'en' ? 'en' : undefined);

export function FailureNote({ failure, children }: { failure: Failure; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="note note-failed" role="alert">
      <p lang={foreign(failure)}>{sentenceOf(failure)}</p>
      {failure.request !== '' && failure.status >= 500 && <p class="note-small">{t('failure.request', { request: failure.request })}</p>}
      {children}
    </div>
  );
}
