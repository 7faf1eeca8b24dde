/** The series of a study, some of them ticked. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { parseStudyUid, type SeriesUid } from '../../model/uid';
import { seriesOf, type SeriesChoice } from '../../state/study';
import { seriesName } from '../parts/words';

export function SeriesPicker({ study, chosen, change }: { study: string; chosen: ReadonlySet<SeriesUid>; change: (chosen: ReadonlySet<SeriesUid>) => void }): JSX.Element {
  const [series, setSeries] = useState<readonly SeriesChoice[] | null>(null);
  useEffect(() => {
    const uid = parseStudyUid(study);
    if (uid !== null) void seriesOf(uid).then(setSeries, () => setSeries([]));
  }, [study]);
  if (series === null) return <p class="hint">{t('share.loadingSeries')}</p>;
  const flip = (uid: SeriesUid): void => {
    const next = new Set(chosen);
    if (!next.delete(uid)) next.add(uid);
    change(next);
  };
  return (
    <div class="series-picker" role="group" aria-label={t('share.series')}>
      {series.map((one) => (
        <label key={one.series} class="tick">
          <input type="checkbox" checked={chosen.has(one.series)} onChange={() => flip(one.series)} />
          <span>{one.modality} · {seriesName(one.description, one.number)}</span>
        </label>
      ))}
    </div>
  );
}
