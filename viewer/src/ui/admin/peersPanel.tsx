/** Which devices may connect, and for what. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PeerRight } from '../../api/answers';
import { t } from '../../i18n';
import { createPeer, deletePeer, loadPeers } from '../../state/administration';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';

const rights: readonly PeerRight[] = ['echo', 'store'];

function NewPeer({ store }: { store: StaffStore }): JSX.Element {
  const [title, setTitle] = useState('');
  const [host, setHost] = useState('');
  const [port, setPort] = useState('');
  const [chosen, setChosen] = useState<readonly PeerRight[]>(rights);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await createPeer(store, { title, host: host.trim(), port: port === '' ? null : Number(port), rights: chosen })) {
      setTitle('');
      setHost('');
      setPort('');
    }
  };
  const flip = (right: PeerRight): void => setChosen(rights.filter((one) => (one === right) !== chosen.includes(one)));
  return (
    <form class="inline-form" onSubmit={(event) => void submit(event)}>
      <Field label={t('admin.title')} value={title} change={setTitle} required maxLength={16} autocomplete="off" />
      <Field label={t('admin.host')} value={host} change={setHost} required autocomplete="off" />
      <Field label={t('admin.port')} title={t('admin.portHint')} value={port} change={setPort} inputMode="numeric" pattern="[0-9]{1,5}" autocomplete="off" />
      <fieldset class="choice">
        <legend>{t('admin.rights')}</legend>
        <div class="choice-row">
          {rights.map((right) => (
            <label key={right} class="tick"><input type="checkbox" checked={chosen.includes(right)} onChange={() => flip(right)} /><span>{t(`admin.right.${right}`)}</span></label>
          ))}
        </div>
      </fieldset>
      <button type="submit" class="button button-main" disabled={chosen.length === 0}>{t('admin.addPeer')}</button>
    </form>
  );
}

export function PeersPanel({ store }: { store: StaffStore }): JSX.Element {
  const { peers } = store.get();
  useEffect(() => void loadPeers(store), [store]);
  const list = known(peers);
  return (
    <section class="panel">
      <h2>{t('admin.peers')}</h2>
      <p class="hint">{t('admin.peersLead')}</p>
      {peers.state === 'failed' && <FailureNote failure={peers.failure} />}
      {list?.length === 0 && <p class="muted">{t('admin.noPeers')}</p>}
      {list !== null && list.length > 0 && (
        <table class="studies">
          <thead><tr><th scope="col">{t('admin.title')}</th><th scope="col">{t('admin.host')}</th><th scope="col">{t('admin.rights')}</th><th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th></tr></thead>
          <tbody>
            {list.map((peer) => (
              <tr key={peer.title} class="row row-still">
                <td><span class="row-name">{peer.title}</span></td>
                <td>{peer.host}{peer.port === null ? '' : `:${peer.port}`}</td>
                <td>{peer.rights.map((right) => <span key={right} class="modality">{t(`admin.right.${right}`)}</span>)}</td>
                <td class="cell-buttons"><button type="button" class="button" aria-label={t('admin.removePeer', { title: peer.title })} onClick={() => void deletePeer(store, peer.title)}>{t('action.remove')}</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <NewPeer store={store} />
    </section>
  );
}
