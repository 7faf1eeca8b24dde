/**
 * The shapes of the JSON API under the names the pages use. `schema.ts` is generated from the server's description;
 * what stands here besides is what that leaves open: a word out of a few is a string there.
 */
import type * as wire from './schema';

/** The same shape, with these properties told more closely. */
export type With<T, Closer extends { readonly [K in keyof Closer]: K extends keyof T ? unknown : never }> = Omit<T, keyof Closer> & Closer;

export type Permission =
  | 'search' | 'view' | 'import' | 'seeShares' | 'share' | 'shareWithoutFactor' | 'withdraw' | 'seeRefusals' | 'handleRefusals'
  | 'manageUsers' | 'managePeers' | 'manageConfiguration' | 'readAudit' | 'readMetrics' | 'review' | 'readClean' | 'reIdentify' | 'manageProjects';

export type { Credentials, Echo, ListedStudy, Newcomer, Newcomers, NewUser, Progress, Refusal, Refusals, StudyCompleteness, System, User, Users, Withdrawal, Worklist } from './schema';

export type Account = With<wire.Account, { readonly permissions: readonly Permission[] }>;
export type Session = With<wire.Session, { readonly account: Account }>;
export type Imported = With<wire.Imported, { readonly outcome: 'stored' | 'alreadyHeld' }>;

export type PeerRight = 'echo' | 'store' | 'find' | 'move' | 'get' | 'commit';
export type Peer = With<wire.Peer, { readonly rights: readonly PeerRight[] }>;
export type Peers = With<wire.Peers, { readonly peers: readonly Peer[] }>;
export type NewPeer = With<wire.NewPeer, { readonly rights: readonly PeerRight[] }>;

export type SetUp = With<wire.SetUp, { readonly radiologist: wire.Credentials | null }>;
export type SetUpDone = With<wire.SetUpDone, { readonly administrator: Account; readonly radiologist: Account | null }>;
