/** The page behind the one-time set-up link: `/setup#<token>`. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { begin, chooseLanguage } from '../../state/session';
import type { Failure } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';
import { Mark } from '../parts/icons';
import { LanguageChoice } from '../parts/languageChoice';

export function SetUp({ store }: { store: StaffStore }): JSX.Element {
  const [token] = useState(() => location.hash.slice(1));
  const [admin, setAdmin] = useState({ name: 'admin', password: '' });
  const [reader, setReader] = useState({ name: '', password: '' });
  const [wanted, setWanted] = useState(true);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(await begin(store, { token, administrator: admin, radiologist: wanted ? reader : null }));
    setBusy(false);
  };
  return (
    <main class="gate">
      <form class="gate-card gate-wide" onSubmit={(event) => void submit(event)}>
        <p class="gate-brand"><Mark />{t('app.name')}</p>
        <h1>{t('setup.heading')}</h1>
        <p class="lead">{token === '' ? t('setup.noToken') : t('setup.lead')}</p>
        {failure !== null && <FailureNote failure={failure} />}
        {token !== '' && (
          <>
            <fieldset class="plain">
              <legend>{t('setup.administrator')}</legend>
              <p class="hint">{t('setup.administratorHint')}</p>
              <div class="pair">
                <Field label={t('setup.name')} value={admin.name} change={(name) => setAdmin({ ...admin, name })} autocomplete="off" required />
                <Field label={t('setup.password')} hint={t('setup.passwordHint')} value={admin.password} change={(password) => setAdmin({ ...admin, password })} type="password" autocomplete="new-password" minLength={10} required />
              </div>
            </fieldset>
            <fieldset class="plain">
              <legend>{t('setup.radiologist')}</legend>
              <label class="tick"><input type="checkbox" checked={wanted} onChange={() => setWanted(!wanted)} /><span>{t('setup.radiologistWanted')}</span></label>
              {wanted && (
                <div class="pair">
                  <Field label={t('setup.name')} value={reader.name} change={(name) => setReader({ ...reader, name })} autocomplete="off" required />
                  <Field label={t('setup.password')} hint={t('setup.passwordHint')} value={reader.password} change={(password) => setReader({ ...reader, password })} type="password" autocomplete="new-password" minLength={10} required />
                </div>
              )}
            </fieldset>
            <button type="submit" class="button button-main" disabled={busy}>{t('setup.submit')}</button>
          </>
        )}
      </form>
      <LanguageChoice choose={(wanted) => void chooseLanguage(store, wanted)} />
    </main>
  );
}
