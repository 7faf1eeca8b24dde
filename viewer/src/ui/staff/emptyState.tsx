/** Before the first study: the three values to type into a scanner, and a check that they work. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { isLoopback } from '../../model/host';
import { known } from '../../state/remote';
import { checkEcho, loadSystem } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { CopyButton } from '../parts/copyButton';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { Said } from '../parts/said';

export function EmptyState({ store }: { store: StaffStore }): JSX.Element {
  const { system, echo } = store.get();
  useEffect(() => void loadSystem(store), [store]);
  const facts = known(system);
  const answer = known(echo);
  const onlyHere = facts !== null && isLoopback(facts.dicomHost);
  const values = facts === null ? [] : [
    [t('empty.aeTitle'), facts.aeTitle], [t('empty.host'), facts.dicomHost], [t('empty.port'), String(facts.dicomPort)],
  ] as const;
  return (
    <section class="empty">
      <h2>{t('empty.heading')}</h2>
      <p class="lead">{t(onlyHere ? 'empty.leadHere' : 'empty.lead')}</p>
      {system.state === 'failed' && <FailureNote failure={system.failure} />}
      <dl class="address">
        {values.map(([what, value]) => (
          <div key={what} class="address-part">
            <dt>{what}</dt>
            <dd><span>{value}</span><CopyButton plain text={value} label={t('empty.copyValue', { what })} /></dd>
          </div>
        ))}
      </dl>
      {onlyHere && <p class="note" data-only-here>{t('empty.onlyHere')}</p>}
      <div class="echo">
        <button type="button" class="button button-main" disabled={echo.state === 'loading'} onClick={() => void checkEcho(store)}>
          {echo.state === 'loading' ? t('empty.echoRunning') : t('empty.echo')}
        </button>
        <p role="status" class={answer === null ? '' : answer.ok ? 'echo-ok' : 'echo-bad'}>
          {answer !== null && <><Icon name={answer.ok ? 'check' : 'alert'} /><Said text={answer.message} /> {answer.ok && t('empty.echoTook', { milliseconds: answer.milliseconds })}</>}
        </p>
      </div>
      {echo.state === 'failed' && <FailureNote failure={echo.failure} />}
      {facts !== null && <p>{facts.openLoopback ? t('empty.loopback') : t('empty.peers')}</p>}
      <p>{t('empty.how')}</p>
    </section>
  );
}
