/** Where a picture lies in a box: as large as fits, its pixels as wide and high as their spacing says, then zoomed and moved. */
import type { InstanceFacts } from '../model/image';
import type { Point } from './viewport';

export interface Fitted {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function fit(facts: InstanceFacts | undefined, box: { readonly width: number; readonly height: number }, zoom: number, pan: Point): Fitted {
  const [row, column] = facts?.spacing ?? [1, 1];
  const wide = (facts?.columns || 1) * column;
  const high = (facts?.rows || 1) * row;
  const scale = Math.min(box.width / wide, box.height / high) * zoom;
  const width = wide * scale;
  const height = high * scale;
  return { x: (box.width - width) / 2 + pan.x, y: (box.height - height) / 2 + pan.y, width, height };
}
