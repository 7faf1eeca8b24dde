/** Metadata as a flat list to be read from top to bottom: one line for each attribute, items of sequences set in. */
import type { JsonDataset, JsonElement } from './dicomJson';
import { names } from './names';

export interface Attribute {
  /** `0010,0020`. */
  readonly tag: string;
  /** As PS3.6 prints it; empty where it is not known here. */
  readonly name: string;
  readonly vr: string;
  readonly value: string;
  /** How many sequences it lies in. */
  readonly depth: number;
  /** Where a value that is not shown can be fetched; null where there is none. */
  readonly apart: string | null;
  /** Bytes that are no text, decoded, where they came along. */
  readonly bytes: number | null;
}

/** An address of a page's link: a script is none. */
const fetchable = /^(?:https?:\/)?\//;
const known = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  const groups: Readonly<Record<string, unknown>> = { ...value };
  return known.map((group) => groups[group]).filter((part) => typeof part === 'string' && part !== '').join(' = ');
}

const isDataset = (value: unknown): value is JsonDataset => typeof value === 'object' && value !== null;

function lineOf(tag: string, element: JsonElement, depth: number): Attribute {
  const inline = element.InlineBinary;
  return {
    tag: `${tag.slice(0, 4)},${tag.slice(4)}`,
    name: names.get(tag) ?? '',
    vr: element.vr,
    value: element.vr === 'SQ' ? '' : (element.Value ?? []).map(textOf).join(' \\ '),
    depth,
    apart: fetchable.test(element.BulkDataURI ?? '') ? (element.BulkDataURI ?? null) : null,
    bytes: inline === undefined ? null : Math.floor((inline.replace(/=+$/, '').length * 3) / 4),
  };
}

/** Goes through sequences with a stack of its own: how deep they lie is the sender's choice. */
export function attributesOf(dataset: JsonDataset): readonly Attribute[] {
  type Waiting = { readonly tag: string; readonly element: JsonElement; readonly depth: number };
  const waitingOf = (one: JsonDataset, depth: number): Waiting[] =>
    Object.entries(one).map(([tag, element]) => ({ tag, element, depth })).toSorted((a, b) => (a.tag < b.tag ? 1 : -1));
  const lines: Attribute[] = [];
  const waiting = waitingOf(dataset, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { tag, element, depth } = next;
    lines.push(lineOf(tag, element, depth));
    if (element.vr !== 'SQ') continue;
    for (const item of (element.Value ?? []).filter(isDataset).toReversed()) waiting.push(...waitingOf(item, depth + 1));
  }
  return lines;
}
