/** When a link ends: in so many days, or at a moment of one's own. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { inZone, type Moment, type Zone } from '../../model/moment';
import { endOf, endPresets, ownEnd, type End } from '../../state/draft';
import { Choice, Field, Select } from '../parts/field';
import { zoned } from '../parts/words';

const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export function MomentFields({ legend, moment, change }: { legend: string; moment: Moment; change: (moment: Moment) => void }): JSX.Element {
  return (
    <fieldset class="moment">
      <legend class="offscreen">{legend}</legend>
      <Field label={t('share.day')} type="date" value={moment.day} change={(day) => change({ ...moment, day })} name="day" required />
      <Field label={t('share.time')} type="time" value={moment.time} change={(time) => change({ ...moment, time })} name="time" required />
      <Select label={t('share.zone')} value={moment.zone} change={(zone) => change(inZone(moment, zone as Zone))}>
        <option value="local">{t('share.zoneLocal', { zone: localZone() })}</option>
        <option value="utc">UTC</option>
      </Select>
    </fieldset>
  );
}

export function Ends({ legend, name, end, change, now, made = now }: { legend: string; name: string; end: End; change: (end: End) => void; now: Date; made?: Date }): JSX.Element {
  const at = endOf(end, now, made);
  const options = endPresets.map((days) => [String(days), t('share.days', { days })] as const);
  const choose = (value: string): void => {
    const days = endPresets.find((one) => String(one) === value);
    change(days ?? ownEnd(end, now));
  };
  return (
    <div class="ends" data-lack="end.missing end.past end.late">
      <Choice legend={legend} name={name} value={typeof end === 'number' ? String(end) : 'own'} change={choose} options={[...options, ['own', t('share.ownEnd')]]} />
      {typeof end !== 'number' && <MomentFields legend={legend} moment={end} change={change} />}
      <p class="hint" role="status">{at === null ? '' : t('share.until', { date: zoned(at) })}</p>
    </div>
  );
}
