/** A control under its label, with a hint below that describes it. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** What ties the control to both. */
export interface Control {
  readonly id: string;
  readonly 'aria-describedby'?: string;
}

export function Labelled({ label, hint, id: own, children }: {
  label: string; hint?: string | undefined;
  /** Where it is known by one. */
  id?: string;
  children: (control: Control) => JSX.Element;
}): JSX.Element {
  const made = useId();
  const id = own ?? made;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(hint === undefined ? { id } : { id, 'aria-describedby': `${id}-hint` })}
      {hint !== undefined && <p id={`${id}-hint`} class="hint">{hint}</p>}
    </div>
  );
}
