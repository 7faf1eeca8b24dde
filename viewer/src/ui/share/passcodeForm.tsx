/** The passcode, typed large; mistakes that can be seen here are told here. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { normalisePasscode, passcodeLength, spelledPasscode } from '../../model/passcode';
import { readPasscode } from '../../share/factors/passcode';
import { prove } from '../../share/unlock';
import type { Proving, VisitStore } from '../../share/visit';
import { Labelled } from '../parts/labelled';
import { Refused } from './refused';
import { useFocus } from './useFocus';

export function PasscodeForm({ visit, step }: { visit: VisitStore; step: Proving }): JSX.Element {
  const [text, setText] = useState('');
  const [slip, setSlip] = useState('');
  const box = useFocus(step.busy);
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = readPasscode(text);
    if (typed.kind === 'ready') {
      setSlip('');
      void prove(visit, { passcode: typed.code });
      return;
    }
    setSlip(typed.kind === 'short' ? t('door.short', { count: typed.count }) : t('door.foreign'));
    box.current?.focus();
  };
  const change = (input: HTMLInputElement): void => {
    const code = normalisePasscode(input.value).slice(0, passcodeLength);
    const next = code.length === passcodeLength ? spelledPasscode(code) : code;
    // What is typed beyond the eighth character changes no state, so the field is put right here.
    if (input.value !== next) input.value = next;
    setText(next);
    setSlip('');
  };
  return (
    <form onSubmit={submit}>
      <Labelled label={t('door.passcode')} hint={t('door.passcodeHint')} id="passcode">
        {(control) => (
          <input
            {...control}
            ref={box}
            class="code-input"
            value={text}
            onInput={(event) => change(event.currentTarget)}
            inputMode="text"
            autocomplete="one-time-code"
            autocapitalize="characters"
            autocorrect="off"
            spellcheck={false}
            aria-invalid={slip !== '' || step.failure !== null}
            disabled={step.busy}
          />
        )}
      </Labelled>
      {slip !== '' && <p class="note note-failed" role="alert">{slip}</p>}
      {step.failure !== null && slip === '' && <Refused failure={step.failure} factor="passcode" />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}>{step.busy ? t('door.opening') : t('door.unlock')}</button>
    </form>
  );
}
