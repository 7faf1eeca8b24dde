/** Windows: which stored values become which greys. PS3.3 section C.11.2.1.2. */

export interface Voi {
  readonly center: number;
  readonly width: number;
}

export interface Preset extends Voi {
  readonly key: string;
  readonly name: 'soft' | 'lung' | 'liver' | 'bone' | 'brain' | 'mediastinum' | 'angio';
}

/** Presets for CT, in the order of their keys. */
export const ctPresets: readonly Preset[] = [
  { key: '1', name: 'soft', center: 40, width: 400 },
  { key: '2', name: 'lung', center: -600, width: 1500 },
  { key: '3', name: 'liver', center: 90, width: 150 },
  { key: '4', name: 'bone', center: 480, width: 2500 },
  { key: '5', name: 'brain', center: 40, width: 80 },
  { key: '6', name: 'mediastinum', center: 50, width: 350 },
  { key: '7', name: 'angio', center: 300, width: 600 },
];

/** The interval of the linear function with the standard's half-pixel terms: 40/400 is −160 to 239. */
export function voiRange({ center, width }: Voi): { lower: number; upper: number } {
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 };
}

export function voiFromRange(lower: number, upper: number): Voi {
  const width = upper - lower + 1;
  return { width, center: (lower + upper + 1) / 2 };
}

/**
 * The window after a drag of `dx`, `dy` CSS pixels: right widens, down raises the centre (a darker picture).
 * The speed follows the width, so narrow windows move finely and wide ones do not crawl.
 */
export function draggedVoi(from: Voi, dx: number, dy: number): Voi {
  const speed = Math.max(0.25, from.width / 400);
  return { width: Math.max(1, from.width + dx * speed), center: from.center + dy * speed };
}
