/** The picture of a held object, before and after, with its frames and what helps to see text in it. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Review } from '../../api/deident';
import { t } from '../../i18n';
import type { Region } from '../../model/region';
import type { Voi } from '../../model/voi';
import { nextUnseen, pictureUrl } from '../../state/review';
import { Scrubber } from '../pictures/scrubber';
import { Said } from '../parts/said';
import { Mask } from './mask';
import { StillView } from './stillView';
import { useStill } from './useStill';

const views = ['before', 'after', 'both'] as const;
export type View = (typeof views)[number];
const zooms = [1, 2, 4] as const;
const lights = ['sent', 'whole', 'bright', 'inverted'] as const;
type Light = (typeof lights)[number];

/** Frames that were not seen come into view at this pace: a text that stands in one of them is noticed. */
const pause = 125;

const none: readonly Region[] = [];

interface Props {
  readonly review: Review;
  /** The window that hides nothing, where there is one. */
  readonly range: Voi | null;
  readonly regions: readonly Region[];
  readonly chosen: number | null;
  readonly change: (regions: readonly Region[]) => void;
  readonly choose: (index: number | null) => void;
  readonly seen: ReadonlySet<number>;
  readonly see: (frame: number) => void;
}

function Tools({ view, setView, light, setLight, range, zoom, setZoom }: {
  view: View; setView: (view: View) => void; light: Light; setLight: (light: Light) => void; range: Voi | null; zoom: number; setZoom: (zoom: number) => void;
}): JSX.Element {
  return (
    <div class="look-tools">
      <div class="look-views" role="group" aria-label={t('review.view')}>
        {views.map((one) => <button key={one} type="button" class="tool" aria-pressed={one === view} onClick={() => setView(one)}>{t(`review.view.${one}`)}</button>)}
      </div>
      <label class="look-select" title={t('review.lightHint')}>
        <span>{t('review.light')}</span>
        <select class="tool-select" value={light} onChange={(event) => setLight(lights.find((one) => one === event.currentTarget.value) ?? 'sent')}>
          {lights.filter((one) => one !== 'whole' || range !== null).map((one) => <option key={one} value={one}>{t(`review.light.${one}`)}</option>)}
        </select>
      </label>
      <label class="look-select">
        <span>{t('review.zoom')}</span>
        <select class="tool-select" value={String(zoom)} onChange={(event) => setZoom(Number(event.currentTarget.value))}>
          {zooms.map((one) => <option key={one} value={String(one)}>{t(`review.zoom.${one}`)}</option>)}
        </select>
      </label>
    </div>
  );
}

function Frames({ review, frame, setFrame, seen, plays, setPlays }: {
  review: Review; frame: number; setFrame: (frame: number) => void; seen: ReadonlySet<number>; plays: boolean; setPlays: (plays: boolean) => void;
}): JSX.Element | null {
  if (review.frames < 2) return null;
  const value = t('review.framePosition', { frame, count: review.frames });
  return (
    <div class="look-frames">
      <Scrubber index={frame - 1} count={review.frames} loaded={seen.size} label={t('review.frame')} value={value} move={(index) => setFrame(index + 1)} />
      <p><span>{value}</span><span>{t('review.framesSeen', { seen: seen.size, count: review.frames })}</span></p>
      <button type="button" class="button button-dark" disabled={seen.size >= review.frames} onClick={() => setPlays(!plays)}>{plays ? t('review.framesStop') : t('review.framesPlay')}</button>
      <p class="look-every">{t('review.everyFrame', { count: review.frames })}</p>
    </div>
  );
}

export function Look({ review, range, regions, chosen, change, choose, seen, see }: Props): JSX.Element {
  const [view, setView] = useState<View>('before');
  const [light, setLight] = useState<Light>('sent');
  const [zoom, setZoom] = useState(1);
  const [frame, setFrame] = useState(1);
  const [plays, setPlays] = useState(false);
  const url = (at: number): string => pictureUrl(review, at, light === 'whole' && range !== null ? { voi: range } : {});
  const beside = [frame + 1, frame - 1].filter((at) => at >= 1 && at <= review.frames).map(url);
  const { still, refused, retry } = useStill(url(frame), beside);
  const here = still !== null;
  useEffect(() => {
    if (here) see(frame);
  }, [here, frame]);
  // Each is in view before the next one comes, however slowly it is fetched.
  useEffect(() => {
    const next = refused === null ? nextUnseen(review.frames, seen, frame) : null;
    if (plays && next === null) setPlays(false);
    if (!plays || !here || next === null) return undefined;
    const timer = setTimeout(() => setFrame(next), pause);
    return () => clearTimeout(timer);
  }, [plays, here, frame, seen, refused]);

  const stage = useRef<HTMLDivElement>(null);
  // Both pictures show the same part, whichever is scrolled.
  const follow = (box: HTMLElement): void => {
    for (const other of stage.current?.querySelectorAll<HTMLElement>('.still-box') ?? []) {
      if (other !== box) other.scrollTo(box.scrollLeft, box.scrollTop);
    }
  };
  const help = useId();
  const shared = { image: still, size: review, zoom, look: light, scrolled: follow };
  return (
    <div class="look" data-frame={still === null ? undefined : frame}>
      <Tools view={view} setView={setView} light={light} setLight={setLight} range={range} zoom={zoom} setZoom={setZoom} />
      <div class={`look-stage look-${view}`} ref={stage} style={{ '--shape': String(review.columns / review.rows) }}>
        {view !== 'after' && (
          <StillView
            {...shared} name="before" blanked={none} label={null} caption={t('review.beforeShort')}
            over={(scale) => (
              <Mask
                label={t('review.before', { frame, count: regions.length })} describedBy={help}
                size={review} scale={scale} regions={regions} chosen={chosen} change={change} choose={choose}
              />
            )}
          />
        )}
        {view !== 'before' && <StillView {...shared} name="after" blanked={regions} label={t('review.after', { frame, count: regions.length })} caption={t('review.afterShort')} />}
        {still === null && refused === null && <p class="stage-note" role="status">{t('review.pictureLoading')}</p>}
        {refused !== null && (
          <div class="stage-note" role="alert">
            <p>{t('review.pictureFailed')}{refused.why !== '' && <>{' '}<Said text={refused.why} /></>}</p>
            <button type="button" class="button button-dark" onClick={retry}>{t('action.retry')}</button>
          </div>
        )}
      </div>
      <Frames review={review} frame={frame} setFrame={setFrame} seen={seen} plays={plays} setPlays={setPlays} />
      <p class="hint look-help" id={help}>{t('review.editing')}</p>
    </div>
  );
}
