/** A value that comes from the server: on its way, here, or refused with a sentence. */
import { Problem, Unreachable } from '../dicomweb/http';

export interface Failure {
  readonly kind: 'problem' | 'unreachable' | 'unexpected';
  /** The server's own sentence, where it wrote one. */
  readonly sentence: string;
  readonly status: number;
  /** The server's word for why, where it wrote one. */
  readonly reason: string;
  readonly request: string;
}

export type Remote<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly before: T | null }
  | { readonly state: 'here'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure };

export const idle = { state: 'idle' } as const;
export const here = <T>(value: T): Remote<T> => ({ state: 'here', value });

export function failureOf(error: unknown): Failure {
  if (error instanceof Problem) return { kind: 'problem', sentence: error.detail, status: error.status, reason: error.reason, request: error.request };
  return { kind: error instanceof Unreachable ? 'unreachable' : 'unexpected', sentence: '', status: 0, reason: '', request: '' };
}

/** The value to show while a newer one is on its way. */
export function known<T>(remote: Remote<T>): T | null {
  if (remote.state === 'here') return remote.value;
  return remote.state === 'loading' ? remote.before : null;
}
