/** One series being read: the picture, its tools, its text and its keys. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StudyFacts } from '../../dicomweb/qido';
import type { Metadata } from '../../dicomweb/wado';
import { t } from '../../i18n';
import type { StackSet } from '../../model/displaySet';
import { ctPresets } from '../../model/voi';
import { canDraw } from '../../render/ability';
import type { Reading, Trouble, Viewport } from '../../render/viewport';
import { staffRoot } from '../../state/study';
import { firstTool, tools, type Tool } from '../../tool';
import { typing } from '../parts/keys';
import { Said } from '../parts/said';
import { seriesName } from '../parts/words';
import { Pane, type DrawnBy } from '../pictures/pane';
import { Scrubber } from '../pictures/scrubber';
import { KeysDialog } from './keysDialog';
import { Overlay } from './overlay';
import { Toolbar } from './toolbar';

interface Props {
  readonly set: StackSet;
  readonly metadata: Metadata;
  readonly facts: StudyFacts;
}

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index) => index + 10,
  PageUp: (index) => index - 10,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Reader({ set, metadata, facts }: Props): JSX.Element {
  const viewport = useRef<Viewport | null>(null);
  const [reading, setReading] = useState<Reading | null>(null);
  const [wanted, setWanted] = useState(0);
  const [loaded, setLoaded] = useState(0);
  const [failed, setFailed] = useState<readonly number[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [by, setBy] = useState<DrawnBy>(() => (set.drawnBy === 'browser' && canDraw() ? 'browser' : 'server'));
  const [tool, setTool] = useState<Tool>(() => firstTool);
  const [texts, setTexts] = useState(true);
  const [help, setHelp] = useState(false);
  const [singleKeys, setSingleKeys] = useState(true);
  const count = set.pictures.length;
  const middle = Math.floor((count - 1) / 2);
  const presets = set.modality === 'CT' ? ctPresets : [];

  const scrollTo = (index: number): void => {
    viewport.current?.scrollTo(index);
    setWanted(viewport.current?.index ?? index);
  };
  const reset = (): void => viewport.current?.reset();
  const invert = (): void => viewport.current?.setInverted(!viewport.current.inverted);

  const onKey = (event: KeyboardEvent): boolean => {
    const step = steps[event.key];
    if (step !== undefined) {
      scrollTo(step(viewport.current?.index ?? 0, count));
      return true;
    }
    if (!singleKeys) return false;
    const preset = presets.find((one) => one.key === event.key);
    const picked = tools.find((one) => one.key === event.key.toLowerCase());
    if (preset !== undefined) viewport.current?.setVoi(preset);
    else if (picked !== undefined) setTool(() => picked);
    else if (event.key === 'i') invert();
    else if (event.key === ' ') reset();
    else if (event.key === 'o') setTexts(!texts);
    else if (event.key === '?') setHelp(true);
    else return false;
    return true;
  };
  // Whoever chose a series wants to work on the picture next: the keys belong to it.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (at === document.body || at?.matches('.rail *') === true) box.current?.querySelector<HTMLElement>('[data-pane]')?.focus();
  }, []);
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      // A button keeps its own key, and the slider all of its.
      const at = event.target instanceof HTMLElement ? event.target : null;
      if (typing(event) || (event.key === ' ' && at?.matches('button, a') === true) || (event.key in steps && at?.matches('input[type=range]') === true)) return;
      if (latest.current(event)) event.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);

  const shown = reading?.index ?? wanted;
  return (
    <div class="reader">
      <Toolbar
        tool={tool} setTool={setTool} presets={presets} reading={reading} texts={texts}
        setPreset={(voi) => (voi === null ? reset() : viewport.current?.setVoi(voi))}
        invert={invert} reset={reset} flipTexts={() => setTexts(!texts)} help={() => setHelp(true)}
      />
      <div class="stage" ref={box}>
        <Pane
          root={staffRoot} set={set} metadata={metadata} by={by} start={reading?.index ?? middle} tool={tool}
          label={t('read.viewport', { name: seriesName(set.description, set.number) })}
          opened={(opened) => {
            viewport.current = opened;
          }}
          drawn={(next) => {
            setReading(next);
            setWanted(next.index);
          }}
          progress={(done, missing) => {
            setLoaded(done);
            setFailed(missing);
          }}
          trouble={(next) => {
            setTrouble(next?.kind === 'load' ? next : null);
            if (next?.kind === 'serverOnly') setBy('server');
          }}
        />
        {texts && <Overlay set={set} facts={facts} reading={reading} by={by} loaded={loaded} failed={failed.length} broken={trouble?.index ?? null} />}
        {trouble !== null && (
          <div class="stage-note" role="alert">
            <p>{t('read.pictureFailed', { index: trouble.index + 1 })}{trouble.kind === 'load' && trouble.why !== '' && <>{' '}<Said text={trouble.why} /></>}</p>
            <button type="button" class="button button-dark" onClick={() => viewport.current?.retry()}>{t('action.retry')}</button>
          </div>
        )}
        <p class="offscreen" aria-live="polite">{t('read.position', { index: shown + 1, count })}</p>
      </div>
      <Scrubber index={wanted} count={count} loaded={loaded} label={t('read.scrubber')} value={t('read.position', { index: wanted + 1, count })} move={scrollTo} />
      {help && <KeysDialog close={() => setHelp(false)} single={singleKeys} setSingle={setSingleKeys} />}
    </div>
  );
}
