/** One held object: why it is held, how it looks before and after, and the decision. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Review } from '../../api/deident';
import type { Attribute } from '../../dicomweb/attributes';
import { t } from '../../i18n';
import { clamped, type Region } from '../../model/region';
import { className } from '../../model/sopClass';
import { known } from '../../state/remote';
import { alike, findReview, hasPixels, openReview } from '../../state/review';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { Said } from '../parts/said';
import { instant } from '../parts/words';
import { PageLink } from '../staff/shell';
import { AttributeTable } from './attributeTable';
import { Decision } from './decision';
import { Look } from './look';
import { RegionList } from './regionList';
import { sizeOf } from './reviewPage';
import { SeriesDialog } from './seriesDialog';

function Head({ store, review, project }: { store: StaffStore; review: Review | null; project: string }): JSX.Element {
  const waiting = known(store.get().waiting);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = review?.id;
  // The next object opens by itself: who reads by ear is told.
  useEffect(() => {
    if (id !== undefined) heading.current?.focus();
  }, [id]);
  const list = waiting?.reviews ?? [];
  return (
    <div class="page-head reviewing-head">
      <PageLink store={store} route={{ page: 'review', project: waiting === null ? project : waiting.project }} class="page-back"><Icon name="back" /><span>{t('review.back')}</span></PageLink>
      {review !== null && (
        <>
          <h1 ref={heading} tabIndex={-1}>{className(review.sopClass)}</h1>
          <p class="found"><span class="modality">{review.modality}</span> {[review.project, sizeOf(review), instant(review.at)].join(' · ')}</p>
          <p class="found head-end">{t('review.position', { index: list.findIndex((one) => one.id === review.id) + 1, count: list.length })}</p>
        </>
      )}
    </div>
  );
}

const Because = ({ review }: { review: Review }): JSX.Element => (
  <section class="side-part side-because">
    <h2>{t('review.because')}</h2>
    <ul class="because">{review.because.map((one) => <li key={one}><Said text={one} /></li>)}</ul>
  </section>
);

/** What the metadata leaves out, such as the pages themselves, is to be fetched. */
const Document = ({ attributes }: { attributes: readonly Attribute[] }): JSX.Element => (
  <div class="note">
    <p>{t('review.document')}</p>
    {attributes.map(({ apart, name, tag }) => apart !== null && <a key={tag} class="button" href={apart} download>{t('review.fetchOf', { name: name || tag })}</a>)}
  </div>
);

function Attributes({ store, open }: { store: StaffStore; open: boolean }): JSX.Element {
  const { inspected } = store.get();
  const attributes = known(inspected)?.attributes;
  return (
    <details class="side-part attributes-box" open={open}>
      <summary><h2>{t('review.attributes')}</h2></summary>
      {inspected.state === 'failed' && <FailureNote failure={inspected.failure} />}
      {inspected.state === 'loading' && <p role="status">{t('review.loading')}</p>}
      {attributes !== undefined && <AttributeTable attributes={attributes} />}
    </details>
  );
}

/** Nobody knows in which frame a name stands: each is to be seen, or a document's attributes. */
function toSeeFirst(review: Review, seen: ReadonlySet<number>, read: boolean): string | null {
  if (!hasPixels(review)) return read ? null : t('review.notRead');
  if (seen.size >= Math.max(1, review.frames)) return null;
  return review.frames > 1 ? t('review.notAllSeen', { count: review.frames }) : t('review.notSeen');
}

function Reviewed({ store, review }: { store: StaffStore; review: Review }): JSX.Element {
  const [proposed] = useState(() => (hasPixels(review) ? review.regions.map((one) => clamped(one, review)) : []));
  const [regions, setRegions] = useState<readonly Region[]>(proposed);
  const [chosen, choose] = useState<number | null>(null);
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  const [reason, setReason] = useState('');
  const [together, setTogether] = useState<readonly Review[] | null>(null);
  const { inspected, waiting } = store.get();
  const pixels = hasPixels(review);
  const others = alike(known(waiting)?.reviews ?? [], review);
  return (
    <div class={pixels ? 'reviewing' : 'reviewing reviewing-document'}>
      <div class="reviewing-main">
        {pixels ? (
          <Look
            review={review} range={known(inspected)?.range ?? null} regions={regions} chosen={chosen} change={setRegions} choose={choose}
            seen={seen} see={(frame) => setSeen((before) => (before.has(frame) ? before : new Set([...before, frame])))}
          />
        ) : <Document attributes={known(inspected)?.attributes ?? []} />}
        <Attributes store={store} open={!pixels} />
      </div>
      <div class="reviewing-side">
        <Because review={review} />
        {pixels && <RegionList size={review} proposed={proposed} regions={regions} chosen={chosen} change={setRegions} choose={choose} />}
        <Decision
          store={store} review={review} regions={regions} first={toSeeFirst(review, seen, inspected.state === 'here')} reason={reason} setReason={setReason}
          series={pixels && others.length > 1 ? () => setTogether(others) : null}
        />
      </div>
      {together !== null && <SeriesDialog store={store} list={together} regions={regions} reason={reason.trim()} close={() => setTogether(null)} />}
    </div>
  );
}

export function ReviewingPage({ store, project, id }: { store: StaffStore; project: string; id: string }): JSX.Element {
  useEffect(() => void openReview(store, project, id), [store, project, id]);
  const { waiting } = store.get();
  const review = findReview(store, id);
  return (
    <div class="page page-wide">
      <Head store={store} review={review} project={project} />
      {waiting.state === 'failed' && <FailureNote failure={waiting.failure} />}
      {review === null && waiting.state === 'loading' && <p role="status">{t('review.loading')}</p>}
      {review === null && waiting.state === 'here' && <div class="nothing"><p>{t('review.gone')}</p></div>}
      {review !== null && <Reviewed key={review.id} store={store} review={review} />}
    </div>
  );
}
