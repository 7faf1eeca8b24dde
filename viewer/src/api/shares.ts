/** Links that staff make, look after and revoke, and what they are told of them. */
import { ask, query } from '../dicomweb/http';
import type { Alerts, Deliver, Made, Preview, Recall, Resent, Share, ShareDetail, Shares, Wanted } from './sharing';

export interface ShareFilter {
  readonly mine: boolean;
  readonly state: '' | 'live' | 'ended' | 'neverOpened';
  readonly recipient: string;
  readonly study: string;
}

const at = (id: string): string => `/api/v1/shares/${encodeURIComponent(id)}`;

export const previewShare = (wanted: Wanted): Promise<Preview> => ask('POST', '/api/v1/shares/preview', { json: wanted });
export const makeShare = (wanted: Wanted): Promise<Made> => ask('POST', '/api/v1/shares', { json: wanted });

export const listShares = ({ mine, ...filter }: ShareFilter, offset: number): Promise<Shares> =>
  ask('GET', `/api/v1/shares${query({ ...filter, mine: mine ? true : null, limit: 50, offset })}`);

export const shareDetail = (id: string): Promise<ShareDetail> => ask('GET', at(id));
export const extendShare = (id: string, expires: string): Promise<Share> => ask('PATCH', at(id), { json: { expires } });
export const resendShare = (id: string, deliver: Deliver): Promise<Resent> => ask('POST', `${at(id)}/resend`, { json: { deliver } });
export const revokeShare = (id: string): Promise<void> => ask('DELETE', at(id));
export const recallShares = (recall: Recall): Promise<{ readonly revoked: number }> => ask('POST', '/api/v1/shares/recall', { json: recall });

export const alerts = (unseen: boolean): Promise<Alerts> => ask('GET', `/api/v1/alerts${query({ unseen: unseen ? true : null })}`);
/** Where one's alerts are mailed to; null where nowhere. */
export const readAlertAddress = (): Promise<{ readonly email: string | null }> => ask('GET', '/api/v1/alerts/address');
export const writeAlertAddress = (email: string | null): Promise<void> => ask('PUT', '/api/v1/alerts/address', { json: { email } });
export const seeAlerts = (ids: readonly string[]): Promise<void> => ask('POST', '/api/v1/alerts/seen', { json: { ids } });
