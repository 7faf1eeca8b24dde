/** Copies a text, and says that it did. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Icon } from './icons';

/** The clipboard needs HTTPS or this machine; elsewhere an invisible text field does it. */
async function copy(text: string, near: Element): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  (near.parentElement ?? document.body).append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

export function CopyButton({ text, label, plain = false }: { text: string; label: string; plain?: boolean }): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class={plain ? 'button-icon' : 'button'}
      aria-label={plain ? label : undefined}
      title={plain ? label : undefined}
      onClick={(event) => void copy(text, event.currentTarget).then(setCopied)}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      {!plain && <span>{copied ? t('action.copied') : label}</span>}
      <span class="offscreen" aria-live="polite">{copied ? t('action.copied') : ''}</span>
    </button>
  );
}
