/** From one instance's metadata to the facts the viewer works with. */
import type { Plane, Vector } from '../model/geometry';
import type { InstanceFacts } from '../model/image';
import { parseSeriesUid, parseSopUid, parseStudyUid } from '../model/uid';
import { voiFromRange, type Voi } from '../model/voi';
import { item, number, numbers, text, type JsonDataset } from './dicomJson';

const vector = (values: readonly number[] | null, from: number): Vector | null => {
  const [x, y, z] = values?.slice(from, from + 3) ?? [];
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
};

function planeOf(positionFrom: JsonDataset, orientationFrom: JsonDataset): Plane | null {
  const orientation = numbers(orientationFrom, 'ImageOrientationPatient');
  const position = vector(numbers(positionFrom, 'ImagePositionPatient'), 0);
  const row = vector(orientation, 0);
  const column = vector(orientation, 3);
  return position === null || row === null || column === null ? null : { position, row, column };
}

function voiOf(dataset: JsonDataset): Voi | null {
  const center = number(dataset, 'WindowCenter');
  const width = number(dataset, 'WindowWidth');
  return center === null || width === null || width < 1 ? null : { center, width };
}

/** The functional groups that hold for the first frame, or the instance itself when it has none. */
function groups(dataset: JsonDataset): JsonDataset {
  return { ...dataset, ...item(dataset, 'SharedFunctionalGroupsSequence'), ...item(dataset, 'PerFrameFunctionalGroupsSequence') };
}

/** Null when the identifiers that make an instance an instance are missing. */
export function factsOf(dataset: JsonDataset): InstanceFacts | null {
  const study = parseStudyUid(text(dataset, 'StudyInstanceUID'));
  const series = parseSeriesUid(text(dataset, 'SeriesInstanceUID'));
  const sop = parseSopUid(text(dataset, 'SOPInstanceUID'));
  if (study === null || series === null || sop === null) return null;
  const grouped = groups(dataset);
  const measures = item(grouped, 'PixelMeasuresSequence') ?? dataset;
  const [row, column] = numbers(measures, 'PixelSpacing') ?? [];
  return {
    study,
    series,
    sop,
    sopClass: text(dataset, 'SOPClassUID'),
    modality: text(dataset, 'Modality'),
    seriesNumber: number(dataset, 'SeriesNumber') ?? 0,
    seriesDescription: text(dataset, 'SeriesDescription'),
    instanceNumber: number(dataset, 'InstanceNumber') ?? 0,
    frames: Math.max(1, number(dataset, 'NumberOfFrames') ?? 1),
    rows: number(dataset, 'Rows') ?? 0,
    columns: number(dataset, 'Columns') ?? 0,
    samplesPerPixel: number(dataset, 'SamplesPerPixel') ?? 1,
    bitsAllocated: number(dataset, 'BitsAllocated') ?? 16,
    photometric: text(dataset, 'PhotometricInterpretation'),
    plane: planeOf(item(grouped, 'PlanePositionSequence') ?? dataset, item(grouped, 'PlaneOrientationSequence') ?? dataset),
    spacing: row === undefined || column === undefined ? null : [row, column],
    voi: voiOf(item(grouped, 'FrameVOILUTSequence') ?? dataset),
    frameTime: number(dataset, 'FrameTime'),
    lossy: text(dataset, 'LossyImageCompression') === '01',
    burnedIn: text(dataset, 'BurnedInAnnotation') === 'YES',
    syntax: text(dataset, 'AvailableTransferSyntaxUID') || null,
  };
}

/** The window in which no pixel of a grey image is too bright or too dark to be seen. Null in colour. */
export function wholeRange(dataset: JsonDataset): Voi | null {
  const bits = number(dataset, 'BitsStored');
  if (bits === null || bits < 1 || bits > 32 || !text(dataset, 'PhotometricInterpretation').startsWith('MONOCHROME')) return null;
  const least = number(dataset, 'PixelRepresentation') === 1 ? -(2 ** (bits - 1)) : 0;
  const rescaled = item(groups(dataset), 'PixelValueTransformationSequence') ?? dataset;
  const slope = number(rescaled, 'RescaleSlope') ?? 1;
  const [one, other] = [least, least + 2 ** bits - 1].map((value) => value * slope + (number(rescaled, 'RescaleIntercept') ?? 0));
  return one === undefined || other === undefined ? null : voiFromRange(Math.min(one, other), Math.max(one, other));
}
