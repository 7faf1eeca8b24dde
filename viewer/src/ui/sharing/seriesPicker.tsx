/** The series of a study, some of them ticked. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { parseStudyUid, type SeriesUid } from '../../model/uid';
import { failureOf, here, idle, type Remote } from '../../state/remote';
import { seriesOf, type SeriesChoice } from '../../state/study';
import { FailureNote } from '../parts/failure';
import { seriesName } from '../parts/words';

export function SeriesPicker({ study, chosen, change }: { study: string; chosen: ReadonlySet<SeriesUid>; change: (chosen: ReadonlySet<SeriesUid>) => void }): JSX.Element {
  const [series, setSeries] = useState<Remote<readonly SeriesChoice[]>>(idle);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const uid = parseStudyUid(study);
    const failed = (error: unknown): void => setSeries({ state: 'failed', failure: failureOf(error) });
    setSeries(idle);
    if (uid === null) failed(null);
    else void seriesOf(uid).then((found) => setSeries(here(found)), failed);
  }, [study, tries]);
  if (series.state === 'failed') return <FailureNote failure={series.failure}><button type="button" class="button" onClick={() => setTries(tries + 1)}>{t('action.retry')}</button></FailureNote>;
  if (series.state !== 'here') return <p class="hint" role="status">{t('share.loadingSeries')}</p>;
  const flip = (uid: SeriesUid): void => {
    const next = new Set(chosen);
    if (!next.delete(uid)) next.add(uid);
    change(next);
  };
  return (
    <div class="series-picker" role="group" aria-label={t('share.series')}>
      {series.value.map((one) => (
        <label key={one.series} class="tick">
          <input type="checkbox" checked={chosen.has(one.series)} onChange={() => flip(one.series)} />
          <span>{one.modality} · {seriesName(one.description, one.number)}</span>
        </label>
      ))}
    </div>
  );
}
