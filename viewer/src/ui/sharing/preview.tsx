/** What the recipient will see, before anything is made; and what the sender should look at twice. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Preview, PreviewSeries, Wanted, Warning } from '../../api/sharing';
import { seriesThumbnailUrl } from '../../dicomweb/wado';
import { t } from '../../i18n';
import { parseSeriesUid, parseStudyUid } from '../../model/uid';
import type { Failure } from '../../state/remote';
import { staffRoot } from '../../state/study';
import { StuckFoot } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { day, number, personName, pictureCount, seriesName, size, zoned } from '../parts/words';
import { factorsWords, mayWord } from './words';

const Warnings = ({ warnings }: { warnings: readonly Warning[] }): JSX.Element | null => (warnings.length === 0 ? null : (
  <ul class="warnings" aria-label={t('share.warnings')}>
    {warnings.map((one) => <li key={`${one.kind} ${one.recipient ?? ''}`} data-warning={one.kind}><Icon name="alert" /><span>{t(`share.warning.${one.kind}`, { recipient: one.recipient ?? '' })}</span></li>)}
  </ul>
));

/** The picture of a series as the archive draws it; what will be cleaned is not shown as it is. */
function Picture({ study, series, shown }: { study: string; series: PreviewSeries; shown: boolean }): JSX.Element {
  const [broken, setBroken] = useState(false);
  const studyUid = parseStudyUid(study);
  const seriesUid = parseSeriesUid(series.seriesInstanceUid);
  const there = shown && !broken && studyUid !== null && seriesUid !== null;
  return <span class="seen-picture">{there ? <img src={seriesThumbnailUrl(staffRoot, studyUid, seriesUid, 128)} alt="" width={56} height={56} onError={() => setBroken(true)} /> : <Icon name="file" />}</span>;
}

function Images({ preview, wanted }: { preview: Preview; wanted: Wanted }): JSX.Element {
  const { images } = preview;
  return (
    <section class="seen" aria-labelledby="seen-images">
      <h3 id="seen-images"><Icon name="eye" />{t('share.seenImages')}{!wanted.clean && <span class="seen-sum">{pictureCount(images)} · {size(preview.bytes)}</span>}</h3>
      <p>{wanted.clean || preview.patientName === null ? t('share.seenClean') : personName(preview.patientName)}</p>
      {wanted.clean && <p data-up-to={images}>{images === 1 ? t('share.seenUpToOne') : t('share.seenUpTo', { count: number(images) })}</p>}
      {preview.studies.map((study) => (
        <div key={study.studyInstanceUid}>
          {!wanted.clean && <p class="seen-study">{study.description || t('worklist.noDescription')}{study.studyDate !== '' && ` · ${day(study.studyDate)}`}</p>}
          <ul class="seen-series">
            {study.series.map((one) => (
              <li key={one.seriesInstanceUid}>
                <Picture study={study.studyInstanceUid} series={one} shown={!wanted.clean} />
                <span>{seriesName(one.description, one.number)}<span class="hint">{one.modality} · {pictureCount(one.instances)}</span></span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

export function PreviewStep({ preview, wanted, failure, busy, back, make }: {
  preview: Preview; wanted: Wanted; failure: Failure | null; busy: boolean; back: () => void; make: () => void;
}): JSX.Element {
  const { recipients } = wanted;
  const count = recipients.length;
  return (
    <div class="made" data-preview>
      <Warnings warnings={preview.warnings} />
      <dl class="seen-facts">
        <div class={count > 1 ? 'fact-all' : ''}><dt>{t('share.recipients')}</dt><dd>{recipients.map((one) => <span key={`${one.name} ${one.email ?? ''}`} class="fact-line">{one.name}{one.email !== null && <span class="muted"> {one.email}</span>}</span>)}</dd></div>
        <div><dt>{t('share.may')}</dt><dd>{mayWord(wanted.may)}</dd></div>
        <div><dt>{t('share.expires')}</dt><dd>{zoned(wanted.expires)}</dd></div>
        <div><dt>{t('share.asksFor')}</dt><dd>{factorsWords(wanted.factors)}</dd></div>
      </dl>
      {preview.mail && (
        <section class="seen" aria-labelledby="seen-mail">
          <h3 id="seen-mail"><Icon name="mail" />{t('share.seenMail')}</h3>
          <div class="letter" lang={wanted.language}><p class="letter-subject">{preview.mail.subject}</p><p class="letter-text">{preview.mail.text}</p></div>
        </section>
      )}
      <section class="seen" aria-labelledby="seen-notice">
        <h3 id="seen-notice"><Icon name="text" />{t('share.seenNotice')}</h3>
        <ul class="notice-text" lang={wanted.language}>{preview.notice.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      </section>
      {wanted.message !== '' && (
        <section class="seen" aria-labelledby="seen-message">
          <h3 id="seen-message"><Icon name="person" />{t('share.seenMessage')}</h3>
          <div class="letter"><p class="letter-text">{wanted.message}</p></div>
        </section>
      )}
      <Images preview={preview} wanted={wanted} />
      <StuckFoot said={failure !== null && <FailureNote failure={failure} />}>
        <button type="button" class="button" onClick={back}>{t('share.back')}</button>
        <button type="button" class="button button-main" data-make disabled={busy} onClick={make}>
          {busy ? t('share.making') : t(wanted.deliver === 'mail' ? (count === 1 ? 'share.send' : 'share.sendMany') : count === 1 ? 'share.submit' : 'share.submitMany', { count })}
        </button>
      </StuckFoot>
    </div>
  );
}
