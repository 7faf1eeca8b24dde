/** One shared series on a phone: the server's pictures at once, the original ones on request. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { renderedUrl } from '../../dicomweb/wado';
import { isStack, type StackSet } from '../../model/displaySet';
import type { SeriesUid, StudyUid } from '../../model/uid';
import { canDraw } from '../../render/ability';
import type { Viewport } from '../../render/viewport';
import { seriesContent, type SeriesContent } from '../../state/study';
import { scroll } from '../../tool';
import { Icon, type IconName } from '../parts/icons';
import { Pane, type DrawnBy } from '../pictures/pane';
import { Scrubber } from '../pictures/scrubber';
import { Adjust, neutral, type Look } from './adjust';

interface Props {
  readonly root: string;
  readonly study: StudyUid;
  readonly series: SeriesUid;
  readonly name: string;
  /** Whether the link allows keeping pictures. */
  readonly mayKeep: boolean;
  readonly failed: () => void;
  readonly back: () => void;
}

const playInterval = 110;

const Round = ({ icon, label, run, pressed, disabled = false }: { icon: IconName; label: string; run: () => void; pressed?: boolean; disabled?: boolean }): JSX.Element => (
  <button type="button" class="round" aria-label={label} title={label} aria-pressed={pressed} disabled={disabled} onClick={run}><Icon name={icon} /></button>
);

/** Saves the picture as the server draws it. */
function Keep({ root, set, index, name }: { root: string; set: StackSet; index: number; name: string }): JSX.Element | null {
  const picture = set.pictures[index];
  if (picture === undefined) return null;
  return (
    <a class="round" aria-label={t('picture.save')} title={t('picture.save')} download={`${name} ${index + 1}.jpg`} href={renderedUrl(root, picture.facts, picture.frame, { quality: 95 })}>
      <Icon name="download" />
    </a>
  );
}

