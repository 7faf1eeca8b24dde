/** Which step of the visit stands here. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { accept } from '../../share/consent';
import { ask, resume } from '../../share/unlock';
import type { Step, VisitStore } from '../../share/visit';
import { FailureNote } from '../parts/failure';
import { Mark } from '../parts/icons';
import { useStore } from '../parts/useStore';
import { instant } from '../parts/words';
import { Gallery } from './gallery';
import { PasscodeForm } from './passcodeForm';

function Card({ heading, children }: { heading: string; children: ComponentChildren }): JSX.Element {
  const head = useRef<HTMLHeadingElement>(null);
  // From its top, whatever was scrolled before; a field inside that takes the focus keeps it.
  useEffect(() => {
    scrollTo(0, 0);
    const at = document.activeElement;
    if (at === null || !at.matches('.visit-card input')) head.current?.focus({ preventScroll: true });
  }, [heading]);
  return (
    <main class="visit">
      <p class="visit-brand"><Mark />{t('app.name')}</p>
      <div class="visit-card">
        <h1 ref={head} tabIndex={-1}>{heading}</h1>
        {children}
      </div>
    </main>
  );
}

function Door({ visit, step }: { visit: VisitStore; step: Extract<Step, { at: 'door' }> }): JSX.Element {
  const { link, ended, busy, failure } = step;
  return (
    <Card heading={t('door.heading')}>
      {ended && <p class="note">{t(link === null ? 'door.ended' : 'door.endedWithLink')}</p>}
      {!ended && <p class="lead">{t('door.lead')}</p>}
      {failure !== null && <FailureNote failure={failure} />}
      {link !== null && (
        <button type="button" class="button button-main button-big" disabled={busy} onClick={() => void ask(visit, link)}>
          {busy ? t('door.opening') : t('door.open')}
        </button>
      )}
      {link === null && failure !== null && (
        <button type="button" class="button button-main button-big" onClick={() => location.reload()}>{t('action.retry')}</button>
      )}
    </Card>
  );
}

function Notice({ visit, step }: { visit: VisitStore; step: Extract<Step, { at: 'notice' }> }): JSX.Element {
  const { opened, busy, failure } = step;
  return (
    <Card heading={t('consent.heading')}>
      <dl class="facts">
        <div><dt>{t('consent.from')}</dt><dd>{opened.sharedBy}</dd></div>
        <div><dt>{t('consent.for')}</dt><dd>{opened.recipient}</dd></div>
        <div><dt>{t('consent.until')}</dt><dd>{instant(opened.expires)}</dd></div>
      </dl>
      <ul class="notice-text">{opened.notice.text.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      {failure !== null && <FailureNote failure={failure} />}
      <button type="button" class="button button-main button-big" disabled={busy} onClick={() => void accept(visit)}>{t('consent.accept')}</button>
    </Card>
  );
}

export function ShareApp({ visit }: { visit: VisitStore }): JSX.Element {
  const { step } = useStore(visit);
  useEffect(() => {
    document.title = `${t('title.share')} · ${t('app.name')}`;
    if (step.at === 'resuming') void resume(visit, step.handle, null);
  }, [step, visit]);
  switch (step.at) {
    case 'noLink':
      return <Card heading={t('door.heading')}><p class="note">{t('door.noLink')}</p></Card>;
    case 'door':
      return <Door visit={visit} step={step} />;
    case 'passcode':
      return <Card heading={t('door.heading')}><PasscodeForm visit={visit} step={step} /></Card>;
    case 'resuming':
      return <Card heading={t('door.heading')}><p role="status">{t('door.opening')}</p></Card>;
    case 'notice':
      return <Notice visit={visit} step={step} />;
    case 'pictures':
      return <Gallery visit={visit} handle={step.handle} opened={step.opened} />;
    case 'left':
      return <Card heading={t('door.heading')}><p class="note">{t('gallery.left')}</p></Card>;
  }
}
