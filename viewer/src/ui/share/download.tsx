/**
 * Taking the files along. A plain link is the way that works everywhere: the browser shows the progress and goes on after
 * a break. Where a page may write into a file itself, it can do both here as well.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { downloadUrl } from '../../api/door';
import type { Opened } from '../../api/opening';
import { t } from '../../i18n';
import { save, type Saved, type Sink } from '../../share/saving';
import { Icon } from '../parts/icons';
import { number, size, sizeAndTime } from '../parts/words';

interface Picked {
  readonly createWritable: () => Promise<Sink>;
}

type Pick = (options: { readonly suggestedName: string; readonly types: readonly unknown[] }) => Promise<Picked>;

const picker = (): Pick | null => (globalThis as { showSaveFilePicker?: Pick }).showSaveFilePicker?.bind(globalThis) ?? null;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => {
  setTimeout(done, milliseconds);
});

function Progress({ saved, stop, goOn }: { saved: Saved; stop: () => void; goOn: () => void }): JSX.Element {
  if (saved.at === 'ended') {
    return (
      <div class="download-ended note" role="alert">
        <p>{t('download.ended', { done: size(saved.done), total: size(saved.total) })}</p>
        <p>{t('download.endedWhat')}</p>
        <p>
          <button type="button" class="button button-main" onClick={goOn}>{t('download.goOn')}</button>{' '}
          <button type="button" class="button" onClick={stop}>{t('download.stop')}</button>
        </p>
      </div>
    );
  }
  if (saved.at !== 'running') {
    const word = saved.at === 'done' ? 'download.done' : 'download.failed';
    return <p role="status" class={saved.at === 'done' ? 'download-done' : 'note note-failed'}>{saved.at === 'stopped' ? '' : t(word)}</p>;
  }
  const amount = t('download.progress', { done: size(saved.done), total: size(saved.total) });
  return (
    <div class="download-progress" data-saved={saved.done}>
      <progress max={saved.total} value={saved.done} aria-label={t('download.heading')} />
      <p><span>{amount}</span><button type="button" class="button" onClick={stop}>{t('download.stop')}</button></p>
      <p class="hint" role="status">{saved.waiting ? t('download.waiting') : t('download.hereHint')}</p>
    </div>
  );
}

function Here({ url, total, hold }: { url: string; total: number; hold: (holds: boolean) => void }): JSX.Element | null {
  const [saved, setSaved] = useState<Saved | null>(null);
  const stop = useRef<AbortController | null>(null);
  const goOn = useRef<() => void>(() => undefined);
  useEffect(() => () => {
    stop.current?.abort();
    hold(false);
  }, []);
  const pick = picker();
  if (pick === null) return null;
  const begin = async (): Promise<void> => {
    let sink: Sink;
    try {
      const picked = await pick({ suggestedName: 'images.zip', types: [{ accept: { 'application/zip': ['.zip'] } }] });
      sink = await picked.createWritable();
    } catch {
      // Nothing was chosen.
      return;
    }
    const leaving = new AbortController();
    stop.current = leaving;
    const asked = (): Promise<void> => new Promise((done) => {
      goOn.current = done;
      leaving.signal.addEventListener('abort', () => done(), { once: true });
    });
    hold(true);
    try {
      await save({ url, total, sink, tell: setSaved, signal: leaving.signal, pause, goOn: asked });
    } finally {
      hold(false);
    }
  };
  const idle = saved === null || (saved.at !== 'running' && saved.at !== 'ended');
  return (
    <div class="download-here">
      {idle && <button type="button" class="button" onClick={() => void begin()}>{t('download.here')}</button>}
      {saved !== null && <Progress saved={saved} stop={() => stop.current?.abort()} goOn={() => goOn.current()} />}
    </div>
  );
}

function Amount({ bytes, files }: { bytes: number; files: number }): JSX.Element {
  const count = files === 1 ? t('download.file') : t('download.files', { count: number(files) });
  return <p class="download-size"><Icon name="clock" /><span>{sizeAndTime(bytes)} · {count}</span></p>;
}

/** `hold`: whether the page holds a part of the download, which would be lost with it. */
export function Download({ handle, opened, hold }: { handle: string; opened: Opened; hold: (holds: boolean) => void }): JSX.Element | null {
  const { download, may } = opened;
  if (may === 'view') return <p class="gallery-foot">{t('download.viewOnly')}</p>;
  if (!download) return null;
  const { bytes, files } = download;
  const url = downloadUrl(handle);
  return (
    <section class="download" aria-labelledby="download">
      <h2 id="download">{t('download.heading')}</h2>
      <p>{t(opened.clean ? 'download.leadClean' : 'download.lead')}</p>
      {bytes !== null && files !== null && <Amount bytes={bytes} files={files} />}
      <p><a class="button button-main button-big" href={url} download="images.zip" data-download><Icon name="download" />{t('download.start')}</a></p>
      <p class="hint">{t('download.resumes')}</p>
      {bytes !== null && <Here url={url} total={bytes} hold={hold} />}
    </section>
  );
}
