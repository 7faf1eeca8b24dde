/** Rectangles over a picture: drawn, moved and resized by a hand, or by keys on the one that has the focus. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { drawn, fresh, handles, handleSpot, hit, keyed, moved, resized, stepOf, type Handle, type Hit, type Region, type Size, type Spot } from '../../model/region';
import { typing } from '../parts/keys';

interface Props {
  readonly label: string;
  readonly describedBy: string;
  readonly size: Size;
  /** CSS pixels per pixel of the picture. */
  readonly scale: number;
  readonly regions: readonly Region[];
  readonly chosen: number | null;
  readonly change: (regions: readonly Region[]) => void;
  readonly choose: (index: number | null) => void;
}

interface Drag {
  readonly from: Spot;
  readonly on: Hit | null;
  readonly before: readonly Region[];
}

/** How near counts, in CSS pixels: a finger hides what it points at. */
const reach = { hand: 22, mouse: 8 };
/** A press that moves less is none to draw by. */
const least = 4;

const cursors: Readonly<Record<Handle, string>> = { nw: 'nwse', se: 'nwse', ne: 'nesw', sw: 'nesw', n: 'ns', s: 'ns', e: 'ew', w: 'ew' };

export const regionLabel = (region: Region, index: number): string => t('review.region', { number: index + 1, ...region });

/** The regions while a hand moves; the one that is drawn is the last. Null where nothing is drawn yet. */
function dragged({ from, on, before }: Drag, to: Spot, size: Size, scale: number): readonly Region[] | null {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (on === null) return Math.max(Math.abs(dx), Math.abs(dy)) * scale < least ? null : [...before, drawn(from, to, size)];
  const region = before[on.index];
  if (region === undefined) return null;
  return before.with(on.index, on.on === 'inside' ? moved(region, dx, dy, size) : resized(region, on.handle, dx, dy, size));
}

function Box({ region, index, scale, chosen, choose }: { region: Region; index: number; scale: number; chosen: boolean; choose: () => void }): JSX.Element {
  const place = { left: `${region.x * scale}px`, top: `${region.y * scale}px`, width: `${region.width * scale}px`, height: `${region.height * scale}px` };
  return (
    <div class={chosen ? 'mask-box mask-chosen' : 'mask-box'} style={place} data-region={`${region.x},${region.y},${region.width},${region.height}`}>
      <button type="button" class="mask-button" aria-label={regionLabel(region, index)} aria-pressed={chosen} onFocus={choose} onClick={choose} />
      <span class="mask-number" aria-hidden="true">{index + 1}</span>
      {chosen && handles.map((handle) => {
        const at = handleSpot({ x: 0, y: 0, width: 100, height: 100 }, handle);
        return <span key={handle} class="mask-handle" style={{ left: `${at.x}%`, top: `${at.y}%` }} aria-hidden="true" />;
      })}
    </div>
  );
}

export function Mask({ label, describedBy, size, scale, regions, chosen, change, choose }: Props): JSX.Element {
  const surface = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  /** Which region gets the focus once it is on the page. */
  const focus = useRef<number | null>(null);
  useEffect(() => {
    if (focus.current === null) return;
    surface.current?.querySelectorAll<HTMLElement>('.mask-button')[focus.current]?.focus();
    focus.current = null;
  });

  const add = (): void => {
    focus.current = regions.length;
    change([...regions, fresh(regions, size)]);
    choose(regions.length);
  };
  const latest = useRef(add);
  latest.current = add;
  // Wherever on the page: the picture need not be found first.
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'n' || typing(event)) return;
      latest.current();
      event.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);

  const spotOf = (event: PointerEvent): Spot => {
    const box = surface.current?.getBoundingClientRect();
    return { x: (event.clientX - (box?.left ?? 0)) / scale, y: (event.clientY - (box?.top ?? 0)) / scale };
  };
  const under = (event: PointerEvent): Hit | null =>
    hit(regions, chosen, spotOf(event), (event.pointerType === 'mouse' ? reach.mouse : reach.hand) / scale);

  const down = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    surface.current?.setPointerCapture(event.pointerId);
    const on = under(event);
    drag.current = { from: spotOf(event), on, before: regions };
    choose(on?.index ?? null);
    if (on === null) surface.current?.focus({ preventScroll: true });
    else surface.current?.querySelectorAll<HTMLElement>('.mask-button')[on.index]?.focus({ preventScroll: true });
  };
  const move = (event: PointerEvent): void => {
    const box = surface.current;
    if (box === null || !event.isPrimary) return;
    if (drag.current === null) {
      const on = under(event);
      box.dataset['cursor'] = on === null ? 'draw' : on.on === 'inside' ? 'move' : cursors[on.handle];
      return;
    }
    const next = dragged(drag.current, spotOf(event), size, scale);
    if (next === null) return;
    change(next);
    if (drag.current.on === null) choose(next.length - 1);
  };
  const up = (event: PointerEvent): void => {
    if (drag.current === null || !event.isPrimary) return;
    const { on, before } = drag.current;
    drag.current = null;
    if (on === null && regions.length > before.length) surface.current?.querySelectorAll<HTMLElement>('.mask-button')[regions.length - 1]?.focus({ preventScroll: true });
  };
  /** The browser took the fingers for itself, to enlarge the page: nothing was meant. */
  const cancel = (): void => {
    if (drag.current === null) return;
    change(drag.current.before);
    choose(null);
    drag.current = null;
  };

  const act = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.metaKey) return false;
    const region = chosen === null ? undefined : regions[chosen];
    if (region === undefined || chosen === null) return false;
    if (event.key === 'Escape') {
      choose(null);
      surface.current?.focus();
      return true;
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      const left = regions.toSpliced(chosen, 1);
      change(left);
      choose(left.length === 0 ? null : Math.min(chosen, left.length - 1));
      if (left.length === 0) surface.current?.focus();
      else focus.current = Math.min(chosen, left.length - 1);
      return true;
    }
    const next = keyed(region, event.key, event.shiftKey, stepOf(size, event.ctrlKey), size);
    if (next !== null) change(regions.with(chosen, next));
    return next !== null;
  };
  const key = (event: KeyboardEvent): void => {
    if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const current = chosen === null ? undefined : regions[chosen];
  return (
    <div
      ref={surface} class="mask" role="group" tabIndex={0} aria-label={label} aria-describedby={describedBy} data-mask
      onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={cancel} onKeyDown={key}
    >
      {regions.map((region, index) => (
        <Box key={index} region={region} index={index} scale={scale} chosen={index === chosen} choose={() => choose(index)} />
      ))}
      <p class="offscreen" aria-live="polite">{current === undefined || chosen === null ? '' : regionLabel(current, chosen)}</p>
    </div>
  );
}
