/** Records of what patients have authorised. */
import { ask, query } from '../dicomweb/http';
import type { Authorisation, WantedAuthorisation } from './sharing';

const at = (id: string): string => `/api/v1/authorisations/${encodeURIComponent(id)}`;

export const authorisations = async (study: string): Promise<readonly Authorisation[]> =>
  (await ask<{ readonly authorisations: readonly Authorisation[] }>('GET', `/api/v1/authorisations${query({ study })}`)).authorisations;
export const authorisation = (id: string): Promise<Authorisation> => ask('GET', at(id));
export const recordAuthorisation = (wanted: WantedAuthorisation): Promise<Authorisation> => ask('POST', '/api/v1/authorisations', { json: wanted });
/** A new version; the ones before stay. */
export const changeAuthorisation = (id: string, wanted: WantedAuthorisation): Promise<Authorisation> => ask('PUT', at(id), { json: wanted });
export const revokeAuthorisation = (id: string, reason: string): Promise<{ readonly revoked: number }> => ask('DELETE', at(id), { json: { reason } });

/** The kinds of scans that are taken. */
export const formKinds = ['application/pdf', 'image/png', 'image/jpeg'] as const;

export const attachForm = (id: string, form: Blob): Promise<unknown> => ask('PUT', `${at(id)}/form`, { body: form, headers: { 'Content-Type': form.type } });
export const formUrl = (id: string): string => `${at(id)}/form`;
export const exportUrl = (id: string): string => `${at(id)}/export`;
