/** QIDO-RS queries (PS3.18 section 10.6) that the reading page asks. */
import { parseSeriesUid, parseSopUid, type SeriesUid, type SopUid, type StudyUid } from '../model/uid';
import { number, text, type JsonDataset } from './dicomJson';
import { ask, query } from './http';
import type { Root } from './wado';

export interface StudyFacts {
  readonly patientName: string;
  readonly patientId: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly studyDate: string;
  readonly description: string;
}

export interface SeriesFacts {
  readonly series: SeriesUid;
  readonly modality: string;
  readonly number: number;
  readonly description: string;
}

const accept = { headers: { Accept: 'application/dicom+json' } };

export function studyFactsOf(dataset: JsonDataset): StudyFacts {
  return {
    patientName: text(dataset, 'PatientName'),
    patientId: text(dataset, 'PatientID'),
    birthDate: text(dataset, 'PatientBirthDate'),
    sex: text(dataset, 'PatientSex'),
    studyDate: text(dataset, 'StudyDate'),
    description: text(dataset, 'StudyDescription'),
  };
}

export function seriesFactsOf(dataset: JsonDataset): SeriesFacts | null {
  const series = parseSeriesUid(text(dataset, 'SeriesInstanceUID'));
  if (series === null) return null;
  return {
    series,
    modality: text(dataset, 'Modality'),
    number: number(dataset, 'SeriesNumber') ?? 0,
    description: text(dataset, 'SeriesDescription'),
  };
}

/** Null when there is no such study for this caller. */
export async function findStudy(root: Root, study: StudyUid): Promise<StudyFacts | null> {
  const include = query({ StudyInstanceUID: study, includefield: 'StudyDescription' });
  const [found] = await ask<JsonDataset[]>('GET', `${root}/studies${include}`, accept);
  return found === undefined ? null : studyFactsOf(found);
}

/** The series of a study by their numbers. */
export async function findSeries(root: Root, study: StudyUid): Promise<readonly SeriesFacts[]> {
  const found = await ask<JsonDataset[]>('GET', `${root}/studies/${study}/series`, accept);
  return found
    .map(seriesFactsOf)
    .filter((series) => series !== null)
    .toSorted((a, b) => a.number - b.number);
}

/** In which transfer syntax each instance of a series is held, as far as the server tells. */
export async function findSyntaxes(root: Root, study: StudyUid, series: SeriesUid): Promise<ReadonlyMap<SopUid, string>> {
  const found = await ask<JsonDataset[]>('GET', `${root}/studies/${study}/series/${series}/instances`, accept);
  return new Map(
    found.flatMap((dataset) => {
      const sop = parseSopUid(text(dataset, 'SOPInstanceUID'));
      const syntax = text(dataset, 'AvailableTransferSyntaxUID');
      return sop === null || syntax === '' ? [] : [[sop, syntax] as const];
    }),
  );
}
