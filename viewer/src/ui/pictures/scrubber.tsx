/** A slider over the pictures of a stack, with what is loaded shown along it. */
import type { JSX } from 'preact';

export function Scrubber({ index, count, loaded, label, value, move }: {
  index: number; count: number; loaded: number; label: string; value: string; move: (index: number) => void;
}): JSX.Element | null {
  if (count < 2) return null;
  return (
    <div class="scrubber">
      <progress class="scrubber-loaded" max={count} value={loaded} aria-hidden="true" />
      <input
        type="range"
        min={1}
        max={count}
        step={1}
        value={index + 1}
        aria-label={label}
        aria-valuetext={value}
        onInput={(event) => move(Number(event.currentTarget.value) - 1)}
      />
    </div>
  );
}
