/** Who is signed in, signing in and out, and the first set-up. */
import { ask } from '../dicomweb/http';
import type { Account, Echo, Session, System } from './answers';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

export const currentSession = (): Promise<Session> => ask('GET', '/api/v1/session');
export const signIn = (credentials: Credentials): Promise<Session> => ask('POST', '/api/v1/session', { json: credentials });
export const signOut = (): Promise<void> => ask('DELETE', '/api/v1/session');

export interface SetUp {
  readonly token: string;
  readonly administrator: Credentials;
  readonly radiologist: Credentials | null;
}

export const setUp = (wanted: SetUp): Promise<{ administrator: Account; radiologist: Account | null }> =>
  ask('POST', '/api/v1/setup', { json: wanted });

export const system = (): Promise<System> => ask('GET', '/api/v1/system');
export const echo = (): Promise<Echo> => ask('POST', '/api/v1/system/echo');
