/** All images of a series that have the same size, approved one after the other with the same regions. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Review } from '../../api/deident';
import { t } from '../../i18n';
import type { Region } from '../../model/region';
import { approveSeries, leaveSeries, pictureUrl, type SeriesApproval } from '../../state/review';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';

interface Props {
  readonly store: StaffStore;
  /** The one in view first. */
  readonly list: readonly Review[];
  readonly regions: readonly Region[];
  readonly reason: string;
  readonly close: () => void;
}

const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;

/** A small picture with its black rectangles. */
const After = ({ review, number, regions }: { review: Review; number: number; regions: readonly Region[] }): JSX.Element => (
  <li class="sheet-one">
    <img src={pictureUrl(review, 1, {}, 640)} width={review.columns} height={review.rows} alt={t('review.seriesImage', { number })} loading="lazy" />
    {regions.map((one, index) => (
      <span
        key={index} class="sheet-black"
        style={{ left: percent(one.x, review.columns), top: percent(one.y, review.rows), width: percent(one.width, review.columns), height: percent(one.height, review.rows) }}
      />
    ))}
  </li>
);

function Outcome({ ended, list }: { ended: SeriesApproval; list: readonly Review[] }): JSX.Element {
  const [done, count] = [ended.done.length, list.length];
  if (ended.failed !== null) {
    return (
      <FailureNote failure={ended.failed.failure}>
        <p>{t('review.seriesFailed', { number: done + 1, count, uid: ended.failed.review.sopInstanceUid })}</p>
      </FailureNote>
    );
  }
  return <p class="note note-done" role="status">{done === count ? t('review.seriesDone', { count }) : t('review.seriesStopped', { done, count })}</p>;
}

export function SeriesDialog({ store, list, regions, reason, close }: Props): JSX.Element {
  const [agreed, setAgreed] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const [ended, setEnded] = useState<SeriesApproval | null>(null);
  const stop = useRef(false);
  const count = list.length;
  const running = done !== null && ended === null;
  // Whoever leaves the page does not go on approving.
  useEffect(() => () => {
    stop.current = true;
  }, []);
  const run = async (): Promise<void> => {
    setDone(0);
    setEnded(await approveSeries(store, list, { regions, reason }, { tell: setDone, stopped: () => stop.current }));
  };
  const leave = (): void => {
    if (running) return;
    close();
    const [first] = list;
    if (ended !== null && first !== undefined) void leaveSeries(store, first, ended.done);
  };
  return (
    <Dialog heading={t('review.seriesHeading', { count })} close={leave} wide>
      <div class="made">
        <p>{t('review.seriesLead')}</p>
        <p class="about">{reason}</p>
        <ul class="sheet" tabIndex={0} aria-label={t('review.afterShort')}>{list.map((review, index) => <After key={review.id} review={review} number={index + 1} regions={regions} />)}</ul>
        {done === null && (
          <label class="tick"><input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} /><span>{t('review.seriesAgree')}</span></label>
        )}
        {done !== null && (
          <div class="sheet-progress">
            <progress max={count} value={done} aria-label={t('review.seriesProgress', { done, count })} />
            <p role="status">{t('review.seriesProgress', { done, count })}</p>
          </div>
        )}
        {ended !== null && <Outcome ended={ended} list={list} />}
        <div class="dialog-foot">
          {done === null && <button type="button" class="button" onClick={leave}>{t('action.cancel')}</button>}
          {done === null && <button type="button" class="button button-main" disabled={!agreed} onClick={() => void run()}>{t('review.seriesApprove', { count })}</button>}
          {running && (
            <button
              type="button"
              class="button"
              onClick={() => {
                stop.current = true;
              }}
            >
              {t('review.seriesStop')}
            </button>
          )}
          {ended !== null && <button type="button" class="button button-main" onClick={leave}>{t('action.close')}</button>}
        </div>
      </div>
    </Dialog>
  );
}
