/** A tool is what a drag means. It asks the viewport and tells it; it never asks what kind of viewport it is. */
import type { Point, Viewport } from '../render/viewport';

export type ToolId = 'windowLevel' | 'pan' | 'zoom' | 'scroll';

/** What a tool remembers from the start of a drag. */
export type Move = (to: Point) => void;

export interface Tool {
  readonly id: ToolId;
  readonly key: string;
  readonly cursor: string;
  readonly begin: (viewport: Viewport, from: Point, size: Point) => Move;
}
