/** The public side of a share link: asking what proof is needed, giving it, and what the session may see. */
import { ask } from '../dicomweb/http';
import type { ShareLink } from '../model/shareLink';
import type { Answered, Opened, Proofs } from './opening';

/** Costs nothing, and mails nothing. */
export const knock = (link: ShareLink): Promise<Answered> => ask('POST', '/s/session', { json: link });

/** Everything proved so far; where a mailed code comes next, it is mailed now. */
export const enter = (link: ShareLink, proofs: Proofs): Promise<Answered> =>
  ask('POST', '/s/session', { json: { ...link, ...proofs, accept: true } });

export const opened = (handle: string): Promise<Opened> => ask('GET', `/s/${handle}/share`);

/** Answers what the session may know from here on. */
export const acceptNotice = (handle: string, hash: string): Promise<Opened> => ask('POST', `/s/${handle}/notice`, { json: { hash } });

export const leave = (handle: string): Promise<void> => ask('DELETE', `/s/${handle}/session`);

export const shareRoot = (handle: string): string => `/s/${handle}/dicom-web`;
export const downloadUrl = (handle: string): string => `/s/${handle}/download`;
