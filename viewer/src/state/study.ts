/** Opens a study: its facts, its series, and the metadata of each as it arrives. */
import type { Progress } from '../api/answers';
import { completeness } from '../api/worklist';
import { factsOf } from '../dicomweb/facts';
import { findSeries, findStudy, findSyntaxes, type SeriesFacts } from '../dicomweb/qido';
import type { JsonDataset } from '../dicomweb/dicomJson';
import { seriesMetadata, type Metadata, type Root } from '../dicomweb/wado';
import { displaySetsOf } from '../display/splitRules';
import type { DisplaySet } from '../model/displaySet';
import type { SopUid, StudyUid } from '../model/uid';
import { noticeEnd } from './load';
import { failureOf, here } from './remote';
import type { OpenStudy, StaffStore } from './staff';

export const staffRoot: Root = '/dicom-web';
const atOnce = 3;

export interface SeriesContent {
  readonly sets: readonly DisplaySet[];
  readonly metadata: Metadata;
}

/** The display sets of one series, with the metadata the drawing needs. */
export async function seriesContent(root: Root, study: StudyUid, series: SeriesFacts['series']): Promise<SeriesContent> {
  const [datasets, syntaxes] = await Promise.all([
    seriesMetadata(root, study, series),
    // Metadata does not say how pixels are held. Without an answer the frames themselves tell, one picture later.
    findSyntaxes(root, study, series).catch(() => new Map<SopUid, string>()),
  ]);
  const metadata = new Map<SopUid, JsonDataset>();
  const facts = datasets.flatMap((dataset) => {
    const one = factsOf(dataset);
    if (one === null) return [];
    metadata.set(one.sop, dataset);
    return [{ ...one, syntax: one.syntax ?? syntaxes.get(one.sop) ?? null }];
  });
  return { sets: displaySetsOf(facts), metadata };
}

const notFound = { kind: 'problem', sentence: '', status: 404, reason: '', request: '' } as const;

/** Received and expected of each series. */
async function progressOf(study: StudyUid): Promise<ReadonlyMap<string, Progress>> {
  const { series } = await completeness(study);
  return new Map(series.map((one) => [one.seriesInstanceUid, one.progress]));
}

export async function openStudy(store: StaffStore, study: StudyUid): Promise<void> {
  store.patch({ open: { state: 'loading', before: null } });
  /** Adds to the study while it is still the one being looked at. */
  const grow = (change: (open: OpenStudy) => OpenStudy): void =>
    store.set((state) => (state.open.state === 'here' && state.open.value.study === study ? { ...state, open: here(change(state.open.value)) } : state));
  try {
    const [facts, series] = await Promise.all([findStudy(staffRoot, study), findSeries(staffRoot, study)]);
    if (facts === null) {
      store.patch({ open: { state: 'failed', failure: notFound } });
      return;
    }
    store.patch({ open: here({ study, facts, sets: [], metadata: new Map(), waiting: series.length, failed: [], progress: new Map() }) });
    void progressOf(study).then((progress) => grow((open) => ({ ...open, progress })), (error: unknown) => noticeEnd(store, error));
    const queue = [...series];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const one = next;
        try {
          const content = await seriesContent(staffRoot, study, one.series);
          grow((open) => ({
            ...open,
            waiting: open.waiting - 1,
            sets: [...open.sets, ...content.sets].toSorted((a, b) => a.number - b.number || (a.series < b.series ? -1 : Number(a.series > b.series))),
            metadata: new Map([...open.metadata, ...content.metadata]),
          }));
        } catch (error) {
          noticeEnd(store, error);
          grow((open) => ({ ...open, waiting: open.waiting - 1, failed: [...open.failed, one.description || String(one.number)] }));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  } catch (error) {
    noticeEnd(store, error);
    store.patch({ open: { state: 'failed', failure: failureOf(error) } });
  }
}

export type SeriesChoice = SeriesFacts;

/** The series of a study, to choose from. */
export const seriesOf = (study: StudyUid): Promise<readonly SeriesChoice[]> => findSeries(staffRoot, study);
