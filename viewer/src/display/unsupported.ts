/** What cannot be shown is a display set too, with its reason. */
import type { UnsupportedSet, Unshowable } from '../model/displaySet';
import type { InstanceFacts } from '../model/image';

const reasons: readonly (readonly [prefix: string, reason: Unshowable])[] = [
  ['1.2.840.10008.5.1.4.1.1.104.', 'document'],
  ['1.2.840.10008.5.1.4.1.1.88.', 'report'],
  ['1.2.840.10008.5.1.4.1.1.9.', 'waveform'],
  ['1.2.840.10008.5.1.4.1.1.77.1.1.1', 'video'],
  ['1.2.840.10008.5.1.4.1.1.77.1.2.1', 'video'],
  ['1.2.840.10008.5.1.4.1.1.77.1.4.1', 'video'],
  ['1.2.840.10008.5.1.4.1.1.66.', 'segmentation'],
  ['1.2.840.10008.5.1.4.1.1.481.', 'radiotherapy'],
  ['1.2.840.10008.5.1.4.1.1.11.', 'presentation'],
];

/** Video comes as one instance of these syntaxes; the engine here draws pictures, not films. */
const videoSyntax = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/;

export function unshowable(facts: InstanceFacts): Unshowable | null {
  if (facts.syntax !== null && videoSyntax.test(facts.syntax)) return 'video';
  const byClass = reasons.find(([prefix]) => facts.sopClass.startsWith(prefix))?.[1];
  if (byClass !== undefined) return byClass;
  return facts.rows > 0 && facts.columns > 0 ? null : 'noPixels';
}

export function makeUnsupported(id: string, reason: Unshowable, instances: readonly InstanceFacts[]): UnsupportedSet | null {
  const [first] = instances;
  if (first === undefined) return null;
  return {
    kind: 'unsupported',
    id,
    study: first.study,
    series: first.series,
    modality: first.modality,
    number: first.seriesNumber,
    description: first.seriesDescription,
    reason,
    count: instances.length,
  };
}
