/** Fields of forms, each under its label. */
import type { ComponentChildren, InputHTMLAttributes, JSX, TextareaHTMLAttributes } from 'preact';
import { Icon } from './icons';
import { Labelled } from './labelled';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly type?: 'text' | 'password' | 'email' | 'date' | 'time';
  readonly name?: string;
  readonly title?: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly min?: string;
  readonly max?: string;
  readonly inputMode?: 'text' | 'numeric';
  readonly autocomplete?: AutoFill;
  readonly autofocus?: boolean;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export const Field = ({ label, hint, value, change, ...rest }: Props): JSX.Element => (
  <Labelled label={label} hint={hint}>
    {/* The types tell text and password fields apart by other attributes than the ones taken here. */}
    {(control) => <input {...(rest as InputHTMLAttributes<HTMLInputElement>)} {...control} value={value} onInput={(event) => change(event.currentTarget.value)} />}
  </Labelled>
);

export const TextArea = ({ label, hint, value, change, ...rest }: {
  label: string; hint?: string; value: string; change: (value: string) => void; rows?: number; maxLength?: number; name?: string; required?: boolean;
}): JSX.Element => (
  <Labelled label={label} hint={hint}>
    {(control) => <textarea {...(rest as TextareaHTMLAttributes<HTMLTextAreaElement>)} {...control} value={value} onInput={(event) => change(event.currentTarget.value)} />}
  </Labelled>
);

export function Tick({ checked, change, label, hint, warn = false }: { checked: boolean; change: (checked: boolean) => void; label: string; hint?: string; warn?: boolean }): JSX.Element {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{label}{hint !== undefined && <span class={warn ? 'hint hint-warn' : 'hint'}>{hint}</span>}</span>
    </label>
  );
}

/** What is seldom changed: its name, and beside it what holds now. */
export function Fold({ name, now, children, ...rest }: { name: string; now: string; children: ComponentChildren; 'data-lack'?: string }): JSX.Element {
  return (
    <details class="fold" {...rest}>
      <summary><Icon name="chevron" /><span class="fold-name">{name}</span><span class="fold-now">{now}</span></summary>
      <div class="fold-body">{children}</div>
    </details>
  );
}

export const Select = ({ label, hint, value, change, children }: { label: string; hint?: string; value: string; change: (value: string) => void; children: ComponentChildren }): JSX.Element => (
  <Labelled label={label} hint={hint}>
    {(control) => <select {...control} value={value} onChange={(event) => change(event.currentTarget.value)}>{children}</select>}
  </Labelled>
);

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
