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
import { Newcomers } from './newcomers';

const rights: readonly PeerRight[] = ['echo', 'store', 'find', 'move', 'get', 'commit'];
const usual: readonly PeerRight[] = ['echo', 'store'];

function NewPeer({ store }: { store: StaffStore }): JSX.Element {
  const [title, setTitle] = useState('');
  const [host, setHost] = useState('');
  const [port, setPort] = useState('');
  const [chosen, setChosen] = useState<readonly PeerRight[]>(usual);
  const [tls, setTls] = useState(false);
  const [certificate, setCertificate] = useState('');
  const [issuer, setIssuer] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const peer = { title, host: host.trim(), port: port === '' ? null : Number(port), tls, certificate: certificate.trim() === '' ? null : certificate.trim(), issuer, rights: chosen };
    if (await createPeer(store, peer)) {
      setTitle('');
      setHost('');
      setPort('');
      setTls(false);
      setCertificate('');
      setIssuer('');
    }
  };
  const flip = (right: PeerRight): void => setChosen(rights.filter((one) => (one === right) !== chosen.includes(one)));
  return (
    <form class="inline-form" onSubmit={(event) => void submit(event)}>
      <Field label={t('admin.title')} value={title} change={setTitle} required maxLength={16} autocomplete="off" />
      <Field label={t('admin.host')} value={host} change={setHost} required autocomplete="off" />
      <Field label={t('admin.port')} title={t('admin.portHint')} value={port} change={setPort} inputMode="numeric" pattern="[0-9]{1,5}" autocomplete="off" />
      <Field label={t('admin.certificate')} title={t('admin.certificateHint')} value={certificate} change={setCertificate} pattern="[0-9A-Fa-f:]{64,95}" autocomplete="off" />
      <Field label={t('admin.issuer')} title={t('admin.issuerHint')} value={issuer} change={setIssuer} maxLength={64} autocomplete="off" />
      <fieldset class="choice">
        <legend>{t('admin.rights')}</legend>
        <div class="choice-row">
          {rights.map((right) => (
            <label key={right} class="tick"><input type="checkbox" checked={chosen.includes(right)} onChange={() => flip(right)} /><span>{t(`admin.right.${right}`)}</span></label>
          ))}
        </div>
      </fieldset>
      <label class="tick"><input type="checkbox" checked={tls} onChange={() => setTls(!tls)} /><span>{t('admin.callOverTls')}</span></label>
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
                <td>
                  <span class="row-name">{peer.title}</span>
                  <span class="row-sub">{[peer.certificate === null ? '' : t('admin.pinned'), peer.issuer].filter((part) => part !== '').join(' · ')}</span>
                </td>
                <td>{peer.host}{peer.port === null ? '' : `:${peer.port}`}{peer.tls && <span class="row-sub">{t('admin.tls')}</span>}</td>
                <td>{peer.rights.map((right) => <span key={right} class="modality">{t(`admin.right.${right}`)}</span>)}</td>
                <td class="cell-buttons"><button type="button" class="button" aria-label={t('admin.removePeer', { title: peer.title })} onClick={() => void deletePeer(store, peer.title)}>{t('action.remove')}</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Newcomers store={store} />
      <NewPeer store={store} />
    </section>
  );
}
