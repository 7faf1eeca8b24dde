/** Links that staff make, list and revoke. */
import { ask, query } from '../dicomweb/http';
import type { MadeShare, NewShare, Shares } from './answers';

export const makeShare = (wanted: NewShare): Promise<MadeShare> => ask('POST', '/api/v1/shares', { json: wanted });

export const listShares = (state: 'live' | 'ended' | '', offset: number): Promise<Shares> =>
  ask('GET', `/api/v1/shares${query({ state, limit: 50, offset })}`);

export const revokeShare = (id: string): Promise<void> => ask('DELETE', `/api/v1/shares/${encodeURIComponent(id)}`);
