/** Ending one link, giving it more time, and sending it again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Deliver, Share } from '../../api/sharing';
import { t } from '../../i18n';
import { faultOfEnd } from '../../model/moment';
import { endOf, type End } from '../../state/draft';
import type { Failure } from '../../state/remote';
import { extend, forgetResent, resend, revoke } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Choice } from '../parts/field';
import { zoned } from '../parts/words';
import { Ends } from './ends';
import { MadeLinks } from './madeLink';

interface Props {
  readonly store: StaffStore;
  readonly share: Share;
  readonly close: () => void;
}

export const RevokeDialog = ({ store, share, close }: Props): JSX.Element => (
  <Dialog heading={t('shares.revokeHeading')} close={close}>
    <div class="made">
      <p class="about">{share.recipient}</p>
      <p>{t('shares.revokeLead')}</p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
        <button type="button" class="button button-danger" onClick={() => void revoke(store, share.id).then(close)}>{t('shares.revoke')}</button>
      </div>
    </div>
  </Dialog>
);

export function ExtendDialog({ store, share, close }: Props): JSX.Element {
  const [now] = useState(() => new Date());
  const [end, setEnd] = useState<End>(30);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const made = new Date(share.createdAt);
  const at = endOf(end, now, made);
  const fault = faultOfEnd(at, now, made);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (at === null) return;
    setBusy(true);
    const found = await extend(store, share.id, at);
    setBusy(false);
    setFailure(found);
    if (found === null) close();
  };
  return (
    <Dialog heading={t('extend.heading')} close={close}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <p class="about">{share.recipient} · {t('share.until', { date: zoned(share.expires) })}</p>
        <p class="hint">{t('extend.lead')}</p>
        <Ends legend={t('extend.end')} name="extend" end={end} change={setEnd} now={now} made={made} />
        {fault !== null && <p class="note note-failed" role="alert">{t(`share.lack.end.${fault}`)}</p>}
        {failure !== null && <FailureNote failure={failure} />}
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
          <button type="submit" class="button button-main" disabled={busy || fault !== null}>{t('extend.submit')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function ResendDialog({ store, share, close }: Props): JSX.Element {
  const { resent } = store.get();
  const [deliver, setDeliver] = useState<Deliver>(share.email !== null && share.delivery ? 'mail' : 'copy');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const leave = (): void => {
    close();
    void forgetResent(store);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(await resend(store, share.id, deliver));
    setBusy(false);
  };
  return (
    <Dialog heading={t(resent === null ? 'resend.heading' : 'share.madeHeading')} close={leave} wide={resent !== null}>
      {resent !== null ? <MadeLinks made={[resent]} leftOut={0} withheld={resent.messageWithheld} done={leave} /> : (
        <form onSubmit={(event) => void submit(event)}>
          <p class="about">{share.recipient}</p>
          <p>{t('resend.lead')}</p>
          {share.email !== null && <Choice legend={t('share.deliver')} name="deliver" value={deliver} change={setDeliver} options={[['copy', t('share.deliverCopy')], ['mail', t('share.deliverMail')]]} />}
          {failure !== null && <FailureNote failure={failure} />}
          <div class="dialog-foot">
            <button type="button" class="button" onClick={leave}>{t('action.cancel')}</button>
            <button type="submit" class="button button-main" disabled={busy}>{t('resend.submit')}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
