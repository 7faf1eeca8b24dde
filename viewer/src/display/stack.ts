/** Makes a stack out of single-frame instances, or of the frames of one instance, in the order they are scrolled. */
import type { StackSet } from '../model/displaySet';
import { depth, parallel } from '../model/geometry';
import type { InstanceFacts, Picture } from '../model/image';

/**
 * Stored forms that the decoders in the browser do not give back exactly, or not at all: 12-bit JPEG comes out
 * about 15 grey levels too high, spectral and progressive JPEG and big endian are not decoded here.
 */
const serverOnly = new Set(['1.2.840.10008.1.2.2', '1.2.840.10008.1.2.4.51', '1.2.840.10008.1.2.4.53', '1.2.840.10008.1.2.4.55']);

export const isServerOnly = (syntax: string): boolean => serverOnly.has(syntax);

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
    drawnBy: instances.some((one) => one.syntax !== null && isServerOnly(one.syntax)) ? 'server' : 'browser',
  };
}
