/** The series of the study, each with a picture and what it holds. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { isStack, type StackSet } from '../../model/displaySet';
import { instanceThumbnailUrl } from '../../dicomweb/wado';
import type { OpenStudy } from '../../state/staff';
import { staffRoot } from '../../state/study';
import { Icon } from '../parts/icons';
import { pictureCount, progressWords, seriesName } from '../parts/words';

/** Of its own picture in the middle: the series can hold several sets. */
function Thumbnail({ set }: { set: StackSet }): JSX.Element {
  const [broken, setBroken] = useState(false);
  const middle = set.pictures[Math.floor((set.pictures.length - 1) / 2)];
  if (broken || middle === undefined) return <Icon name="file" />;
  return <img src={instanceThumbnailUrl(staffRoot, middle.facts, 256)} alt="" width={112} height={112} loading="lazy" onError={() => setBroken(true)} />;
}

export function SeriesRail({ open, chosen, choose }: { open: OpenStudy; chosen: string | null; choose: (id: string) => void }): JSX.Element {
  return (
    <nav class="rail" aria-label={t('read.series')}>
      {open.sets.map((set) => (
        <button key={set.id} type="button" class="rail-one" aria-pressed={set.id === chosen} onClick={() => choose(set.id)} data-series={set.description}>
          <span class="rail-picture">
            {isStack(set) ? <Thumbnail set={set} /> : <Icon name="file" />}
            <span class="rail-modality">{set.modality}</span>
          </span>
          <span class="rail-name">{seriesName(set.description, set.number)}</span>
          <span class="rail-count">{[isStack(set) ? pictureCount(set.pictures.length) : t('read.unsupported'), progressWords(open.progress.get(set.series))].filter((part) => part !== '').join(' · ')}</span>
        </button>
      ))}
      {open.waiting > 0 && <p class="rail-note" role="status">{t('read.loadingSeries', { count: open.waiting })}</p>}
      {open.failed.map((name) => <p key={name} class="rail-note rail-failed" role="alert">{t('read.seriesFailed', { name })}</p>)}
    </nav>
  );
}
