/** Reads the DICOM JSON model, PS3.18 annex F. The keywords in use, and their tags, stand in one table. */

export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}
export type JsonDataset = Readonly<Record<string, JsonElement>>;

export const tags = {
  SOPClassUID: '00080016',
  SOPInstanceUID: '00080018',
  StudyDate: '00080020',
  Modality: '00080060',
  StudyDescription: '00081030',
  SeriesDescription: '0008103E',
  AvailableTransferSyntaxUID: '00083002',
  PatientName: '00100010',
  PatientID: '00100020',
  PatientBirthDate: '00100030',
  PatientSex: '00100040',
  FrameTime: '00181063',
  StudyInstanceUID: '0020000D',
  SeriesInstanceUID: '0020000E',
  SeriesNumber: '00200011',
  InstanceNumber: '00200013',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  PlanePositionSequence: '00209113',
  PlaneOrientationSequence: '00209116',
  SharedFunctionalGroupsSequence: '52009229',
  PerFrameFunctionalGroupsSequence: '52009230',
  FrameVOILUTSequence: '00289132',
  PixelMeasuresSequence: '00289110',
  PixelValueTransformationSequence: '00289145',
  SamplesPerPixel: '00280002',
  BitsAllocated: '00280100',
  BitsStored: '00280101',
  PixelRepresentation: '00280103',
  PhotometricInterpretation: '00280004',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  PixelSpacing: '00280030',
  BurnedInAnnotation: '00280301',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
  RescaleIntercept: '00281052',
  RescaleSlope: '00281053',
  LossyImageCompression: '00282110',
} as const;

export type Keyword = keyof typeof tags;

const values = (dataset: JsonDataset, keyword: Keyword): readonly unknown[] => dataset[tags[keyword]]?.Value ?? [];

/** The first value as text; person names give their alphabetic group. Empty when absent. */
export function text(dataset: JsonDataset, keyword: Keyword): string {
  const value = values(dataset, keyword)[0];
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) {
    return typeof value.Alphabetic === 'string' ? value.Alphabetic : '';
  }
  return '';
}

const asNumber = (value: unknown): number => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value) as number;

/** All values as numbers, or null when one of them is none. DS and IS may come as numbers or as strings. */
export function numbers(dataset: JsonDataset, keyword: Keyword): readonly number[] | null {
  const found = values(dataset, keyword).map(asNumber);
  return found.length > 0 && found.every((value) => Number.isFinite(value)) ? found : null;
}

export const number = (dataset: JsonDataset, keyword: Keyword): number | null => numbers(dataset, keyword)?.[0] ?? null;

/** The first item of a sequence. */
export function item(dataset: JsonDataset, keyword: Keyword): JsonDataset | null {
  const value = values(dataset, keyword)[0];
  return typeof value === 'object' && value !== null ? (value as JsonDataset) : null;
}
