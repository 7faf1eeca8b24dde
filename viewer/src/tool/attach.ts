/** Turns pointers and the wheel over an element into moves of tools: left is the chosen tool, middle pans, right zooms, two fingers pinch. */
import type { Point, Viewport } from '../render/viewport';
import { pan } from './pan';
import type { Move, Tool } from './tool';
import { zoom } from './zoom';

const pinch = (points: readonly Point[]): { middle: Point; spread: number } | null => {
  const [a, b] = points;
  if (a === undefined || b === undefined) return null;
  return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, spread: Math.hypot(a.x - b.x, a.y - b.y) };
};

/** Returns what undoes it. `chosen` is asked at each press, so that the tool can change in between. */
export function attach(element: HTMLElement, viewport: Viewport, chosen: () => Tool): () => void {
  const held = new Map<number, Point>();
  let move: Move | null = null;
  let wheel = 0;

  const place = (event: PointerEvent | WheelEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const down = (event: PointerEvent): void => {
    element.setPointerCapture(event.pointerId);
    held.set(event.pointerId, place(event));
    const tool = event.button === 1 ? pan : event.button === 2 ? zoom : chosen();
    move = held.size > 1 ? null : tool.begin(viewport, place(event), { x: element.clientWidth, y: element.clientHeight });
    if (event.button === 1) event.preventDefault();
  };
  const moved = (event: PointerEvent): void => {
    if (!held.has(event.pointerId)) return;
    const before = held.size === 2 ? pinch([...held.values()]) : null;
    held.set(event.pointerId, place(event));
    const after = before === null ? null : pinch([...held.values()]);
    if (before !== null && after !== null) {
      viewport.panBy(after.middle.x - before.middle.x, after.middle.y - before.middle.y);
      if (before.spread > 0 && after.spread > 0) viewport.zoomBy(after.spread / before.spread, after.middle);
      return;
    }
    move?.(place(event));
  };
  const up = (event: PointerEvent): void => {
    held.delete(event.pointerId);
    move = null;
  };
  const turned = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.ctrlKey) {
      viewport.zoomBy(Math.exp(-event.deltaY / 200), place(event));
      return;
    }
    // A notch of a wheel is about 100 pixels; a trackpad sends many small ones.
    wheel += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / 100 : event.deltaY / 3;
    const steps = Math.abs(event.deltaY) >= 50 ? Math.sign(event.deltaY) * Math.max(1, Math.round(Math.abs(wheel))) : Math.trunc(wheel * 3);
    if (steps === 0) return;
    wheel = 0;
    viewport.scrollTo(viewport.index + steps);
  };
  const menu = (event: Event): void => event.preventDefault();

  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', moved);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('wheel', turned, { passive: false });
  element.addEventListener('contextmenu', menu);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', moved);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('wheel', turned);
    element.removeEventListener('contextmenu', menu);
  };
}
