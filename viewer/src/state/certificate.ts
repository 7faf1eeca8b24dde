/** What a certificate adds up to. */
import type { Certificate } from '../api/deident';
import { sumOf } from '../model/sum';

export interface Sums {
  readonly total: number;
  /** Nobody had to look at them. */
  readonly released: number;
  /** Somebody had to, whether it is decided or not. */
  readonly held: number;
  readonly approved: number;
  readonly rejected: number;
  readonly waiting: number;
  readonly refused: number;
}

/** Counted over the objects: an object that was decided on was held, whatever its verdict says since. */
export function sumsOf({ objects, decisions, refused }: Certificate): Sums {
  const decided = new Map(decisions.map((one) => [one.sopInstanceUid, one.decision]));
  const undecided = objects.filter((one) => !decided.has(one.sop_instance));
  const waiting = undecided.filter((one) => one.verdict.is === 'held').length;
  const approved = [...decided.values()].filter((one) => one === 'approved').length;
  return {
    total: objects.length, released: undecided.length - waiting, held: waiting + decided.size, approved, rejected: decided.size - approved, waiting, refused: sumOf(Object.values(refused)),
  };
}
