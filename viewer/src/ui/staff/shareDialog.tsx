/** From a study to a link in four clicks; the link and its passcode are shown once. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { May } from '../../api/answers';
import { t } from '../../i18n';
import { instantAfter } from '../../model/instant';
import type { SeriesUid } from '../../model/uid';
import { parseStudyUid } from '../../model/uid';
import type { Failure } from '../../state/remote';
import { may as allowed } from '../../state/session';
import { forgetMade, share } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { seriesOf, type SeriesChoice } from '../../state/study';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Choice, Field, Select } from '../parts/field';
import { day, instant, personName, seriesName } from '../parts/words';
import { MadeLink } from './madeLink';

export interface Shareable {
  readonly studyInstanceUid: string;
  readonly patientName: string;
  readonly description: string;
  readonly studyDate: string;
}

const dayChoices = [1, 3, 7, 14, 30, 60, 90];
const useChoices = [1, 2, 5, 10, 20];

function SeriesPicker({ study, chosen, change }: { study: string; chosen: ReadonlySet<SeriesUid>; change: (chosen: ReadonlySet<SeriesUid>) => void }): JSX.Element {
  const [series, setSeries] = useState<readonly SeriesChoice[] | null>(null);
  useEffect(() => {
    const uid = parseStudyUid(study);
    if (uid !== null) void seriesOf(uid).then(setSeries, () => setSeries([]));
  }, [study]);
  if (series === null) return <p class="hint">{t('share.loadingSeries')}</p>;
  const flip = (uid: SeriesUid): void => {
    const next = new Set(chosen);
    if (!next.delete(uid)) next.add(uid);
    change(next);
  };
  return (
    <div class="series-picker">
      {series.map((one) => (
        <label key={one.series} class="tick">
          <input type="checkbox" checked={chosen.has(one.series)} onChange={() => flip(one.series)} />
          <span>{one.modality} · {seriesName(one.description, one.number)}</span>
        </label>
      ))}
    </div>
  );
}

export function ShareDialog({ store, study, close }: { store: StaffStore; study: Shareable; close: () => void }): JSX.Element {
  const { made } = store.get();
  const [recipient, setRecipient] = useState('');
  const [what, setWhat] = useState<'whole' | 'series'>('whole');
  const [chosen, setChosen] = useState<ReadonlySet<SeriesUid>>(new Set());
  const [may, setMay] = useState<May>('view');
  const [days, setDays] = useState('7');
  const [uses, setUses] = useState('5');
  const [copy, setCopy] = useState<'identified' | 'clean'>('identified');
  const [passcode, setPasscode] = useState(true);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  // An hour less than the most the server allows, so that two clocks need not agree to the second.
  const expires = instantAfter(new Date(), Math.min(Number(days), 90 - 1 / 24));
  const leave = (): void => {
    forgetMade(store);
    close();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(await share(store, {
      studies: [study.studyInstanceUid],
      series: what === 'whole' ? null : [...chosen],
      recipient: recipient.trim(),
      may,
      expires,
      maxUses: Number(uses),
      passcode,
      purpose: 'treatment',
      clean: copy === 'clean',
    }));
    setBusy(false);
  };
  if (made !== null) return <Dialog heading={t('share.madeHeading')} close={leave}><MadeLink made={made} done={leave} /></Dialog>;
  const lacking = what === 'series' && chosen.size === 0;
  return (
    <Dialog heading={t('share.heading')} close={leave}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="about">{personName(study.patientName)} · {study.description} · {day(study.studyDate)}</p>
        <Field label={t('share.recipient')} hint={t('share.recipientHint')} placeholder={t('share.recipientExample')} value={recipient} change={setRecipient} required maxLength={200} autofocus name="recipient" />
        <Choice legend={t('share.what')} name="what" value={what} change={setWhat} options={[['whole', t('share.whole')], ['series', t('share.series')]]} />
        {what === 'series' && <SeriesPicker study={study.studyInstanceUid} chosen={chosen} change={setChosen} />}
        <Choice legend={t('share.may')} name="may" value={may} change={setMay} options={[['view', t('share.view')], ['download', t('share.download')]]} />
        <Choice legend={t('share.copy')} name="copy" value={copy} change={setCopy} options={[['identified', t('share.identified')], ['clean', t('share.clean')]]} />
        {copy === 'clean' && <p class="hint">{t('share.cleanHint')}</p>}
        <div class="pair">
          <div>
            <Select label={t('share.expires')} value={days} change={setDays}>
              {dayChoices.map((one) => <option key={one} value={String(one)}>{one === 1 ? t('share.day') : t('share.days', { days: one })}</option>)}
            </Select>
            <p class="hint">{t('share.until', { date: instant(expires) })}</p>
          </div>
          <div>
            <Select label={t('share.uses')} value={uses} change={setUses}>
              {useChoices.map((one) => <option key={one} value={String(one)}>{one}</option>)}
            </Select>
            <p class="hint">{t('share.usesHint')}</p>
          </div>
        </div>
        {allowed(store, 'shareWithoutFactor') ? (
          <label class="tick">
            <input type="checkbox" checked={passcode} onChange={() => setPasscode(!passcode)} />
            <span>{t('share.passcode')}<span class={passcode ? 'hint' : 'hint hint-warn'}>{passcode ? t('share.passcodeHint') : t('share.noPasscode')}</span></span>
          </label>
        ) : <p class="hint">{t('share.passcodeMade')}</p>}
        {failure !== null && <FailureNote failure={failure} />}
        <div class="dialog-foot">
          {lacking && <p class="hint">{t('share.chooseSeries')}</p>}
          <button type="button" class="button" onClick={leave}>{t('action.cancel')}</button>
          <button type="submit" class="button button-main" disabled={busy || lacking || recipient.trim() === ''}>{busy ? t('share.making') : t('share.submit')}</button>
        </div>
      </form>
    </Dialog>
  );
}
