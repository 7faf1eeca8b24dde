/** From a study to links in four clicks: what is asked for, what the recipients will see, and the links, shown once. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Wanted } from '../../api/sharing';
import { t } from '../../i18n';
import { readableName } from '../../model/personName';
import { freshDraft, lackOf, purposeOf, purposeOfRecord, wantedOf, type Draft, type Lack } from '../../state/draft';
import { forgetMade, lookAhead, record, share } from '../../state/making';
import { known, type Failure } from '../../state/remote';
import { may as allowed } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { Dialog, StuckFoot } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Choice } from '../parts/field';
import { studyName } from '../parts/words';
import { AuthorisationForm } from './authorisationForm';
import { Message, Protection, Reason, Scope } from './choices';
import { Ends } from './ends';
import { MadeLinks } from './madeLink';
import { PreviewStep } from './preview';
import { Recipients } from './recipients';

export interface Shareable {
  readonly studyInstanceUid: string;
  readonly patientName: string;
  readonly description: string;
  readonly studyDate: string;
}

type Step = 'write' | 'authorise' | 'look';

function headingOf(step: Step, made: number, wanted: Wanted | null): string {
  if (made > 0) return t(made === 1 ? 'share.madeHeading' : 'share.madeHeadingMany');
  if (step === 'authorise') return t('authorisation.heading');
  const [first, ...more] = wanted?.recipients ?? [];
  if (step === 'write' || first === undefined) return t('share.heading');
  return more.length === 0 ? t('share.previewHeading', { recipient: first.name }) : t('share.previewHeadingMany');
}

function Write({ store, study, draft, change, failure, busy, cancel, look, record }: {
  store: StaffStore; study: Shareable; draft: Draft; change: (part: Partial<Draft>) => void; failure: Failure | null; busy: boolean;
  cancel: () => void; look: () => void; record: () => void;
}): JSX.Element {
  const [lack, setLack] = useState<Lack | null>(null);
  const [now] = useState(() => new Date());
  const form = useRef<HTMLFormElement>(null);
  const withoutFactor = allowed(store, 'shareWithoutFactor');
  // What is lacking may be folded away: it is unfolded, and gets the focus.
  useLayoutEffect(() => {
    const place = lack === null ? null : (form.current?.querySelector<HTMLElement>(`[data-lack~="${lack}"]`) ?? null);
    if (place instanceof HTMLDetailsElement) place.open = true;
    const fields = [...(place?.querySelectorAll<HTMLInputElement>('input, button:not(summary *)') ?? [])];
    (fields.find((one) => one instanceof HTMLInputElement && one.value === '') ?? fields[0])?.focus();
  }, [lack]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = lackOf(draft, new Date(), withoutFactor);
    setLack(found);
    if (found === null) look();
  };
  const edit = (part: Partial<Draft>): void => {
    setLack(null);
    change(part);
  };
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <p class="about">{studyName(study)}</p>
      <Recipients draft={draft} change={edit} />
      <div class="pair">
        <Choice legend={t('share.may')} name="may" value={draft.may} change={(may) => edit({ may })} options={[['view', t('share.view')], ['download', t('share.download')]]} />
        <Choice legend={t('share.deliver')} name="deliver" value={draft.deliver} change={(deliver) => edit({ deliver })} options={[['copy', t('share.deliverCopy')], ['mail', t('share.deliverMail')]]} />
      </div>
      <Ends legend={t('share.expires')} name="ends" end={draft.end} change={(end) => edit({ end })} now={now} />
      <div class="folds">
        <Scope draft={draft} change={edit} study={study.studyInstanceUid} />
        <Protection draft={draft} change={edit} withoutFactor={withoutFactor} />
        <Reason store={store} draft={draft} change={edit} study={study.studyInstanceUid} record={record} />
        <Message draft={draft} change={edit} />
      </div>
      <StuckFoot said={<>{lack !== null && <p class="note note-failed" role="alert" data-said={lack}>{t(`share.lack.${lack}`)}</p>}{failure !== null && <FailureNote failure={failure} />}</>}>
        <button type="button" class="button" onClick={cancel}>{t('action.cancel')}</button>
        <button type="submit" class="button button-main" disabled={busy}>{busy ? t('share.looking') : t('share.preview')}</button>
      </StuckFoot>
    </form>
  );
}

export function ShareDialog({ store, study, close }: { store: StaffStore; study: Shareable; close: () => void }): JSX.Element {
  const { made, preview, authorisations, language } = store.get();
  const [draft, setDraft] = useState<Draft>(() => freshDraft(language));
  const [step, setStep] = useState<Step>('write');
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  // What was refused may be just what is being changed.
  const change = (part: Partial<Draft>): void => {
    setFailure(null);
    setDraft({ ...draft, ...part });
  };
  const leave = (): void => {
    forgetMade(store);
    close();
  };
  const go = (to: Step): void => {
    setFailure(null);
    setStep(to);
  };
  const run = async (doing: () => Promise<Failure | null>): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    const found = await doing();
    setBusy(false);
    setFailure(found);
    return found === null;
  };
  const look = async (): Promise<void> => {
    const asked = wantedOf(draft, [study.studyInstanceUid], new Date());
    if (!(await run(() => lookAhead(store, asked)))) return;
    setWanted(asked);
    setStep('look');
  };
  const heading = headingOf(step, made?.shares.length ?? 0, wanted);
  return (
    <Dialog heading={heading} close={leave} wide>
      {made !== null && <MadeLinks made={made.shares} leftOut={made.leftOut} done={leave} />}
      {made === null && step === 'write' && (
        <Write store={store} study={study} draft={draft} change={change} failure={failure} busy={busy} cancel={leave} look={() => void look()} record={() => go('authorise')} />
      )}
      {made === null && step === 'authorise' && (
        <AuthorisationForm
          study={study.studyInstanceUid}
          lead={t('authorisation.lead')}
          leave={t('share.back')}
          keep={(asked, form, stands) => record(store, asked, form, stands)}
          start={{
            description: [study.description, study.studyDate.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')].filter((part) => part !== '').join(', '),
            discloser: known(authorisations)?.[0]?.discloser ?? '',
            recipient: draft.people.map((one) => one.name.trim()).filter((name) => name !== '').join(', '),
            purpose: purposeOf({ ...draft, authority: 'ownAccess' }),
            signedBy: readableName(study.patientName),
          }}
          back={() => go('write')}
          chosen={(authorisation, purpose) => {
            change({ authorisation, authority: 'authorisation', purpose: purposeOfRecord(purpose) });
            go('write');
          }}
        />
      )}
      {made === null && step === 'look' && wanted !== null && preview !== null && (
        <PreviewStep preview={preview} wanted={wanted} failure={failure} busy={busy} back={() => go('write')} make={() => void run(() => share(store, wanted))} />
      )}
    </Dialog>
  );
}
