/** The worklist, withdrawals, refused objects and uploads. */
import { ask, query } from '../dicomweb/http';
import type { Imported, Refusals, StudyCompleteness, Withdrawal, Worklist } from './answers';

export interface Search {
  readonly q: string;
  readonly modality: string;
  readonly from: string;
  readonly to: string;
  readonly withdrawn: boolean;
}

export const pageSize = 50;

export const worklist = (search: Search, offset: number, signal?: AbortSignal): Promise<Worklist> =>
  ask('GET', `/api/v1/worklist${query({ ...search, limit: pageSize, offset })}`, signal === undefined ? {} : { signal });

export const withdraw = (study: string, reason: string): Promise<void> =>
  ask('POST', `/api/v1/studies/${study}/withdrawal`, { json: { reason } satisfies Withdrawal });

export const bringBack = (study: string): Promise<void> => ask('DELETE', `/api/v1/studies/${study}/withdrawal`);

export const refusals = (offset: number): Promise<Refusals> => ask('GET', `/api/v1/refusals${query({ limit: pageSize, offset })}`);

export const redrive = (id: string): Promise<unknown> => ask('POST', `/api/v1/refusals/${encodeURIComponent(id)}/redrive`);

export const discard = (id: string, reason: string): Promise<void> =>
  ask('POST', `/api/v1/refusals/${encodeURIComponent(id)}/discard`, { json: { reason } });

/** The bytes as they came, for a download. */
export const refusedObjectUrl = (id: string): string => `/api/v1/refusals/${encodeURIComponent(id)}/object`;

export const completeness = (study: string): Promise<StudyCompleteness> => ask('GET', `/api/v1/studies/${study}/completeness`);

/** The name is for the reply only; it decides nothing on the server. */
export const importFile = (file: Blob, name: string): Promise<Imported> =>
  ask('POST', '/api/v1/imports', {
    body: file,
    headers: { 'Content-Type': 'application/dicom', 'X-Lightcase-File-Name': encodeURIComponent(name) },
  });
