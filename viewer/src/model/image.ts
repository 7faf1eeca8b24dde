/** One picture of a series: a single-frame instance, or one frame of a multi-frame one. */
import type { Plane } from './geometry';
import type { SeriesUid, SopUid, StudyUid } from './uid';
import type { Voi } from './voi';

/** What an instance's metadata says, as far as grouping, sorting and showing need it. */
export interface InstanceFacts {
  readonly study: StudyUid;
  readonly series: SeriesUid;
  readonly sop: SopUid;
  readonly sopClass: string;
  readonly modality: string;
  readonly seriesNumber: number;
  readonly seriesDescription: string;
  readonly instanceNumber: number;
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly photometric: string;
  readonly plane: Plane | null;
  readonly spacing: readonly [row: number, column: number] | null;
  readonly voi: Voi | null;
  readonly frameTime: number | null;
  readonly lossy: boolean;
  readonly burnedIn: boolean;
  /** The stored transfer syntax where the server tells it (Available Transfer Syntax UID). */
  readonly syntax: string | null;
}

export interface Picture {
  readonly facts: InstanceFacts;
  /** From 1, as DICOMweb counts frames. */
  readonly frame: number;
}
