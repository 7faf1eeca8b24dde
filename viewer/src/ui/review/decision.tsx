/** Approve or reject, with a reason that stays. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Review } from '../../api/deident';
import { t } from '../../i18n';
import type { Region } from '../../model/region';
import type { Failure } from '../../state/remote';
import { approveOne, rejectOne } from '../../state/review';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';

interface Props {
  readonly store: StaffStore;
  readonly review: Review;
  readonly regions: readonly Region[];
  /** What must be looked at before it can be approved; null once it was. */
  readonly first: string | null;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  /** Offered where there are others like it. */
  readonly series: (() => void) | null;
}

const approval = (count: number): string =>
  count === 0 ? t('review.approvePlain') : count === 1 ? t('review.approveRegion') : t('review.approveRegions', { count });

export function Decision({ store, review, regions, first, reason, setReason, series }: Props): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const given = reason.trim();
  const decide = async (deciding: () => Promise<Failure | null>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    setFailure(await deciding());
    setBusy(false);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void decide(() => approveOne(store, review, regions, given));
  };
  return (
    <section class="side-part">
      <h2>{t('review.decide')}</h2>
      <form class="decision" onSubmit={submit}>
        <Field label={t('review.reason')} hint={t('review.reasonHint')} value={reason} change={setReason} name="reason" required maxLength={200} autocomplete="off" />
        {failure !== null && <FailureNote failure={failure} />}
        {first !== null && <p class="hint hint-warn" role="status">{first}</p>}
        <div class="side-buttons">
          <button type="submit" class="button button-main" disabled={busy || first !== null || given === ''}>{approval(regions.length)}</button>
          <button type="button" class="button button-danger" disabled={busy || given === ''} onClick={() => void decide(() => rejectOne(store, review, given))}>{t('review.reject')}</button>
        </div>
        {series !== null && <button type="button" class="button" disabled={busy || first !== null || given === ''} onClick={series}>{t('review.series')}</button>}
      </form>
    </section>
  );
}
