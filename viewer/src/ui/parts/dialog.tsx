/** A modal dialog on the browser's own element, which keeps the focus and closes on Escape. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { Icon } from './icons';

interface Props {
  readonly heading: string;
  readonly close: () => void;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

/** The end of a long form, always in sight: what is lacking or was refused stands beside the button that was pressed. */
export const StuckFoot = ({ said, children }: { said: ComponentChildren; children: ComponentChildren }): JSX.Element => (
  <div class="dialog-end">
    {said}
    <div class="dialog-foot">{children}</div>
  </div>
);

export function Dialog({ heading, close, wide = false, children }: Props): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const head = useRef<HTMLHeadingElement>(null);
  const shown = useRef(heading);
  // Another step of the same dialog: read from its top.
  useEffect(() => {
    if (shown.current === heading) return;
    shown.current = heading;
    element.current?.scrollTo(0, 0);
    head.current?.focus({ preventScroll: true });
  }, [heading]);
  // Closed while it is still in the page, or the browser does not give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <header class="dialog-head">
        <h2 id={id} ref={head} tabIndex={-1}>{heading}</h2>
        <button type="button" class="button-icon" aria-label={t('action.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
