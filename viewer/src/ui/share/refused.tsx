/** Refused in plain words, with what to do. Wrong, unknown, ended and locked are one answer, so all of them are named. */
import type { JSX } from 'preact';
import type { Factor } from '../../api/sharing';
import { t, type Word } from '../../i18n';
import type { Failure } from '../../state/remote';
import { FailureNote } from '../parts/failure';

const tries: Readonly<Record<Factor, Word>> = {
  passcode: 'closed.tryPasscode', email: 'closed.tryEmail', account: 'closed.tryAccount', birthDate: 'closed.tryBirthDate',
};

export function Refused({ failure, factor }: { failure: Failure; factor: Factor | null }): JSX.Element {
  if (failure.status !== 403) return <FailureNote failure={failure} />;
  return (
    <div class="note note-failed refused" role="alert">
      <p>{t(factor === null ? 'closed.none' : `closed.${factor}`)}</p>
      <p>{t('closed.what')}</p>
      <ul>
        {factor !== null && <li>{t(tries[factor])}</li>}
        {factor !== null && <li>{t('closed.wait')}</li>}
        <li>{t('closed.ask')}</li>
      </ul>
    </div>
  );
}
