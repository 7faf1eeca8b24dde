/** Single keys count only while nobody is typing and no dialog is open. */
export function typing(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target;
  if (at instanceof HTMLElement && at.matches('input:not([type=range]), textarea, select, [contenteditable]')) return true;
  return document.querySelector('dialog[open]') !== null;
}
