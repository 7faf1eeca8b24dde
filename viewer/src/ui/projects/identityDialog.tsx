/** Who a clean study is of: a reason first, then the answer, once. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Identity } from '../../api/deident';
import { t } from '../../i18n';
import type { StudyUid } from '../../model/uid';
import { findPerson } from '../../state/projects';
import type { Failure } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';
import { Icon } from '../parts/icons';
import { day, personName } from '../parts/words';

const facts: readonly (readonly [Exclude<keyof Identity, 'originals'>, (value: string) => string])[] = [
  ['patientName', personName], ['birthDate', day], ['patientId', String], ['issuer', String], ['studyUid', String],
];

function Answer({ identity, close }: { identity: Identity; close: () => void }): JSX.Element {
  return (
    <div class="made">
      <dl class="identity" data-identity>
        {facts.map(([name, said]) => <div key={name}><dt>{t(`identity.${name}`)}</dt><dd>{identity[name] === '' ? t('identity.none') : said(identity[name])}</dd></div>)}
      </dl>
      <p class="note" role="status"><Icon name="lock" /> {t('identity.once')}</p>
      <div class="dialog-foot"><button type="button" class="button button-main" onClick={close}>{t('action.close')}</button></div>
    </div>
  );
}

export function IdentityDialog({ store, project, study, close }: { store: StaffStore; project: string; study: StudyUid; close: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [identity, setIdentity] = useState<Identity | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const found = await findPerson(store, project, study, reason.trim());
    if ('identity' in found) setIdentity(found.identity);
    setFailure('failure' in found ? found.failure : null);
    setBusy(false);
  };
  return (
    <Dialog heading={t('identity.heading')} close={close}>
      <p class="about uid">{study}</p>
      {identity !== null ? <Answer identity={identity} close={close} /> : (
        <form onSubmit={(event) => void submit(event)}>
          <p class="note">{t('identity.lead')}</p>
          {failure !== null && <FailureNote failure={failure} />}
          <Field label={t('identity.reason')} value={reason} change={setReason} required maxLength={200} autofocus autocomplete="off" />
          <div class="dialog-foot">
            <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
            <button type="submit" class="button button-danger" disabled={busy || reason.trim() === ''}>{t('identity.submit')}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
