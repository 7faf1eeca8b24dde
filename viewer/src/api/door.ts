/** The public side of a share link: asking what proof is needed, giving it, and what the session may see. */
import { ask } from '../dicomweb/http';
import type { ShareLink } from '../model/shareLink';
import type { Begun, Factor, Opened } from './answers';

export const knock = (link: ShareLink): Promise<Factor> => ask('POST', '/s/session', { json: link });

export const enter = (link: ShareLink, passcode: string): Promise<Begun> =>
  ask('POST', '/s/session', { json: { ...link, passcode, accept: true } });

export const opened = (handle: string): Promise<Opened> => ask('GET', `/s/${handle}/share`);

export const acceptNotice = (handle: string, hash: string): Promise<void> => ask('POST', `/s/${handle}/notice`, { json: { hash } });

export const leave = (handle: string): Promise<void> => ask('DELETE', `/s/${handle}/session`);

export const shareRoot = (handle: string): string => `/s/${handle}/dicom-web`;
