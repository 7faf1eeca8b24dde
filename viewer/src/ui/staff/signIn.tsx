/** The sign-in page. One sentence for every cause of failure. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { chooseLanguage, enter } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';
import { Mark } from '../parts/icons';
import { LanguageChoice } from '../parts/languageChoice';

export function SignIn({ store }: { store: StaffStore }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const { signInFailure } = store.get();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await enter(store, { name, password });
    setBusy(false);
  };
  return (
    <main class="gate">
      <form class="gate-card" onSubmit={(event) => void submit(event)}>
        <p class="gate-brand"><Mark />{t('app.name')}</p>
        <h1>{t('signIn.heading')}</h1>
        {signInFailure !== null && <FailureNote failure={signInFailure} />}
        <Field label={t('signIn.name')} value={name} change={setName} name="name" autocomplete="username" autofocus required />
        <Field label={t('signIn.password')} value={password} change={setPassword} name="password" type="password" autocomplete="current-password" required />
        <button type="submit" class="button button-main" disabled={busy}>{t('signIn.submit')}</button>
      </form>
      <p class="gate-foot">{t('signIn.tagline')}</p>
      <LanguageChoice choose={(wanted) => void chooseLanguage(store, wanted)} />
    </main>
  );
}
