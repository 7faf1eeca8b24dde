/**
 * How the instances of one series become the things that are shown: ordered rules, the first that matches wins.
 * The last rule matches everything, so nothing is left out silently.
 */
import type { DisplaySet } from '../model/displaySet';
import type { InstanceFacts } from '../model/image';
import { largestFirst } from './order';
import { makeStack } from './stack';
import { makeUnsupported, unshowable } from './unsupported';

interface SplitRule {
  readonly name: string;
  readonly matches: (facts: InstanceFacts) => boolean;
  /** Instances with the same key are shown together. */
  readonly key: (facts: InstanceFacts) => string;
  readonly make: (id: string, instances: readonly InstanceFacts[]) => DisplaySet | null;
}

const shape = (facts: InstanceFacts): string => `${facts.rows}x${facts.columns}x${facts.samplesPerPixel}`;

/** Directions rounded to about a degree: a scout and the slices it planned are two stacks. */
const direction = (facts: InstanceFacts): string =>
  facts.plane === null ? 'nowhere' : [...facts.plane.row, ...facts.plane.column].map((value) => (Math.round(value * 50) / 50 + 0).toFixed(2)).join(',');

export const splitRules: readonly SplitRule[] = [
  {
    name: 'unsupported',
    matches: (facts) => unshowable(facts) !== null,
    key: (facts) => unshowable(facts) ?? '',
    make: (id, instances) => makeUnsupported(id, (instances[0] && unshowable(instances[0])) ?? 'unknownClass', instances),
  },
  {
    name: 'multiframe',
    matches: (facts) => facts.frames > 1,
    key: (facts) => facts.sop,
    make: (id, instances) => makeStack('multiframe', id, instances),
  },
  {
    name: 'stack',
    matches: () => true,
    key: (facts) => `${shape(facts)} ${direction(facts)}`,
    make: (id, instances) => makeStack('stack', id, instances),
  },
];

export function displaySetsOf(instances: readonly InstanceFacts[]): readonly DisplaySet[] {
  const groups = new Map<string, { rule: SplitRule; members: InstanceFacts[] }>();
  for (const facts of instances) {
    const rule = splitRules.find((one) => one.matches(facts));
    if (rule === undefined) continue;
    const id = `${facts.series}/${rule.name}/${rule.key(facts)}`;
    const group = groups.get(id) ?? { rule, members: [] };
    group.members.push(facts);
    groups.set(id, group);
  }
  return largestFirst([...groups].map(([id, { rule, members }]) => rule.make(id, members)).filter((set) => set !== null));
}
