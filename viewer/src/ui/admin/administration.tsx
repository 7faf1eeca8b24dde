/** Administration: users and DICOM peers. No studies. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { known } from '../../state/remote';
import { loadSystem, may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { PeersPanel } from './peersPanel';
import { UsersPanel } from './usersPanel';

export function Administration({ store }: { store: StaffStore }): JSX.Element {
  useEffect(() => void loadSystem(store), [store]);
  const system = known(store.get().system);
  return (
    <div class="page">
      <div class="page-head"><h1>{t('admin.heading')}</h1><p class="found">{t('admin.noStudies')}</p></div>
      {may(store, 'manageUsers') && <UsersPanel store={store} />}
      {may(store, 'managePeers') && <PeersPanel store={store} />}
      {system !== null && <p class="muted">{t('admin.version', { version: system.version })} · {system.aeTitle} · {system.dicomHost}:{system.dicomPort}</p>}
    </div>
  );
}
