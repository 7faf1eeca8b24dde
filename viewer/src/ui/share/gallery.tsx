/** What was shared, as one picture for each series. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { shareRoot } from '../../api/door';
import type { Opened, SharedSeries } from '../../api/opening';
import { t } from '../../i18n';
import { parseSeriesUid, parseStudyUid, type SeriesUid, type StudyUid } from '../../model/uid';
import { checkStillOpen, goAway } from '../../share/consent';
import { posterSize, posterUrl } from '../../share/poster';
import { chooseLanguage, type VisitStore } from '../../share/visit';
import { Icon, Mark } from '../parts/icons';
import { LanguageChoice } from '../parts/languageChoice';
import { day, number, personName, who, whom, zoned } from '../parts/words';
import { Download } from './download';
import { Viewer } from './viewer';

interface Chosen {
  readonly study: StudyUid;
  readonly series: SeriesUid;
  readonly name: string;
}

const nameOf = (series: SharedSeries): string => series.description || t('gallery.unnamed', { number: series.number });

function Poster({ handle, study, series, choose, failed }: {
  handle: string; study: string; series: SharedSeries; choose: (chosen: Chosen) => void; failed: () => void;
}): JSX.Element | null {
  const studyUid = parseStudyUid(study);
  const seriesUid = parseSeriesUid(series.seriesInstanceUid);
  const [broken, setBroken] = useState(false);
  if (studyUid === null || seriesUid === null) return null;
  const name = nameOf(series);
  const count = series.frames;
  return (
    <button type="button" class="poster" onClick={() => choose({ study: studyUid, series: seriesUid, name })} data-series={series.description} data-uid={seriesUid}>
      <span class="poster-picture">
        {broken ? <Icon name="file" /> : (
          <img
            src={posterUrl(handle, studyUid, seriesUid)}
            alt=""
            width={posterSize}
            height={posterSize}
            onError={() => {
              setBroken(true);
              failed();
            }}
          />
        )}
      </span>
      <span class="poster-text">
        <span class="poster-name">{name}</span>
        <span class="poster-count">{series.modality}{count > 0 && ` · ${count === 1 ? t('gallery.image') : t('gallery.images', { count: number(count) })}`}</span>
      </span>
    </button>
  );
}

/** Whose images they are, who sent them, and what the sender writes: always as plain text. */
function About({ opened }: { opened: Opened }): JSX.Element {
  const { patient } = opened;
  return (
    <>
      <h1 tabIndex={-1}>{t('gallery.heading')}</h1>
      {patient !== null && !opened.clean && <p class="gallery-patient">{personName(patient.name)}{patient.birthDate !== '' && <span> · {t('gallery.born', { date: day(patient.birthDate) })}</span>}</p>}
      {opened.clean && <p class="gallery-clean">{t('gallery.clean')}</p>}
      <p class="gallery-terms"><span>{t('gallery.from', { name: whom(opened.sharedBy) })}</span><span>{t('gallery.until', { date: zoned(opened.expires) })}</span></p>
      {opened.message && (
        <figure class="message">
          <figcaption>{t('gallery.message', { name: who(opened.sharedBy) })}</figcaption>
          <blockquote>{opened.message}</blockquote>
        </figure>
      )}
    </>
  );
}

export function Gallery({ visit, handle, opened }: { visit: VisitStore; handle: string; opened: Opened }): JSX.Element {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const root = shareRoot(handle);
  const holds = useRef(false);
  // With the page a part of the download would be lost that goes on in another session.
  const check = (): void => {
    if (!holds.current) void checkStillOpen(visit);
  };
  // "Back" on a phone closes the picture before it leaves the page.
  const choose = (next: Chosen): void => {
    history.pushState({ series: next.series }, '');
    setChosen(next);
  };
  useEffect(() => {
    const back = (): void => setChosen(null);
    const seen = (): void => {
      if (document.visibilityState === 'visible') check();
    };
    addEventListener('popstate', back);
    document.addEventListener('visibilitychange', seen);
    const ends = Math.min(Date.parse(opened.expires), Date.parse(opened.sessionExpires)) - Date.now();
    const timer = setTimeout(check, Math.min(Math.max(ends + 1000, 1000), 2_000_000_000));
    return () => {
      removeEventListener('popstate', back);
      document.removeEventListener('visibilitychange', seen);
      clearTimeout(timer);
    };
  }, [opened, handle]);

  const page = useRef<HTMLDivElement>(null);
  const seen = useRef<SeriesUid | null>(null);
  // The notice was scrolled and its button is gone; so is the poster, until its pictures are closed again.
  useEffect(() => {
    if (chosen !== null) {
      seen.current = chosen.series;
      return;
    }
    if (seen.current === null) {
      scrollTo(0, 0);
      page.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    } else {
      page.current?.querySelector<HTMLElement>(`[data-uid="${seen.current}"]`)?.focus();
    }
  }, [chosen]);

  if (chosen !== null) {
    return <Viewer key={chosen.series} root={root} study={chosen.study} series={chosen.series} name={chosen.name} mayKeep={opened.may === 'download'} failed={check} back={() => history.back()} />;
  }
  return (
    <div class="gallery" ref={page}>
      <header class="gallery-head">
        <span class="brand"><Mark />{t('app.name')}</span>
        <LanguageChoice choose={(wanted) => chooseLanguage(visit, wanted)} />
        <button type="button" class="button" onClick={() => void goAway(visit)}>{t('gallery.leave')}</button>
      </header>
      <main>
        <About opened={opened} />
        {opened.studies.length === 0 && <p class="note">{t('gallery.nothing')}</p>}
        {opened.studies.map((study, at) => (
          <section key={study.studyInstanceUid} aria-labelledby={`study-${at}`}>
            <h2 id={`study-${at}`}>
              {study.description || (opened.studies.length > 1 ? t('gallery.study', { number: at + 1 }) : t('worklist.noDescription'))}
              {study.studyDate !== '' && <span class="gallery-date">{day(study.studyDate)}</span>}
            </h2>
            <div class="posters">
              {study.series.map((series) => (
                <Poster key={series.seriesInstanceUid} handle={handle} study={study.studyInstanceUid} series={series} choose={choose} failed={check} />
              ))}
            </div>
          </section>
        ))}
        <Download
          handle={handle}
          opened={opened}
          hold={(now) => {
            holds.current = now;
          }}
        />
        <p class="gallery-foot">{t('gallery.notDiagnostic')}</p>
      </main>
    </div>
  );
}
