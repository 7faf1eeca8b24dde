/** What a viewport can be asked and told, whoever draws. Tools and components know only this. */
import type { Voi } from '../model/voi';

/** Canvas positions are CSS pixels from the top left of the viewport's element. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the picture lies: canvas position of the centre of pixel (0, 0), and canvas pixels per image pixel. */
export interface Placement {
  readonly origin: Point;
  readonly step: Point;
}

export interface Reading {
  readonly index: number;
  readonly voi: Voi;
  readonly inverted: boolean;
  /** Canvas pixels per image pixel. */
  readonly zoom: number;
  readonly placement: Placement | null;
}

export interface Viewport {
  readonly count: number;
  readonly index: number;
  readonly voi: Voi;
  readonly inverted: boolean;
  scrollTo: (index: number) => void;
  /** Asks once more for the picture in view, which failed. */
  retry: () => void;
  setVoi: (voi: Voi) => void;
  setInverted: (inverted: boolean) => void;
  panBy: (dx: number, dy: number) => void;
  zoomBy: (factor: number, about: Point) => void;
  /** Fits the picture and takes its own window again. */
  reset: () => void;
  destroy: () => void;
}

/** `why` is the server's sentence, empty where it gave none; `final`: it is this picture that it refuses, and will again. */
export type Trouble = { readonly index: number; readonly kind: 'load'; readonly why: string; readonly final: boolean } | { readonly index: number; readonly kind: 'serverOnly' };

/** What a viewport tells while it works. `drawn` comes after the pixels are on the canvas. */
export interface Listener {
  readonly drawn: (reading: Reading) => void;
  readonly progress: (loaded: number, failed: readonly number[]) => void;
  readonly trouble: (trouble: Trouble) => void;
}
