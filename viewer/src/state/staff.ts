/** Everything the staff pages know, in one value. */
import type { Account, Echo, Newcomer, Peer, Progress, Refusals, System, User, Worklist } from '../api/answers';
import type { Certificate, Project, ProjectStudy, Review } from '../api/deident';
import type { ShareFilter } from '../api/shares';
import type { Alerts, Authorisation, Made, Preview, Resent, ShareDetail, Shares } from '../api/sharing';
import type { Search } from '../api/worklist';
import type { Attribute } from '../dicomweb/attributes';
import type { StudyFacts } from '../dicomweb/qido';
import type { Metadata } from '../dicomweb/wado';
import type { DisplaySet } from '../model/displaySet';
import type { Route } from '../model/route';
import { language, type Language, type Word } from '../i18n';
import type { StudyUid } from '../model/uid';
import type { Voi } from '../model/voi';
import { createStore, type Store } from './store';
import { idle, type Failure, type Remote } from './remote';

export type SessionState = { readonly kind: 'unknown' } | { readonly kind: 'out' } | { readonly kind: 'in'; readonly account: Account };

export interface OpenStudy {
  readonly study: StudyUid;
  readonly facts: StudyFacts;
  readonly sets: readonly DisplaySet[];
  readonly metadata: Metadata;
  /** Series whose metadata is still on its way. */
  readonly waiting: number;
  /** Series whose metadata could not be had, by description. */
  readonly failed: readonly string[];
  /** What was received and is expected, by series. */
  readonly progress: ReadonlyMap<string, Progress>;
}

export type UploadOutcome =
  | { readonly kind: 'waiting' | 'sending' | 'stored' | 'alreadyHeld' }
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly outcome: UploadOutcome;
}

/** What waits for a look, in one project or in all of them (null). */
export interface Waiting {
  readonly project: string | null;
  readonly reviews: readonly Review[];
}

/** What is known of the held object being looked at, besides its picture. */
export interface Inspected {
  readonly attributes: readonly Attribute[];
  /** The window that hides nothing, where the picture is grey. */
  readonly range: Voi | null;
}

export interface StaffState {
  readonly language: Language;
  readonly route: Route;
  readonly session: SessionState;
  readonly signInFailure: Failure | null;
  readonly system: Remote<System>;
  readonly echo: Remote<Echo>;
  readonly search: Search;
  readonly worklist: Remote<Worklist>;
  readonly refusals: Remote<Refusals>;
  readonly uploads: readonly Upload[];
  readonly open: Remote<OpenStudy>;
  readonly shareFilter: ShareFilter;
  readonly shares: Remote<Shares>;
  /** The link being looked at. */
  readonly link: Remote<ShareDetail>;
  /** What was not seen yet; null until it was asked for. */
  readonly alerts: Alerts | null;
  readonly preview: Preview | null;
  readonly made: Made | null;
  readonly resent: Resent | null;
  /** The records of the patient whose study is being shared, and the one that the link being looked at was made under. */
  readonly authorisations: Remote<readonly Authorisation[]>;
  readonly authorisation: Remote<Authorisation>;
  readonly users: Remote<readonly User[]>;
  readonly peers: Remote<readonly Peer[]>;
  readonly newcomers: Remote<readonly Newcomer[]>;
  readonly projects: Remote<readonly Project[]>;
  readonly projectStudies: Remote<readonly ProjectStudy[]>;
  readonly certificate: Remote<Certificate>;
  readonly waiting: Remote<Waiting>;
  readonly inspected: Remote<Inspected>;
  /** A sentence at the foot of the page after something was done or refused. */
  readonly toast: { readonly tone: 'done' | 'failed'; readonly failure: Failure | null; readonly word: Word | null } | null;
}

export type StaffStore = Store<StaffState>;

export const emptySearch: Search = { q: '', modality: '', from: '', to: '', withdrawn: false };

export const myLinks: ShareFilter = { mine: true, state: '', recipient: '', study: '' };

export const createStaffStore = (route: Route): StaffStore =>
  createStore<StaffState>({
    language: language(),
    route,
    session: { kind: 'unknown' },
    signInFailure: null,
    system: idle,
    echo: idle,
    search: emptySearch,
    worklist: idle,
    refusals: idle,
    uploads: [],
    open: idle,
    shareFilter: myLinks,
    shares: idle,
    link: idle,
    alerts: null,
    preview: null,
    made: null,
    resent: null,
    authorisations: idle,
    authorisation: idle,
    users: idle,
    peers: idle,
    newcomers: idle,
    projects: idle,
    projectStudies: idle,
    certificate: idle,
    waiting: idle,
    inspected: idle,
    toast: null,
  });
