/** Which step of the visit stands here. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Factor } from '../../api/sharing';
import { t } from '../../i18n';
import { accept } from '../../share/consent';
import { ask, resume } from '../../share/unlock';
import { chooseLanguage, type Proving, type Step, type VisitStore } from '../../share/visit';
import { FailureNote } from '../parts/failure';
import { Mark } from '../parts/icons';
import { LanguageChoice } from '../parts/languageChoice';
import { useStore } from '../parts/useStore';
import { whom, zoned } from '../parts/words';
import { AccountForm } from './accountForm';
import { BirthDateForm } from './birthDateForm';
import { CodeForm } from './codeForm';
import { Gallery } from './gallery';
import { PasscodeForm } from './passcodeForm';
import { Refused } from './refused';

function Card({ visit, heading, children }: { visit: VisitStore; heading: string; children: ComponentChildren }): JSX.Element {
  const head = useRef<HTMLHeadingElement>(null);
  const { at } = visit.get().step;
  // From its top, whatever was scrolled before; a field inside that takes the focus keeps it.
  useEffect(() => {
    scrollTo(0, 0);
    const focused = document.activeElement;
    if (focused === null || !focused.matches('.visit-card input')) head.current?.focus({ preventScroll: true });
  }, [at]);
  return (
    <div class="visit">
      <header class="visit-head">
        <p class="visit-brand"><Mark />{t('app.name')}</p>
        <LanguageChoice choose={(wanted) => chooseLanguage(visit, wanted)} />
      </header>
      <main class="visit-card">
        <h1 ref={head} tabIndex={-1}>{heading}</h1>
        {children}
      </main>
    </div>
  );
}

const forms: Readonly<Record<Factor, (props: { visit: VisitStore; step: Proving }) => JSX.Element>> = {
  passcode: PasscodeForm, email: CodeForm, account: AccountForm, birthDate: BirthDateForm,
};

/** A browser that keeps no cookies; or one that came back without, unless its link has ended meanwhile: the answer is the same. */
function NoCookies({ tried }: { tried: boolean }): JSX.Element {
  return (
    <div class="note" role="alert">
      <p>{t(tried ? 'door.notAdmitted' : 'door.noCookies')}</p>
      <p>{t('door.noCookiesWhat')}</p>
      {tried && <p>{t('door.notAdmittedAsk')}</p>}
    </div>
  );
}

function Door({ visit, step }: { visit: VisitStore; step: Extract<Step, { at: 'door' }> }): JSX.Element {
  const { link, ended, busy, failure } = step;
  if (!navigator.cookieEnabled) return <NoCookies tried={false} />;
  return (
    <>
      {ended && <p class="note">{t('door.ended')}</p>}
      {!ended && <p class="lead">{t('door.lead')}</p>}
      {failure !== null && <Refused failure={failure} factor={null} />}
      {link !== null && (
        <button type="button" class="button button-main button-big" disabled={busy} onClick={() => void ask(visit, link)}>
          {busy ? t('door.opening') : t('door.open')}
        </button>
      )}
      {link === null && failure !== null && (
        <button type="button" class="button button-main button-big" onClick={() => location.reload()}>{t('action.retry')}</button>
      )}
    </>
  );
}

function Notice({ visit, step }: { visit: VisitStore; step: Extract<Step, { at: 'notice' }> }): JSX.Element {
  const { opened, busy, failure } = step;
  return (
    <>
      <dl class="facts">
        <div><dt>{t('consent.from')}</dt><dd>{whom(opened.sharedBy)}</dd></div>
        <div><dt>{t('consent.for')}</dt><dd>{opened.recipient}</dd></div>
        <div><dt>{t('consent.until')}</dt><dd>{zoned(opened.expires)}</dd></div>
      </dl>
      <ul class="notice-text" lang={opened.language}>{opened.notice.text.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      {failure !== null && <FailureNote failure={failure} />}
      <button type="button" class="button button-main button-big" disabled={busy} onClick={() => void accept(visit)}>{t('consent.accept')}</button>
    </>
  );
}

function Content({ visit, step }: { visit: VisitStore; step: Exclude<Step, { at: 'pictures' }> }): JSX.Element {
  switch (step.at) {
    case 'noLink':
      return <p class="note">{t('door.noLink')}</p>;
    case 'door':
      return <Door visit={visit} step={step} />;
    case 'factor': {
      const Form = forms[step.factor];
      return <Form key={step.factor} visit={visit} step={step} />;
    }
    case 'noCookies':
      return <><NoCookies tried /><button type="button" class="button button-main button-big" onClick={() => location.reload()}>{t('action.retry')}</button></>;
    case 'resuming':
      return <p role="status">{t('door.opening')}</p>;
    case 'notice':
      return <Notice visit={visit} step={step} />;
    case 'left':
      return <p class="note">{t('gallery.left')}</p>;
  }
}

export function ShareApp({ visit }: { visit: VisitStore }): JSX.Element {
  const { step, language } = useStore(visit);
  useEffect(() => {
    document.title = `${t('title.share')} · ${t('app.name')}`;
  }, [language]);
  useEffect(() => {
    if (step.at === 'resuming') void resume(visit, step.handle);
  }, [step, visit]);
  // The first date that is written costs a browser tens of milliseconds: it has them while the first answer is on its way.
  const waiting = step.at === 'resuming' || (step.at === 'door' && step.busy);
  useEffect(() => {
    if (waiting) zoned(new Date().toISOString());
  }, [waiting]);
  if (step.at === 'pictures') return <Gallery visit={visit} handle={step.handle} opened={step.opened} />;
  return <Card visit={visit} heading={t(step.at === 'notice' ? 'consent.heading' : 'door.heading')}><Content visit={visit} step={step} /></Card>;
}
