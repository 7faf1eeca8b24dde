/** The patient's authorisation that a link was made under: what it says, its versions, its scan, its export, and its end. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { exportUrl, formKinds, formUrl } from '../../api/authorisations';
import type { Authorisation } from '../../api/sharing';
import { t } from '../../i18n';
import { attach, endAuthorisation, loadAuthorisation } from '../../state/making';
import { known, type Failure } from '../../state/remote';
import { may } from '../../state/session';
import { reloadLink } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';
import { plainDay, size, whom, zoned } from '../parts/words';
import { endOfRecord } from './authority';
import { ChangeDialog } from './changeDialog';

function EndDialog({ store, id, close }: { store: StaffStore; id: string; close: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const found = await endAuthorisation(store, id, reason.trim());
    setBusy(false);
    setFailure(found);
    if (found !== null) return;
    close();
    await reloadLink(store);
  };
  return (
    <Dialog heading={t('authorisation.revokeHeading')} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p>{t('authorisation.revokeLead')}</p>
        <Field label={t('recall.reason')} value={reason} change={setReason} maxLength={500} required autofocus name="reason" />
        {failure !== null && <FailureNote failure={failure} />}
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
          <button type="submit" class="button button-danger" disabled={busy || reason.trim() === ''}>{t('authorisation.revoke')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Record({ store, record }: { store: StaffStore; record: Authorisation }): JSX.Element {
  const [ending, setEnding] = useState(false);
  const [changing, setChanging] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <p><span class={`state state-${record.state === 'inForce' ? 'live' : record.state}`}>{t(`authorisation.state.${record.state}`)}</span></p>
      <dl class="link-facts">
        <div><dt>{t('authorisation.description')}</dt><dd>{record.description}</dd></div>
        <div><dt>{t('authorisation.discloser')}</dt><dd>{record.discloser}</dd></div>
        <div><dt>{t('authorisation.recipient')}</dt><dd>{record.recipient}</dd></div>
        <div><dt>{t('authorisation.purpose')}</dt><dd>{record.purpose}</dd></div>
        <div><dt>{t('shares.expires')}</dt><dd>{endOfRecord(record)}</dd></div>
        <div><dt>{t('authorisation.signedBy')}</dt><dd>{record.signedBy}, {plainDay(record.signedOn)}{record.representative !== null && <span class="fact-line muted">{record.representative}</span>}</dd></div>
        <div><dt>{t('authorisation.version')}</dt><dd>{t('authorisation.versionBy', { version: record.version, name: whom(record.recordedBy), date: zoned(record.recordedAt) })}</dd></div>
        {record.revokedAt !== null && <div><dt>{t('authorisation.state.revoked')}</dt><dd>{zoned(record.revokedAt)}<span class="fact-line muted">{record.revokedReason}</span></dd></div>}
      </dl>
      <div class="side-buttons">
        {record.form !== null && <a class="button" href={formUrl(record.id)} download>{t('authorisation.openForm', { size: size(record.form.bytes) })}</a>}
        <a class="button" href={exportUrl(record.id)} download={`authorisation-${record.id}.json`}>{t('authorisation.export')}</a>
        {may(store, 'share') && record.state !== 'revoked' && <button type="button" class="button" onClick={() => setChanging(true)}>{t('authorisation.change')}</button>}
        {may(store, 'share') && record.state === 'inForce' && (
          <>
            <input
              ref={file} class="offscreen" type="file" tabIndex={-1} aria-hidden="true" accept={formKinds.join(',')}
              onChange={(event) => {
                const [form] = event.currentTarget.files ?? [];
                if (form !== undefined) void attach(store, record.id, form);
                event.currentTarget.value = '';
              }}
            />
            <button type="button" class="button" onClick={() => file.current?.click()}>{t('authorisation.attach')}</button>
            <button type="button" class="button" onClick={() => setEnding(true)}>{t('authorisation.revoke')}</button>
          </>
        )}
      </div>
      {changing && <ChangeDialog store={store} record={record} close={() => setChanging(false)} />}
      {ending && <EndDialog store={store} id={record.id} close={() => setEnding(false)} />}
    </>
  );
}

export function RecordOfLink({ store, id }: { store: StaffStore; id: string }): JSX.Element {
  const { authorisation: remote } = store.get();
  useEffect(() => void loadAuthorisation(store, id), [store, id]);
  const record = known(remote);
  return (
    <section class="side-part" aria-labelledby="record">
      <h2 id="record">{t('authorisation.one')}</h2>
      {remote.state === 'failed' && <FailureNote failure={remote.failure} />}
      {record !== null && <Record store={store} record={record} />}
    </section>
  );
}
