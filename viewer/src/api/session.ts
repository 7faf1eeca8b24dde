/** Who is signed in, signing in and out, and the first set-up. */
import { ask } from '../dicomweb/http';
import type { Credentials, Echo, Session, SetUp, SetUpDone, System } from './answers';

export const currentSession = (): Promise<Session> => ask('GET', '/api/v1/session');
export const signIn = (credentials: Credentials): Promise<Session> => ask('POST', '/api/v1/session', { json: credentials });
export const signOut = (): Promise<void> => ask('DELETE', '/api/v1/session');

export const setUp = (wanted: SetUp): Promise<SetUpDone> => ask('POST', '/api/v1/setup', { json: wanted });

export const system = (): Promise<System> => ask('GET', '/api/v1/system');
export const echo = (): Promise<Echo> => ask('POST', '/api/v1/system/echo');
