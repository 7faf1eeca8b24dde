/** In which order the sets of one series are listed; the first is the one that is opened. */
import { isStack, type DisplaySet } from '../model/displaySet';

const pictures = (set: DisplaySet): number => (isStack(set) ? set.pictures.length : 0);

const firstNumber = (set: DisplaySet): number => (isStack(set) ? set.pictures.reduce((least, { facts }) => Math.min(least, facts.instanceNumber), Number.POSITIVE_INFINITY) : 0);

/**
 * What most of the series' pictures are comes first, so that one object of another shape does not stand before the series;
 * what cannot be shown comes last. Clips among each other stay in the order they were taken.
 */
export function largestFirst(sets: readonly DisplaySet[]): readonly DisplaySet[] {
  const ofKind = new Map<DisplaySet['kind'], number>();
  for (const set of sets) ofKind.set(set.kind, (ofKind.get(set.kind) ?? 0) + pictures(set));
  const weight = (set: DisplaySet): number => ofKind.get(set.kind) ?? 0;
  const within = (a: DisplaySet, b: DisplaySet): number => (a.kind === 'multiframe' ? 0 : pictures(b) - pictures(a));
  return sets.toSorted((a, b) => weight(b) - weight(a) || a.kind.localeCompare(b.kind) || within(a, b) || firstNumber(a) - firstNumber(b));
}
