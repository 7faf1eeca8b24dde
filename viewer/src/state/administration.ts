/** Users and peers. */
import type { NewPeer } from '../api/answers';
import { addPeer, addUser, allowNewcomer, disableUser, newcomers, peers, removePeer, resetPassword, users } from '../api/administration';
import type { Word } from '../i18n';
import { attempt, load } from './load';
import type { StaffStore } from './staff';

export const loadUsers = (store: StaffStore): Promise<void> => load(store, 'users', users);
export const loadPeers = async (store: StaffStore): Promise<void> => {
  await Promise.all([load(store, 'peers', peers), load(store, 'newcomers', newcomers)]);
};

const thenUsers = async (store: StaffStore, word: Word, doing: () => Promise<unknown>): Promise<boolean> => {
  const done = await attempt(store, word, doing);
  if (done) await loadUsers(store);
  return done;
};

const thenPeers = async (store: StaffStore, word: Word, doing: () => Promise<unknown>): Promise<boolean> => {
  const done = await attempt(store, word, doing);
  if (done) await loadPeers(store);
  return done;
};

export const createUser = (store: StaffStore, user: { name: string; role: string; password: string }): Promise<boolean> =>
  thenUsers(store, 'toast.userAdded', () => addUser(user));
export const setDisabled = (store: StaffStore, id: string, disabled: boolean): Promise<boolean> =>
  thenUsers(store, disabled ? 'toast.userDisabled' : 'toast.userEnabled', () => disableUser(id, disabled));
export const setPassword = (store: StaffStore, id: string, password: string): Promise<boolean> =>
  thenUsers(store, 'toast.passwordSet', () => resetPassword(id, password));

export const createPeer = (store: StaffStore, peer: NewPeer): Promise<boolean> =>
  thenPeers(store, 'toast.peerAdded', () => addPeer(peer));
export const letIn = (store: StaffStore, id: string): Promise<boolean> => thenPeers(store, 'toast.peerAdded', () => allowNewcomer(id));
export const deletePeer = (store: StaffStore, title: string): Promise<boolean> => thenPeers(store, 'toast.peerRemoved', () => removePeer(title));
