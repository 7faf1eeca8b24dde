/** The code from the e-mail: nothing is mailed before the person asks for it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { codeLength, digitsOf, spelledCode } from '../../share/factors/code';
import { prove, sendCode } from '../../share/unlock';
import type { Proving, VisitStore } from '../../share/visit';
import { Icon } from '../parts/icons';
import { Labelled } from '../parts/labelled';
import { Refused } from './refused';
import { useFocus } from './useFocus';

function Ask({ visit, step }: { visit: VisitStore; step: Proving }): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    void sendCode(visit);
  };
  return (
    <form onSubmit={submit}>
      <p>{t('door.emailLead')}</p>
      {step.failure !== null && <Refused failure={step.failure} factor={null} />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}><Icon name="mail" />{step.busy ? t('door.opening') : t('door.emailSend')}</button>
    </form>
  );
}

function Type({ visit, step }: { visit: VisitStore; step: Proving }): JSX.Element {
  const [text, setText] = useState('');
  const [slip, setSlip] = useState('');
  const box = useFocus(step.busy);
  // What was typed belongs to the code before.
  useLayoutEffect(() => {
    setText('');
    setSlip('');
  }, [step.mailed]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const code = digitsOf(text);
    if (code.length === codeLength) {
      setSlip('');
      void prove(visit, { code });
      return;
    }
    setSlip(t('door.codeShort', { count: code.length }));
    box.current?.focus();
  };
  return (
    <form onSubmit={submit}>
      <Labelled label={t('door.email')} hint={t('door.emailHint')} id="code">
        {(control) => (
          <input
            {...control}
            ref={box}
            class="code-input"
            value={text}
            onInput={(event) => {
              const next = spelledCode(digitsOf(event.currentTarget.value));
              if (event.currentTarget.value !== next) event.currentTarget.value = next;
              setText(next);
              setSlip('');
            }}
            inputMode="numeric"
            autocomplete="one-time-code"
            autocorrect="off"
            spellcheck={false}
            aria-invalid={slip !== '' || step.failure !== null}
            disabled={step.busy}
          />
        )}
      </Labelled>
      {slip !== '' && <p class="note note-failed" role="alert">{slip}</p>}
      {step.failure !== null && slip === '' && <Refused failure={step.failure} factor="email" />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}>{step.busy ? t('door.opening') : t('door.next')}</button>
      <button type="button" class="button button-quiet" disabled={step.busy} onClick={() => void sendCode(visit)}>{t('door.emailAgain')}</button>
      <p role="status" class="hint">{step.mailed > 1 ? t('door.emailResent') : ''}</p>
    </form>
  );
}

export const CodeForm = (props: { visit: VisitStore; step: Proving }): JSX.Element => (props.step.mailed === 0 ? <Ask {...props} /> : <Type {...props} />);
