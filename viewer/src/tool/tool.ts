/** A tool is what a drag means. It asks the viewport and tells it; it never asks what kind of viewport it is. */
import type { Word } from '../i18n';
import type { Point, Viewport } from '../render/viewport';

/** What a tool remembers from the start of a drag. */
export type Move = (to: Point) => void;

export interface Tool {
  readonly id: string;
  readonly word: Word;
  /** A path in a square of 24, drawn as a line. */
  readonly icon: string;
  /** The single key that chooses it, in lower case. */
  readonly key: string;
  /** As in a style sheet. */
  readonly cursor: string;
  readonly begin: (viewport: Viewport, from: Point, size: Point) => Move;
}
