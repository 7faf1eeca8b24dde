/** Ends all links of a study, a patient, a recipient or a user, with a reason. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Recall } from '../../api/sharing';
import { t } from '../../i18n';
import { recall } from '../../state/shares';
import type { Failure } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Choice, Field } from '../parts/field';

export const recallKinds = ['recipient', 'patientId', 'user', 'study'] as const;
export type RecallKind = (typeof recallKinds)[number];
/** Whose links a page already knows of. */
export type Known = Partial<Readonly<Record<RecallKind, string>>>;

function recallOf(kind: RecallKind, text: string, reason: string): Recall {
  switch (kind) {
    case 'recipient':
      return { recipient: text, reason };
    case 'patientId':
      return { patientId: text, reason };
    case 'user':
      return { user: text, reason };
    case 'study':
      return { study: text, reason };
  }
}

export function RecallDialog({ store, known, kinds = recallKinds, first = 'recipient', close }: { store: StaffStore; known: Known; kinds?: readonly RecallKind[]; first?: RecallKind; close: () => void }): JSX.Element {
  const [kind, setKind] = useState<RecallKind>(first);
  const [texts, setTexts] = useState<Known>(known);
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [ended, setEnded] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const text = texts[kind] ?? '';
  const turn = (to: RecallKind): void => {
    setFailure(null);
    setKind(to);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const found = await recall(store, recallOf(kind, text.trim(), reason.trim()));
    setBusy(false);
    setFailure(typeof found === 'number' ? null : found);
    setEnded(typeof found === 'number' ? found : null);
  };
  return (
    <Dialog heading={t('recall.heading')} close={close}>
      {ended !== null ? (
        <div class="made">
          <p role="status" data-recalled={ended}>{ended === 0 ? t('recall.none') : ended === 1 ? t('recall.doneOne') : t('recall.done', { count: ended })}</p>
          <div class="dialog-foot"><button type="button" class="button button-main" onClick={close}>{t('share.done')}</button></div>
        </div>
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          <p>{t('recall.lead')}</p>
          <Choice legend={t('recall.of')} name="recall" value={kind} change={turn} options={kinds.map((one) => [one, t(`recall.of.${one}`)] as const)} />
          <Field label={t(`recall.which.${kind}`)} hint={t(`recall.hint.${kind}`)} value={text} change={(next) => setTexts({ ...texts, [kind]: next })} maxLength={200} required name="whose" autocomplete="off" />
          <Field label={t('recall.reason')} value={reason} change={setReason} maxLength={1000} required name="reason" autocomplete="off" />
          {failure !== null && (kind === 'user' && failure.status === 404 ? <p class="note note-failed" role="alert">{t('recall.noAccount')}</p> : <FailureNote failure={failure} />)}
          <div class="dialog-foot">
            <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
            <button type="submit" class="button button-danger" disabled={busy || text.trim() === '' || reason.trim() === ''}>{t('recall.submit')}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
