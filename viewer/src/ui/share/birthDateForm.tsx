/** The patient's date of birth in three plain fields: a calendar is a long way back to 1950. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { readBirthDate, type TypedDate } from '../../share/factors/birthDate';
import { prove } from '../../share/unlock';
import type { Proving, VisitStore } from '../../share/visit';
import { Refused } from './refused';
import { useFocus } from './useFocus';

const parts = [['day', 'bday-day', 2], ['month', 'bday-month', 2], ['year', 'bday-year', 4]] as const;

export function BirthDateForm({ visit, step }: { visit: VisitStore; step: Proving }): JSX.Element {
  const [typed, setTyped] = useState<TypedDate>({ day: '', month: '', year: '' });
  const [slip, setSlip] = useState(false);
  const box = useFocus(step.busy);
  const submit = (event: Event): void => {
    event.preventDefault();
    const birthDate = readBirthDate(typed);
    setSlip(birthDate === null);
    if (birthDate === null) box.current?.focus();
    else void prove(visit, { birthDate });
  };
  return (
    <form onSubmit={submit}>
      <fieldset class="date-parts" aria-describedby="birth-hint">
        <legend>{t('door.birthDate')}</legend>
        {parts.map(([part, autocomplete, length], at) => (
          <div key={part} class={`field date-${part}`}>
            <label for={`birth-${part}`}>{t(`door.${part}`)}</label>
            <input
              ref={at === 0 ? box : null}
              id={`birth-${part}`}
              value={typed[part]}
              onInput={(event) => {
                setTyped({ ...typed, [part]: event.currentTarget.value });
                setSlip(false);
              }}
              inputMode="numeric"
              autocomplete={autocomplete}
              maxLength={length}
              aria-invalid={slip || step.failure !== null}
              disabled={step.busy}
            />
          </div>
        ))}
        <p id="birth-hint" class="hint">{t('door.birthDateHint')}</p>
      </fieldset>
      {slip && <p class="note note-failed" role="alert">{t('door.noDate')}</p>}
      {step.failure !== null && !slip && <Refused failure={step.failure} factor="birthDate" />}
      <button type="submit" class="button button-main button-big" disabled={step.busy}>{step.busy ? t('door.opening') : t('door.next')}</button>
    </form>
  );
}
