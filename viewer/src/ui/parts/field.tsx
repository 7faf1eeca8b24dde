/** A label over an input, with a hint below. */
import type { ComponentChildren, InputHTMLAttributes, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly type?: 'text' | 'password';
  readonly name?: string;
  readonly title?: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly inputMode?: 'text' | 'numeric';
  readonly autocomplete?: AutoFill;
  readonly autofocus?: boolean;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export function Field({ label, hint, value, change, ...rest }: Props): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        // The types tell text and password fields apart by other attributes than the ones taken here.
        {...(rest as InputHTMLAttributes<HTMLInputElement>)}
        id={id}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && <p id={`${id}-hint`} class="hint">{hint}</p>}
    </div>
  );
}

export function Select({ label, value, change, children }: { label: string; value: string; change: (value: string) => void; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => change(event.currentTarget.value)}>{children}</select>
    </div>
  );
}

/** A few choices side by side, one of them pressed; radio buttons underneath. */
export function Choice<V extends string>({ legend, name, value, options, change }: {
  legend: string; name: string; value: V; options: readonly (readonly [V, string])[]; change: (value: V) => void;
}): JSX.Element {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="choice-row">
        {options.map(([option, label]) => (
          <label key={option} class={option === value ? 'choice-one choice-on' : 'choice-one'}>
            <input type="radio" name={name} checked={option === value} onChange={() => change(option)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
