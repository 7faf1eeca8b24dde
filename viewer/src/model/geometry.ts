/** Positions and directions in the patient, PS3.3 section C.7.6.2.1.1: +x left, +y posterior, +z head. */

export type Vector = readonly [number, number, number];

export interface Plane {
  readonly position: Vector;
  readonly row: Vector;
  readonly column: Vector;
}

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** How far along its own normal a plane lies, millimetres. */
export const depth = (plane: Plane): number => dot(plane.position, cross(plane.row, plane.column));

/** Whether two planes look the same way, within about one degree. */
export function parallel(a: Plane, b: Plane): boolean {
  return dot(cross(a.row, a.column), cross(b.row, b.column)) > 0.9998 && dot(a.row, b.row) > 0.9998;
}

const names: readonly (readonly [string, string])[] = [['L', 'R'], ['P', 'A'], ['H', 'F']];

/** The letters of a direction, the strongest first: `L`, `PL`, `HAR`. Parts under about 15 degrees are left out. */
export function letters(direction: Vector): string {
  return direction
    .map((value, axis) => ({ size: Math.abs(value), letter: names[axis]?.[value > 0 ? 0 : 1] ?? '' }))
    .filter((part) => part.size > 0.25)
    .toSorted((a, b) => b.size - a.size)
    .map((part) => part.letter)
    .join('');
}

export const opposite = (direction: Vector): Vector => [-direction[0], -direction[1], -direction[2]];

/** The marks at the four edges of an upright picture. */
export function edgeMarks(plane: Plane): { left: string; right: string; top: string; bottom: string } {
  return {
    right: letters(plane.row),
    left: letters(opposite(plane.row)),
    bottom: letters(plane.column),
    top: letters(opposite(plane.column)),
  };
}
