/** What happened to one's links and was not seen yet. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Alert } from '../../api/sharing';
import { t } from '../../i18n';
import { see } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Icon, type IconName } from '../parts/icons';
import { instant } from '../parts/words';
import { PageLink } from '../staff/shell';
import { alertWords } from './words';

const icons: Readonly<Record<Alert['kind'], IconName>> = {
  firstOpening: 'eye', newNetwork: 'globe', locked: 'lock', frozen: 'lock', downloaded: 'download', deliveryFailed: 'mail', revoked: 'close',
};

/** So many at once; more would push the list away. */
const listed = 5;

const grave = new Set<Alert['kind']>(['locked', 'frozen', 'deliveryFailed', 'revoked']);

export const AlertText = ({ alert }: { alert: Alert }): JSX.Element => (
  <>
    <span class={grave.has(alert.kind) ? 'alert-icon alert-grave' : 'alert-icon'}><Icon name={icons[alert.kind]} /></span>
    <span class="alert-text">{t(alertWords[alert.kind], { recipient: alert.recipient })}<span class="row-sub">{instant(alert.at)}</span></span>
  </>
);

export function AlertsPanel({ store }: { store: StaffStore }): JSX.Element | null {
  const { alerts } = store.get();
  const [all, setAll] = useState(false);
  const unseen = alerts?.alerts.filter((one) => !one.seen) ?? [];
  if (unseen.length === 0) return null;
  return (
    <section class="alerts" aria-labelledby="alerts">
      <header>
        <h2 id="alerts"><Icon name="bell" />{t('alerts.heading')}<span class="badge">{unseen.length}</span></h2>
        <button type="button" class="button" onClick={() => void see(store, unseen.map((one) => one.id))}>{t('alerts.seeAll')}</button>
      </header>
      <ul>
        {(all ? unseen : unseen.slice(0, listed)).map((one) => (
          <li key={one.id} data-alert={one.kind}>
            <AlertText alert={one} />
            <PageLink store={store} route={{ page: 'link', share: one.share }} class="button" label={t('alerts.openFor', { recipient: one.recipient })}>{t('alerts.open')}</PageLink>
            <button type="button" class="button-icon" aria-label={t('alerts.seeOne', { what: t(alertWords[one.kind], { recipient: one.recipient }) })} title={t('alerts.see')} onClick={() => void see(store, [one.id])}><Icon name="check" /></button>
          </li>
        ))}
      </ul>
      {!all && unseen.length > listed && <button type="button" class="button button-quiet" onClick={() => setAll(true)}>{t('alerts.more', { count: unseen.length - listed })}</button>}
    </section>
  );
}
