/**
 * Projects of de-identification: what is held for review, what left, and the certificates. Certificates are
 * written by hand, since the description leaves them open; they have the names that the engine writes.
 */
import { ask, query } from '../dicomweb/http';
import type { Region } from '../model/region';
import type { SeriesUid, SopUid, StudyUid } from '../model/uid';
import type { With } from './answers';
import type * as wire from './schema';

export type Project = wire.Project;
/** An object that somebody has to look at. Its attributes are clean, its pixels as they came. */
export type Review = With<wire.Review, { readonly studyUid: StudyUid; readonly seriesUid: SeriesUid; readonly sopInstanceUid: SopUid }>;
export type ProjectStudy = With<wire.CleanStudy, { readonly studyUid: StudyUid }>;

export const outcomes = ['kept', 'cleaned', 'replaced', 'mapped', 'shifted', 'emptied', 'removed'] as const;
export type Outcome = (typeof outcomes)[number];
export type Counts = { readonly [K in Outcome]?: number };

export type Verdict =
  | { readonly is: 'released' }
  | { readonly is: 'released-once-blanked'; readonly because: readonly Region[] }
  | { readonly is: 'held'; readonly because: readonly string[] };

export interface CleanObject {
  readonly sop_class: string;
  readonly sop_instance: string;
  readonly series: string;
  readonly study: string;
  /** Patient ID of the copy; absent where the original names nobody. */
  readonly patient?: string;
  readonly verdict: Verdict;
  readonly blanked: readonly Region[];
  readonly counts: Counts;
  /** `hmac-sha-256:` and HMAC-SHA-256, under the project's key, of the original's SHA-256, in hexadecimal. */
  readonly digest_before: string;
  /** SHA-256 in hexadecimal. */
  readonly digest_after: string;
}

export interface Decision {
  readonly sopInstanceUid: string;
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly regions: readonly Region[];
}

/** What a profile lets through beyond the rule; lists that are empty are not there. */
export interface Widened {
  readonly release_classes?: readonly string[];
  readonly release_secondary?: readonly string[];
  readonly safe_terms?: readonly string[];
  readonly devices: number;
  readonly one_issuer: boolean;
  /** Not in certificates of before there was the choice, as the next. */
  readonly exact_ages?: boolean;
  readonly moved_versions?: boolean;
}

export interface Certificate {
  readonly engine: string;
  readonly table: string;
  readonly profile: string;
  readonly options: readonly string[];
  readonly widened: Widened;
  readonly counts: Counts;
  /** Patients that the objects name: one, unless they were mixed up. */
  readonly patients: number;
  readonly released: number;
  readonly held: number;
  readonly rejected: number;
  /** How many inputs were not cleaned, by sentence. */
  readonly refused: Readonly<Record<string, number>>;
  readonly objects: readonly CleanObject[];
  readonly decisions: readonly Decision[];
}

/** Who a clean study is of. Told once, and on record. */
export type Identity = wire.Reidentified;

/** So many are listed at most. */
export const mostReviews = 500;

const projectUrl = (name: string): string => `/api/v1/projects/${encodeURIComponent(name)}`;
const reviewUrl = (id: string): string => `/api/v1/reviews/${encodeURIComponent(id)}`;

export const projects = async (): Promise<readonly Project[]> => (await ask<{ projects: readonly Project[] }>('GET', '/api/v1/projects')).projects;

export const projectStudies = async (name: string): Promise<readonly ProjectStudy[]> =>
  (await ask<{ studies: readonly ProjectStudy[] }>('GET', `${projectUrl(name)}/studies`)).studies;

export const certificateUrl = (name: string, study: StudyUid): string => `${projectUrl(name)}/studies/${study}/certificate`;
export const certificate = (name: string, study: StudyUid): Promise<Certificate> => ask('GET', certificateUrl(name, study));

export const reidentify = (name: string, studyUid: StudyUid, reason: string): Promise<Identity> =>
  ask('POST', `${projectUrl(name)}/reidentify`, { json: { studyUid, reason } });

/** What nobody has decided on, the oldest first. */
export const reviews = async (project: string | null): Promise<readonly Review[]> =>
  (await ask<{ reviews: readonly Review[] }>('GET', `/api/v1/reviews${query({ project })}`)).reviews;

export const approve = (id: string, regions: readonly Region[], reason: string): Promise<void> =>
  ask('POST', `${reviewUrl(id)}/approve`, { json: { regions, reason } });
export const reject = (id: string, reason: string): Promise<void> => ask('POST', `${reviewUrl(id)}/reject`, { json: { reason } });
