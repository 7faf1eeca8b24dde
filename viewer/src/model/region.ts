/**
 * Rectangles that are blanked in a picture: whole pixels, inside the picture, at least one pixel each way. A place
 * (`Spot`) is in pixels from the picture's top left corner and may lie between pixels.
 */

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Handle = (typeof handles)[number];

export type Hit = { readonly on: 'handle'; readonly index: number; readonly handle: Handle } | { readonly on: 'inside'; readonly index: number };

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), Math.max(least, most));

/** The region of that size and place as far as the picture goes: moved into it first, and cut where it is larger. */
export function clamped({ x, y, width, height }: Region, { columns, rows }: Size): Region {
  const wide = within(Math.round(width), 1, columns);
  const high = within(Math.round(height), 1, rows);
  return { x: within(Math.round(x), 0, columns - wide), y: within(Math.round(y), 0, rows - high), width: wide, height: high };
}

/** From corner to corner, in any direction. A pixel that is touched is blanked whole: what is left could be read. */
export function drawn(a: Spot, b: Spot, { columns, rows }: Size): Region {
  const span = (from: number, to: number, most: number): readonly [start: number, length: number] => {
    const start = within(Math.floor(Math.min(from, to)), 0, most - 1);
    return [start, within(Math.ceil(Math.max(from, to)) - start, 1, most - start)];
  };
  const [x, width] = span(a.x, b.x, columns);
  const [y, height] = span(a.y, b.y, rows);
  return { x, y, width, height };
}

export const moved = (region: Region, dx: number, dy: number, size: Size): Region => clamped({ ...region, x: region.x + dx, y: region.y + dy }, size);

/** One edge or corner follows the hand; past the opposite one it turns over. */
export function resized(region: Region, handle: Handle, dx: number, dy: number, size: Size): Region {
  const move = (letter: string, by: number): number => (handle.includes(letter) ? by : 0);
  return drawn(
    { x: region.x + move('w', dx), y: region.y + move('n', dy) },
    { x: region.x + region.width + move('e', dx), y: region.y + region.height + move('s', dy) },
    size,
  );
}

/** Where a handle of a region is. */
export function handleSpot({ x, y, width, height }: Region, handle: Handle): Spot {
  return {
    x: handle.includes('w') ? x : handle.includes('e') ? x + width : x + width / 2,
    y: handle.includes('n') ? y : handle.includes('s') ? y + height : y + height / 2,
  };
}

const holds = ({ x, y, width, height }: Region, spot: Spot): boolean => spot.x >= x && spot.x < x + width && spot.y >= y && spot.y < y + height;

/**
 * What is under a place: a handle of the chosen region, as far as `reach`, or a region, the one on top first. From
 * inside, a handle is reached no farther than a quarter of the region, so that a small one can be taken by its middle.
 */
export function hit(regions: readonly Region[], chosen: number | null, spot: Spot, reach: number): Hit | null {
  const region = chosen === null ? undefined : regions[chosen];
  if (region !== undefined && chosen !== null) {
    const inside = holds(region, spot);
    const near = { x: inside ? Math.min(reach, region.width / 4) : reach, y: inside ? Math.min(reach, region.height / 4) : reach };
    const off = (handle: Handle): number => {
      const at = handleSpot(region, handle);
      const [dx, dy] = [Math.abs(at.x - spot.x), Math.abs(at.y - spot.y)];
      return dx <= near.x && dy <= near.y ? Math.hypot(dx, dy) : Number.POSITIVE_INFINITY;
    };
    const [nearest] = handles.map((handle) => ({ handle, off: off(handle) })).filter((one) => one.off < Number.POSITIVE_INFINITY).toSorted((a, b) => a.off - b.off);
    if (nearest !== undefined) return { on: 'handle', index: chosen, handle: nearest.handle };
    if (inside) return { on: 'inside', index: chosen };
  }
  const index = regions.findLastIndex((one) => holds(one, spot));
  return index < 0 ? null : { on: 'inside', index };
}

const arrows: ReadonlyMap<string, readonly [number, number]> = new Map([['ArrowLeft', [-1, 0]], ['ArrowRight', [1, 0]], ['ArrowUp', [0, -1]], ['ArrowDown', [0, 1]]]);

/** An arrow moves; with Shift it moves the right or the lower edge. Null for every other key. */
export function keyed(region: Region, key: string, shift: boolean, step: number, size: Size): Region | null {
  const arrow = arrows.get(key);
  if (arrow === undefined) return null;
  const [dx, dy] = [arrow[0] * step, arrow[1] * step];
  if (!shift) return moved(region, dx, dy, size);
  // An edge that meets the other one stops there: keys do not turn a region over.
  return {
    ...region,
    width: within(region.width + dx, 1, size.columns - region.x),
    height: within(region.height + dy, 1, size.rows - region.y),
  };
}

/** How far one press of an arrow goes: a hundredth of the picture, or one pixel. */
export const stepOf = (size: Size, fine: boolean): number => (fine ? 1 : Math.max(1, Math.round(Math.max(size.columns, size.rows) / 100)));

/** A new region in the middle of the picture, or beside the one that was put there before. */
export function fresh(regions: readonly Region[], size: Size): Region {
  const [width, height] = [Math.max(1, Math.round(size.columns / 4)), Math.max(1, Math.round(size.rows / 10))];
  const taken = (region: Region): boolean => regions.some((one) => one.x === region.x && one.y === region.y);
  const middle = clamped({ x: (size.columns - width) / 2, y: (size.rows - height) / 2, width, height }, size);
  for (let at = 0, region = middle; at < 10; at += 1, region = moved(region, 0, height, size)) if (!taken(region)) return region;
  return middle;
}

/** How much of the picture is blanked, 0 to 1; what lies under two regions counts once. */
export function covered(regions: readonly Region[], size: Size): number {
  const xs = [...new Set(regions.flatMap((one) => [one.x, one.x + one.width]))].toSorted((a, b) => a - b);
  const area = xs.slice(1).reduce((sum, right, at) => {
    const left = xs[at] ?? right;
    const columns = regions.filter((one) => one.x <= left && one.x + one.width >= right).toSorted((a, b) => a.y - b.y);
    let [high, until] = [0, 0];
    for (const one of columns) {
      high += Math.max(0, one.y + one.height - Math.max(one.y, until));
      until = Math.max(until, one.y + one.height);
    }
    return sum + (right - left) * high;
  }, 0);
  return area / (size.columns * size.rows);
}
