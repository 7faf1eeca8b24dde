/** Addresses of WADO-RS (PS3.18 section 10.4) below one root, and the reading of metadata. */
import type { SeriesUid, SopUid, StudyUid } from '../model/uid';
import type { Voi } from '../model/voi';
import type { JsonDataset } from './dicomJson';
import { Problem, ask, query, send } from './http';

/** `/dicom-web` for staff, `/s/<handle>/dicom-web` for a share, `/review/<project>/dicom-web` for what is held. */
export type Root = string;

/** The metadata of the instances being shown, as the drawing library wants it. */
export type Metadata = ReadonlyMap<SopUid, JsonDataset>;

export interface InstanceOf {
  readonly study: StudyUid;
  readonly series: SeriesUid;
  readonly sop: SopUid;
}

export interface Rendering {
  /** Longest sides wanted, in device pixels. */
  readonly viewport?: readonly [width: number, height: number];
  readonly voi?: Voi;
  readonly quality?: number;
}

const seriesPath = (root: Root, study: StudyUid, series: SeriesUid): string => `${root}/studies/${study}/series/${series}`;

const instancePath = (root: Root, { study, series, sop }: InstanceOf): string => `${seriesPath(root, study, series)}/instances/${sop}`;

const renderingQuery = ({ viewport, voi, quality }: Rendering): string =>
  query({
    viewport: viewport?.join(','),
    window: voi === undefined ? undefined : `${voi.center},${voi.width},linear`,
    quality,
  });

export const frameUrl = (root: Root, instance: InstanceOf, frame: number): string => `${instancePath(root, instance)}/frames/${frame}`;

export const renderedUrl = (root: Root, instance: InstanceOf, frame: number, rendering: Rendering): string =>
  `${instancePath(root, instance)}/frames/${frame}/rendered${renderingQuery(rendering)}`;

export interface Refused {
  /** The server's sentence; empty where there is none. */
  readonly why: string;
  /** It is the picture that is refused, so asking again gives the same. */
  readonly final: boolean;
}

/** It may pass: the session has ended, or the server has too much to do. */
const passing: readonly number[] = [401, 403, 408, 425, 429];

/** An image element does not say why it has no picture: asks again, for the server's sentence. */
export const whyNot = (url: string): Promise<Refused> =>
  send('GET', url, { headers: { Accept: 'image/jpeg' } }).then(() => ({ why: '', final: false }), (error: unknown) =>
    error instanceof Problem ? { why: error.detail, final: error.status < 500 && !passing.includes(error.status) } : { why: '', final: false });

export const seriesThumbnailUrl = (root: Root, study: StudyUid, series: SeriesUid, size: number): string =>
  `${seriesPath(root, study, series)}/thumbnail${renderingQuery({ viewport: [size, size] })}`;

export const instanceThumbnailUrl = (root: Root, instance: InstanceOf, size: number): string =>
  `${instancePath(root, instance)}/thumbnail${renderingQuery({ viewport: [size, size] })}`;

export const seriesMetadata = (root: Root, study: StudyUid, series: SeriesUid, signal?: AbortSignal): Promise<JsonDataset[]> =>
  ask('GET', `${seriesPath(root, study, series)}/metadata`, {
    headers: { Accept: 'application/dicom+json' },
    ...(signal === undefined ? {} : { signal }),
  });

/** The metadata of one instance; null where the answer holds none. */
export async function instanceMetadata(root: Root, instance: InstanceOf): Promise<JsonDataset | null> {
  const [found] = await ask<readonly JsonDataset[]>('GET', `${instancePath(root, instance)}/metadata`, { headers: { Accept: 'application/dicom+json' } });
  return found ?? null;
}
