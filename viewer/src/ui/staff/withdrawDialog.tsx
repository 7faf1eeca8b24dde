/** Asks for the reason before a study is hidden. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ListedStudy } from '../../api/answers';
import { t } from '../../i18n';
import type { StaffStore } from '../../state/staff';
import { takeAway } from '../../state/worklist';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { day, personName } from '../parts/words';

export function WithdrawDialog({ store, study, close }: { store: StaffStore; study: ListedStudy; close: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await takeAway(store, study.studyInstanceUid, reason.trim())) close();
  };
  return (
    <Dialog heading={t('withdraw.heading')} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="about">{personName(study.patientName)} · {study.description} · {day(study.studyDate)}</p>
        <p>{t('withdraw.lead')}</p>
        <Field label={t('withdraw.reason')} value={reason} change={setReason} required maxLength={200} autofocus />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
          <button type="submit" class="button button-danger" disabled={reason.trim() === ''}>{t('withdraw.submit')}</button>
        </div>
      </form>
    </Dialog>
  );
}