function Pictures({ root, set, content, name, mayKeep, failed }: Pick<Props, 'root' | 'name' | 'mayKeep' | 'failed'> & { set: StackSet; content: SeriesContent }): JSX.Element {
  const viewport = useRef<Viewport | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const count = set.pictures.length;
  const [index, setIndex] = useState(Math.floor((count - 1) / 2));
  const [shown, setShown] = useState<number | null>(null);
  const [loaded, setLoaded] = useState(0);
  const [broken, setBroken] = useState(false);
  const [by, setBy] = useState<DrawnBy>('server');
  const [playing, setPlaying] = useState(false);
  const [look, setLook] = useState<Look | null>(null);
  const [moved, setMoved] = useState(false);
  const [ended, setEnded] = useState(false);
  const settled = useRef(false);
  settled.current ||= shown !== null || broken;
  // To ask the browser takes it long enough to hold up the first picture.
  const able = settled.current && set.drawnBy === 'browser' && canDraw();

  const moveTo = (next: number): void => {
    viewport.current?.scrollTo(next);
    setIndex(viewport.current?.index ?? next);
  };
  const zoom = (factor: number): void => {
    const box = stage.current;
    if (box !== null) viewport.current?.zoomBy(factor, { x: box.clientWidth / 2, y: box.clientHeight / 2 });
  };
  // The next picture is asked for only when the last one is on the screen, so playing never runs ahead of the network.
  useEffect(() => {
    if (!playing || shown === null) return undefined;
    const timer = setTimeout(() => moveTo((shown + 1) % count), playInterval);
    return () => clearTimeout(timer);
  }, [playing, shown, count]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.matches('input')) return;
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      moveTo((viewport.current?.index ?? 0) + step);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  useEffect(() => {
    const { brightness, contrast } = look ?? neutral;
    const box = stage.current?.querySelector<HTMLElement>('[data-pane]');
    if (box) box.style.filter = brightness === 1 && contrast === 1 ? '' : `brightness(${brightness}) contrast(${contrast})`;
  }, [look]);
  // A number beside a picture is that picture's own, also while the next one is on its way.
  const seen = broken || shown === null ? index : shown;
  const position = t('picture.position', { index: seen + 1, count });

  return (
    <>
      <div class="stage" ref={stage}>
        <Pane
          root={root} set={set} metadata={content.metadata} by={by} start={index} tool={scroll} label={position}
          opened={(opened) => {
            viewport.current = opened;
          }}
          drawn={(reading) => {
            if (shown !== null && shown !== reading.index) setMoved(true);
            setShown(reading.index);
            setIndex(viewport.current?.index ?? reading.index);
            setBroken(false);
          }}
          progress={setLoaded}
          trouble={(trouble) => {
            if (trouble === null) return;
            if (trouble.kind === 'serverOnly') {
              setShown(null);
              setBy('server');
              setEnded(by === 'browser');
            } else {
              setBroken(true);
              setPlaying(false);
              if (!trouble.final) failed();
            }
          }}
        />
        {shown === null && !broken && <p class="stage-note" role="status">{by === 'browser' ? t('picture.fullLoading') : t('picture.loading')}</p>}
        {broken && (
          <div class="stage-note" role="alert">
            <p>{t('picture.failed')}</p>
            <button type="button" class="button button-dark" onClick={() => viewport.current?.retry()}>{t('action.retry')}</button>
          </div>
        )}
        {able && (
          <button
            type="button"
            class="full"
            aria-pressed={by === 'browser'}
            title={t('picture.fullLead')}
            onClick={() => {
              setShown(null);
              setLoaded(0);
              setEnded(false);
              setBy(by === 'browser' ? 'server' : 'browser');
            }}
          >
            <Icon name="sharp" />
            <span>{t('picture.full')}</span>
          </button>
        )}
        {ended && <p class="swipe-hint" role="status">{t('picture.fullEnded')}</p>}
        {count > 1 && !moved && !ended && shown !== null && <p class="swipe-hint">{t('picture.hint')}</p>}
        <p class="count" aria-hidden="true">{seen + 1} / {count}</p>
        <p class="offscreen" aria-live="polite">{playing ? '' : position}</p>
      </div>
      {look !== null && <Adjust look={look} change={setLook} />}
      <div class="deck">
        <Scrubber index={index} count={count} loaded={loaded} label={t('picture.scrubber')} value={t('picture.position', { index: index + 1, count })} move={moveTo} />
        <div class="deck-row">
          <Round icon="previous" label={t('picture.previous')} disabled={index === 0} run={() => moveTo(index - 1)} />
          <Round icon="next" label={t('picture.next')} disabled={index === count - 1} run={() => moveTo(index + 1)} />
          {count > 1 && <Round icon={playing ? 'pause' : 'play'} label={playing ? t('picture.pause') : t('picture.play')} run={() => setPlaying(!playing)} />}
          <span class="deck-gap" />
          <Round icon="minus" label={t('picture.farther')} run={() => zoom(1 / 1.4)} />
          <Round icon="plus" label={t('picture.nearer')} run={() => zoom(1.4)} />
          <Round icon="fit" label={t('picture.fit')} run={() => viewport.current?.reset()} />
          {mayKeep && <Keep root={root} set={set} index={seen} name={name} />}
          <Round icon="sun" label={t('picture.adjust')} pressed={look !== null} run={() => setLook(look === null ? neutral : null)} />
        </div>
      </div>
    </>
  );
}

export function Viewer({ root, study, series, name, mayKeep, failed, back }: Props): JSX.Element {
  const [content, setContent] = useState<SeriesContent | 'failed' | null>(null);
  useEffect(() => {
    void seriesContent(root, study, series).then(setContent, () => {
      setContent('failed');
      failed();
    });
  }, [root, study, series]);
  const stacks = content === null || content === 'failed' ? [] : content.sets.filter(isStack);
  const [at, setAt] = useState(0);
  const set = stacks[at];
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus({ preventScroll: true }), []);
  return (
    <div class="viewer">
      <header class="viewer-head">
        <button type="button" class="viewer-back" onClick={back}><Icon name="back" /><span>{t('picture.back')}</span></button>
        <h1 ref={head} tabIndex={-1}>{name}</h1>
      </header>
      <main class="viewer-main">
        {content === null && <p class="stage-note" role="status">{t('picture.loading')}</p>}
        {content === 'failed' && <p class="stage-note" role="alert">{t('picture.failed')}</p>}
        {content !== null && content !== 'failed' && set === undefined && <p class="stage-note">{t('picture.nothing')}</p>}
        {stacks.length > 1 && (
          <div class="parts" role="group" aria-label={t('read.series')}>
            {stacks.map((one, position) => <button key={one.id} type="button" class="chip" aria-pressed={position === at} onClick={() => setAt(position)}>{position + 1}</button>)}
          </div>
        )}
        {set !== undefined && content !== null && content !== 'failed' && <Pictures key={set.id} root={root} set={set} content={content} name={name} mayKeep={mayKeep} failed={failed} />}
      </main>
    </div>
  );
}
