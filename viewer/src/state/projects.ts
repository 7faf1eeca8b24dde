/** Projects of de-identification: their clean studies, certificates, and the way back to a person. */
import { certificate, projectStudies, projects, reidentify, type Identity } from '../api/deident';
import type { StudyUid } from '../model/uid';
import { load, noticeEnd } from './load';
import { failureOf, idle, type Failure } from './remote';
import { may } from './session';
import type { StaffStore } from './staff';

/** Whether the pages of projects are for this reader. */
export const seesProjects = (store: StaffStore): boolean => may(store, 'readClean') || may(store, 'review') || may(store, 'reIdentify');

export const loadProjects = (store: StaffStore): Promise<void> => load(store, 'projects', projects);

/** What another project showed is gone before the new one is here. */
export function openProject(store: StaffStore, name: string): Promise<void> {
  store.patch({ projectStudies: idle });
  return load(store, 'projectStudies', () => projectStudies(name));
}

export function openCertificate(store: StaffStore, name: string, study: StudyUid): Promise<void> {
  store.patch({ certificate: idle });
  return load(store, 'certificate', () => certificate(name, study));
}

export type Found = { readonly identity: Identity } | { readonly failure: Failure };

/** The answer is handed to whoever asked and kept nowhere. */
export async function findPerson(store: StaffStore, name: string, study: StudyUid, reason: string): Promise<Found> {
  try {
    return { identity: await reidentify(name, study, reason) };
  } catch (error) {
    noticeEnd(store, error);
    return { failure: failureOf(error) };
  }
}
