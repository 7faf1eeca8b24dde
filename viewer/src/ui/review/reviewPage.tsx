/** Held objects that somebody has to look at, the oldest first. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { mostReviews, type Review } from '../../api/deident';
import { t } from '../../i18n';
import { className } from '../../model/sopClass';
import { loadProjects } from '../../state/projects';
import { known } from '../../state/remote';
import { hasPixels, loadReviews, pictureUrl } from '../../state/review';
import { go } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Select } from '../parts/field';
import { Icon } from '../parts/icons';
import { Said } from '../parts/said';
import { instant } from '../parts/words';
import { PageLink } from '../staff/shell';

export const sizeOf = (review: Review): string =>
  hasPixels(review)
    ? [t('review.dimensions', { columns: review.columns, rows: review.rows }), review.frames > 1 ? t('review.frames', { count: review.frames }) : ''].filter((part) => part !== '').join(' · ')
    : t('review.noPicture');

function Line({ store, review }: { store: StaffStore; review: Review }): JSX.Element {
  const route = { page: 'reviewing', project: review.project, review: review.id } as const;
  return (
    <tr
      class="row"
      data-review={review.id}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a') === null) go(store, route);
      }}
    >
      <td>
        <div class="held">
          <span class="held-picture">{hasPixels(review) ? <img src={pictureUrl(review, 1, {}, 128)} alt="" loading="lazy" /> : <Icon name="file" />}</span>
          <span><PageLink store={store} route={route} class="row-name">{className(review.sopClass)}</PageLink><span class="row-sub"><span class="modality">{review.modality}</span></span></span>
        </div>
      </td>
      <td>{review.project}</td>
      <td class="cell-count">{sizeOf(review)}</td>
      <td class="cell-because">{review.because.map((one) => <Said key={one} text={one} />)}</td>
      <td class="cell-date"><span class="cell-label">{t('review.since')} </span>{instant(review.at)}</td>
    </tr>
  );
}

function Found({ count, loading }: { count: number; loading: boolean }): JSX.Element {
  const text = loading ? t('review.loading') : count === 1 ? t('review.waitingOne') : t('review.waiting', { count });
  return <p class="found" role="status">{text}</p>;
}

export function ReviewPage({ store, project }: { store: StaffStore; project: string | null }): JSX.Element {
  const { waiting, projects } = store.get();
  useEffect(() => void loadReviews(store, project), [store, project]);
  useEffect(() => void loadProjects(store), [store]);
  const list = known(waiting)?.reviews ?? null;
  const names = [...new Set([...(known(projects) ?? []).map((one) => one.name), ...(project === null ? [] : [project])])].toSorted();
  return (
    <div class="page">
      <div class="page-head">
        <h1>{t('review.heading')}</h1>
        <Found count={list?.length ?? 0} loading={list === null || waiting.state === 'loading'} />
        {names.length > 0 && (
          <div class="page-actions held-filter">
            <Select label={t('review.project')} value={project ?? ''} change={(name) => go(store, { page: 'review', project: name === '' ? null : name })}>
              <option value="">{t('review.allProjects')}</option>
              {names.map((name) => <option key={name} value={name}>{name}</option>)}
            </Select>
          </div>
        )}
      </div>
      <p class="muted">{t('review.lead')}</p>
      {waiting.state === 'failed' && (
        <FailureNote failure={waiting.failure}><button type="button" class="button" onClick={() => void loadReviews(store, project)}>{t('action.retry')}</button></FailureNote>
      )}
      {list?.length === 0 && <div class="nothing"><Icon name="check" /><p>{t('review.nothing')}</p></div>}
      {list !== null && list.length > 0 && (
        <table class="studies">
          <thead>
            <tr>{(['object', 'project', 'size', 'because', 'since'] as const).map((one) => <th key={one} scope="col">{t(`review.${one}`)}</th>)}</tr>
          </thead>
          <tbody>{list.map((review) => <Line key={review.id} store={store} review={review} />)}</tbody>
        </table>
      )}
      {list !== null && list.length >= mostReviews && <p class="muted">{t('review.waitingMost', { count: list.length })}</p>}
    </div>
  );
}
