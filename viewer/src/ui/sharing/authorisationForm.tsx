/** What a signed form says, with every element that 45 CFR 164.508(c) asks for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formKinds } from '../../api/authorisations';
import type { Statements, WantedAuthorisation } from '../../api/sharing';
import { t } from '../../i18n';
import { emptyTerms, lackOfTerms, termsOf, type Terms } from '../../state/authorisation';
import type { Recorded } from '../../state/making';
import type { Failure } from '../../state/remote';
import { StuckFoot } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field, TextArea, Tick } from '../parts/field';
import { Labelled } from '../parts/labelled';

const statements = ['revocation', 'conditioning', 'redisclosure'] as const satisfies readonly (keyof Statements)[];

export function AuthorisationForm({ study, start, lead, leave, keep, back, chosen }: {
  study: string; start: Partial<Terms>; lead: string; leave: string;
  /** Records it and attaches the scan; only the scan where the record stands already. */
  keep: (wanted: WantedAuthorisation, form: File | null, stands: string | null) => Promise<Recorded>;
  back: () => void; chosen: (id: string, purpose: string) => void;
}): JSX.Element {
  const [terms, setTerms] = useState<Terms>({ ...emptyTerms, ...start });
  const [form, setForm] = useState<File | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [lack, setLack] = useState(false);
  const [busy, setBusy] = useState(false);
  // It stands already, and only its scan was not taken.
  const [stands, setStands] = useState<string | null>(null);
  const set = (part: Partial<Terms>): void => setTerms({ ...terms, ...part });
  const missing = lackOfTerms(terms);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setLack(missing !== null);
    if (missing !== null) return;
    setBusy(true);
    const done = await keep(termsOf(terms, study), form, stands);
    setBusy(false);
    setStands(done.id);
    setFailure(done.failure);
    if (done.id !== null && done.failure === null) chosen(done.id, terms.purpose.trim());
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <p class="hint">{lead}</p>
      <TextArea label={t('authorisation.description')} value={terms.description} change={(description) => set({ description })} rows={2} maxLength={2000} required name="description" />
      <div class="pair">
        <Field label={t('authorisation.discloser')} value={terms.discloser} change={(discloser) => set({ discloser })} maxLength={200} required name="discloser" />
        <Field label={t('authorisation.recipient')} value={terms.recipient} change={(recipient) => set({ recipient })} maxLength={200} required name="to" />
      </div>
      <TextArea label={t('authorisation.purpose')} value={terms.purpose} change={(purpose) => set({ purpose })} rows={2} maxLength={2000} required name="why" />
      <div class="pair">
        <Field label={t('authorisation.expires')} type="date" value={terms.expires} change={(expires) => set({ expires })} name="lastDay" />
        <Field label={t('authorisation.expiryEvent')} hint={t('authorisation.expiryHint')} value={terms.expiryEvent} change={(expiryEvent) => set({ expiryEvent })} maxLength={2000} name="event" />
      </div>
      <div class="pair">
        <Field label={t('authorisation.signedBy')} value={terms.signedBy} change={(signedBy) => set({ signedBy })} maxLength={200} required name="signedBy" />
        <Field label={t('authorisation.signedOn')} type="date" value={terms.signedOn} change={(signedOn) => set({ signedOn })} required name="signedOn" />
      </div>
      <Tick checked={terms.byRepresentative} change={(byRepresentative) => set({ byRepresentative })} label={t('authorisation.byRepresentative')} />
      {terms.byRepresentative && <Field label={t('authorisation.representative')} hint={t('authorisation.representativeHint')} value={terms.representative} change={(representative) => set({ representative })} maxLength={2000} required name="representative" />}
      <fieldset class="ticks">
        <legend>{t('authorisation.statements')}</legend>
        {statements.map((one) => <Tick key={one} checked={terms.statements[one]} change={(said) => set({ statements: { ...terms.statements, [one]: said } })} label={t(`authorisation.statement.${one}`)} />)}
      </fieldset>
      <Labelled label={t('authorisation.form')} hint={t('authorisation.formHint')} id="form-file">
        {(control) => <input {...control} type="file" accept={formKinds.join(',')} onChange={(event) => setForm(event.currentTarget.files?.[0] ?? null)} />}
      </Labelled>
      <StuckFoot said={<>{lack && missing !== null && <p class="note note-failed" role="alert">{t(`authorisation.lack.${missing}`)}</p>}{failure !== null && <FailureNote failure={failure} />}</>}>
        <button type="button" class="button" onClick={() => (stands === null ? back() : chosen(stands, terms.purpose.trim()))}>{leave}</button>
        <button type="submit" class="button button-main" disabled={busy}>{t('authorisation.save')}</button>
      </StuckFoot>
    </form>
  );
}
