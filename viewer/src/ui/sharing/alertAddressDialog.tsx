/** Where somebody is told by e-mail what happens to their links. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Failure } from '../../state/remote';
import { alertAddress, setAlertAddress } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';

export function AlertAddressDialog({ store, close }: { store: StaffStore; close: () => void }): JSX.Element {
  const [email, setEmail] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void alertAddress(store).then((found) => {
      if (typeof found === 'string') setEmail(found);
      else setFailure(found);
    });
  }, [store]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const found = await setAlertAddress(store, (email ?? '').trim());
    setBusy(false);
    setFailure(found);
    if (found === null) close();
  };
  return (
    <Dialog heading={t('alerts.address.heading')} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p>{t('alerts.address.lead')}</p>
        {email !== null && <Field label={t('alerts.address.email')} hint={t('alerts.address.hint')} type="email" name="alert-address" autocomplete="email" maxLength={254} value={email} change={setEmail} />}
        {failure !== null && <FailureNote failure={failure} />}
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
          <button type="submit" class="button button-main" disabled={busy || email === null}>{t('action.save')}</button>
        </div>
      </form>
    </Dialog>
  );
}
