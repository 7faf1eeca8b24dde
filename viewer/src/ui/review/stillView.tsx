/** A picture in a box that it fits, or that scrolls where it is enlarged; something may lie over it. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Region, Size } from '../../model/region';
import { paintStill } from '../../render/still';

interface Props {
  readonly image: HTMLImageElement | null;
  readonly size: Size;
  readonly blanked: readonly Region[];
  /** 1 fits the box. */
  readonly zoom: number;
  readonly look: string;
  /** What the picture is, where nothing lies over it that says so. */
  readonly label: string | null;
  readonly caption: string;
  readonly name: 'before' | 'after';
  readonly scrolled: (box: HTMLElement) => void;
  readonly over?: (scale: number) => ComponentChildren;
}

/** Left free around a picture, for the handles at its edges. */
const margin = 16;

export function StillView({ image, size, blanked, zoom, look, label, caption, name, scrolled, over }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setRoom({ width: element.offsetWidth, height: element.offsetHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scale = Math.max(0, Math.min((room.width - 2 * margin) / size.columns, (room.height - 2 * margin) / size.rows)) * zoom;
  const fits = scale > 0;
  useLayoutEffect(() => {
    if (canvas.current !== null && image !== null) paintStill(canvas.current, image, size, blanked);
  }, [image, size.columns, size.rows, blanked, fits]);
  const sheet = { width: `${size.columns * scale}px`, height: `${size.rows * scale}px` };
  return (
    <figure class="still" data-still={name} data-state={image === null ? 'loading' : 'drawn'} data-scale={scale}>
      <div class="still-box" ref={box} onScroll={(event) => scrolled(event.currentTarget)} tabIndex={zoom > 1 && label !== null ? 0 : undefined}>
        {fits && (
          <div class="still-sheet" style={sheet}>
            <canvas ref={canvas} class={`still-canvas still-${look}`} role={label === null ? undefined : 'img'} aria-label={label ?? undefined} aria-hidden={label === null} hidden={image === null} />
            {over?.(scale)}
          </div>
        )}
      </div>
      <figcaption class="still-caption" aria-hidden={label === null ? undefined : true}>{caption}</figcaption>
    </figure>
  );
}
