/** What is shown as one thing: a stack, a clip, or the reason why something cannot be shown. */
import type { Picture } from './image';
import type { SeriesUid, StudyUid } from './uid';

export type Unshowable = 'document' | 'report' | 'waveform' | 'video' | 'segmentation' | 'radiotherapy' | 'presentation' | 'noPixels' | 'unknownClass';

interface Described {
  readonly id: string;
  readonly study: StudyUid;
  readonly series: SeriesUid;
  readonly modality: string;
  readonly number: number;
  readonly description: string;
}

export interface StackSet extends Described {
  readonly kind: 'stack' | 'multiframe';
  readonly pictures: readonly Picture[];
  /** `server`: this stored form is not decoded exactly in the browser, so the server draws it. */
  readonly drawnBy: 'browser' | 'server';
}

export interface UnsupportedSet extends Described {
  readonly kind: 'unsupported';
  readonly reason: Unshowable;
  readonly count: number;
}

export type DisplaySet = StackSet | UnsupportedSet;

export const isStack = (set: DisplaySet): set is StackSet => set.kind === 'stack' || set.kind === 'multiframe';
