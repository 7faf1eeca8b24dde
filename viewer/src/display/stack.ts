/** Makes a stack out of single-frame instances, or of the frames of one instance, in the order they are scrolled. */
import type { StackSet } from '../model/displaySet';
import { depth, parallel } from '../model/geometry';
import type { InstanceFacts, Picture } from '../model/image';

/**
 * Stored forms that the decoders in the browser give back exactly; the server draws all others. Of what is decoded here,
 * big endian, 12-bit JPEG (about 15 grey levels too high), and spectral and progressive JPEG come out wrong.
 */
const exactInBrowser = new Set([
  '', '.1', '.1.98', '.1.99', '.5', '.8.1', '.4.50', '.4.57', '.4.70', '.4.80', '.4.81', '.4.90', '.4.91',
  '.4.110', '.4.111', '.4.112', '.4.201', '.4.202', '.4.203',
].map((tail) => `1.2.840.10008.1.2${tail}`));

export const isServerOnly = (syntax: string): boolean => !exactInBrowser.has(syntax);

/** Colours the browser's side knows how to turn into red, green and blue; it throws at any other, palettes included. */
const coloursInBrowser = new Set(['', 'MONOCHROME1', 'MONOCHROME2', 'RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT']);

/** Single bits come out black here, and wide ones not at all where they are compressed. */
const forServer = ({ syntax, photometric, bitsAllocated }: InstanceFacts): boolean =>
  (syntax !== null && isServerOnly(syntax)) || !coloursInBrowser.has(photometric) || bitsAllocated === 1 || bitsAllocated > 16;

/** By place along the normal where every plane looks the same way, else by instance number. */
export function inOrder(instances: readonly InstanceFacts[]): readonly InstanceFacts[] {
  const [first] = instances;
  const placed = instances.every((one) => one.plane !== null && first?.plane !== null && first !== undefined && parallel(first.plane, one.plane));
  return instances.toSorted((a, b) => {
    const byPlace = placed && a.plane !== null && b.plane !== null ? depth(a.plane) - depth(b.plane) : 0;
    return Math.abs(byPlace) > 1e-4 ? byPlace : a.instanceNumber - b.instanceNumber;
  });
}

export function makeStack(kind: StackSet['kind'], id: string, instances: readonly InstanceFacts[]): StackSet | null {
  const [first] = instances;
  if (first === undefined) return null;
  const pictures = inOrder(instances).flatMap((facts) =>
    Array.from({ length: facts.frames }, (_, index): Picture => ({ facts, frame: index + 1 })),
  );
  return {
    kind,
    id,
    study: first.study,
    series: first.series,
    modality: first.modality,
    number: first.seriesNumber,
    description: first.seriesDescription,
    pictures,
    drawnBy: instances.some(forServer) ? 'server' : 'browser',
  };
}
