/** The picture that stands for a series. */
import { shareRoot } from '../api/door';
import type { Opened } from '../api/opening';
import { seriesThumbnailUrl } from '../dicomweb/wado';
import { parseSeriesUid, parseStudyUid, type SeriesUid, type StudyUid } from '../model/uid';

/** In pixels of the screen: sharp on a phone, where it is half of it wide. */
export const posterSize = 384;

export const posterUrl = (handle: string, study: StudyUid, series: SeriesUid): string => seriesThumbnailUrl(shareRoot(handle), study, series, posterSize);

/** Asks for the first of them before the page is drawn that shows it, which then finds the answer on its way. */
export function askAhead(handle: string, { studies }: Opened): void {
  const [study] = studies;
  const studyUid = parseStudyUid(study?.studyInstanceUid ?? '');
  const seriesUid = parseSeriesUid(study?.series[0]?.seriesInstanceUid ?? '');
  if (studyUid !== null && seriesUid !== null) new Image().src = posterUrl(handle, studyUid, seriesUid);
}
