/** The first field of a form has the focus, and gets it back when an answer is there. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export function useFocus(busy: boolean): RefObject<HTMLInputElement | null> {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!busy) box.current?.focus();
  }, [busy]);
  return box;
}
