/** Signing in as the recipient, with the account of the address that the link was made for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { prove } from '../../share/unlock';
import type { Proving, VisitStore } from '../../share/visit';
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
      <div class="field">
        <label for="account-name">{t('door.accountName')}</label>
        <input ref={box} id="account-name" value={name} onInput={(event) => setName(event.currentTarget.value)} inputMode="email" autocomplete="username" autocapitalize="none" spellcheck={false} required aria-invalid={wrong} disabled={step.busy} />
      </div>
      <div class="field">
        <label for="account-password">{t('door.accountPassword')}</label>
        <input id="account-password" type="password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} autocomplete="current-password" required aria-invalid={wrong} disabled={step.busy} />
      </div>
      {step.failure !== null && <Refused failure={step.failure} factor="account" />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}>{step.busy ? t('door.opening') : t('door.account')}</button>
    </form>
  );
}
