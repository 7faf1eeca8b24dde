/** The text over the picture: who, when, which slice, which window, which side. */
import type { JSX } from 'preact';
import type { StudyFacts } from '../../dicomweb/qido';
import { t } from '../../i18n';
import type { StackSet } from '../../model/displaySet';
import { edgeMarks } from '../../model/geometry';
import type { Reading } from '../../render/viewport';
import { day, personName, seriesName } from '../parts/words';
import type { DrawnBy } from '../pictures/pane';

interface Props {
  readonly set: StackSet;
  readonly facts: StudyFacts;
  readonly reading: Reading | null;
  readonly by: DrawnBy;
  readonly loaded: number;
  readonly failed: number;
  /** Position of the picture that failed, when it is the one in view. */
  readonly broken: number | null;
}

export function Overlay({ set, facts, reading, by, loaded, failed, broken }: Props): JSX.Element {
  const count = set.pictures.length;
  const picture = reading === null ? undefined : set.pictures[reading.index]?.facts;
  const marks = picture?.plane ? edgeMarks(picture.plane) : null;
  return (
    <div class="overlay" aria-hidden="true">
      <div class="over over-tl">
        <span class="over-strong">{personName(facts.patientName)}</span>
        <span>{facts.patientId}</span>
        <span>{[facts.birthDate === '' ? '' : day(facts.birthDate), facts.sex].filter((part) => part !== '').join(' ')}</span>
      </div>
      <div class="over over-tr">
        <span>{facts.description}</span>
        <span>{day(facts.studyDate)}</span>
        <span>{set.modality} {seriesName(set.description, set.number)}</span>
      </div>
      <div class="over over-bl">
        {picture?.lossy === true && <span class="over-flag">{t('read.lossy')}</span>}
        {picture?.burnedIn === true && <span class="over-flag">{t('read.burnedIn')}</span>}
        {by === 'server' && <span class="over-flag">{t('read.serverDrawn')}</span>}
        {failed > 0 && <span class="over-flag over-bad">{t('read.failedImages', { count: failed })}</span>}
        {by === 'browser' && loaded < count && <span>{t('read.progress', { loaded, count })}</span>}
        {reading !== null && <span class="over-strong">{t('read.slice', { index: (broken ?? reading.index) + 1, count })}</span>}
      </div>
      <div class="over over-br">
        {reading !== null && <span>{t('read.zoom', { percent: Math.round(reading.zoom * 100) })}</span>}
        {reading !== null && <span>{t('read.window', { center: Math.round(reading.voi.center), width: Math.round(reading.voi.width) })}</span>}
      </div>
      {marks !== null && <><span class="mark-edge mark-l">{marks.left}</span><span class="mark-edge mark-r">{marks.right}</span><span class="mark-edge mark-t">{marks.top}</span><span class="mark-edge mark-b">{marks.bottom}</span></>}
    </div>
  );
}
