/** Users and DICOM peers, for those who manage them. */
import { ask } from '../dicomweb/http';
import type { Newcomer, Newcomers, NewPeer, NewUser, Peer, Peers, User, Users } from './answers';

export const users = async (): Promise<readonly User[]> => (await ask<Users>('GET', '/api/v1/users')).users;
export const addUser = (user: NewUser): Promise<User> => ask('POST', '/api/v1/users', { json: user });
export const disableUser = (id: string, disabled: boolean): Promise<void> =>
  ask('PATCH', `/api/v1/users/${encodeURIComponent(id)}`, { json: { disabled } });
export const resetPassword = (id: string, password: string): Promise<void> =>
  ask('PATCH', `/api/v1/users/${encodeURIComponent(id)}`, { json: { password } });

export const peers = async (): Promise<readonly Peer[]> => (await ask<Peers>('GET', '/api/v1/peers')).peers;
export const addPeer = (peer: NewPeer): Promise<Peer> =>
  ask('POST', '/api/v1/peers', { json: peer });
export const newcomers = async (): Promise<readonly Newcomer[]> => (await ask<Newcomers>('GET', '/api/v1/newcomers')).newcomers;
export const allowNewcomer = (id: string): Promise<Peer> => ask('POST', `/api/v1/newcomers/${encodeURIComponent(id)}/allow`);
export const removePeer = (title: string): Promise<void> => ask('DELETE', `/api/v1/peers/${encodeURIComponent(title)}`);
