/** Signing in as the recipient, with the account of the address that the link was made for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { prove } from '../../share/unlock';
import type { Proving, VisitStore } from '../../share/visit';
import { Labelled } from '../parts/labelled';
import { Refused } from './refused';
import { useFocus } from './useFocus';

export function AccountForm({ visit, step }: { visit: VisitStore; step: Proving }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const box = useFocus(step.busy);
  const submit = (event: Event): void => {
    event.preventDefault();
    void prove(visit, { account: { name: name.trim(), password } });
  };
  const wrong = step.failure !== null;
  return (
    <form onSubmit={submit}>
      <p>{t('door.accountLead')}</p>
      <Labelled label={t('door.accountName')} id="account-name">
        {(control) => <input {...control} ref={box} value={name} onInput={(event) => setName(event.currentTarget.value)} inputMode="email" autocomplete="username" autocapitalize="none" spellcheck={false} required aria-invalid={wrong} disabled={step.busy} />}
      </Labelled>
      <Labelled label={t('door.accountPassword')} id="account-password">
        {(control) => <input {...control} type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} autocomplete="current-password" required aria-invalid={wrong} disabled={step.busy} />}
      </Labelled>
      {step.failure !== null && <Refused failure={step.failure} factor="account" />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}>{step.busy ? t('door.opening') : t('door.account')}</button>
    </form>
  );
}
