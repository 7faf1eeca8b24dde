/** Unknown devices that were refused, each with a button that lets it in. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { letIn } from '../../state/administration';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { instant } from '../parts/words';

export function Newcomers({ store }: { store: StaffStore }): JSX.Element | null {
  const { newcomers } = store.get();
  if (newcomers.state === 'failed') return <FailureNote failure={newcomers.failure} />;
  const list = known(newcomers);
  if (list === null || list.length === 0) return null;
  return (
    <section class="newcomers">
      <h3>{t('admin.newcomers')}</h3>
      <p class="hint">{t('admin.newcomersLead')}</p>
      <table class="studies">
        <thead><tr><th scope="col">{t('admin.title')}</th><th scope="col">{t('admin.address')}</th><th scope="col">{t('admin.lastRefused')}</th><th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th></tr></thead>
        <tbody>
          {list.map((one) => (
            <tr key={one.id} class="row row-still">
              <td><span class="row-name">{one.title}</span></td>
              <td>{one.address}<span class="row-sub">{one.certificate === null ? t('admin.noCertificate') : t('admin.showed', { certificate: one.certificate })}</span></td>
              <td>{instant(one.lastAt)}<span class="row-sub">{t('admin.times', { count: one.times })}</span></td>
              <td class="cell-buttons"><button type="button" class="button" aria-label={t('admin.allowOne', { title: one.title, address: one.address })} onClick={() => void letIn(store, one.id)}>{t('admin.allow')}</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
