/** What is seldom changed, folded: each line says what holds now. */
import type { JSX } from 'preact';
import { LinkLanguages } from './linkLanguages';
import { t } from '../../i18n';
import { ownName } from '../../i18n/language';
import { momentOf } from '../../model/moment';
import { arrivalsOf, factors, factorsOf, purposeOf, useChoices, type Draft } from '../../state/draft';
import type { StaffStore } from '../../state/staff';
import { Choice, Field, Fold, Select, TextArea, Tick } from '../parts/field';
import { Authority } from './authority';
import { MomentFields } from './ends';
import { SeriesPicker } from './seriesPicker';
import { factorsWords, scopeWords } from './words';

export interface Part {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

export function Scope({ draft, change, study }: Part & { study: string }): JSX.Element {
  const { series, clean } = draft;
  const waits = series === null && !clean;
  return (
    <Fold name={t('share.what')} now={scopeWords({ series: series === null ? null : { count: series.size }, clean, arrivals: arrivalsOf(draft) })} data-lack="series">
      <Choice legend={t('share.scope')} name="what" value={series === null ? 'whole' : 'series'} change={(what) => change({ series: what === 'whole' ? null : new Set() })} options={[['whole', t('share.whole')], ['series', t('share.series')]]} />
      {series !== null && <SeriesPicker study={study} chosen={series} change={(chosen) => change({ series: chosen })} />}
      <Choice legend={t('share.copy')} name="copy" value={clean ? 'clean' : 'identified'} change={(copy) => change({ clean: copy === 'clean' })} options={[['identified', t('share.identified')], ['clean', t('share.clean')]]} />
      {clean && <p class="hint">{t('share.cleanHint')}</p>}
      {waits && <Tick checked={draft.arrivals === 'live'} change={(live) => change({ arrivals: live ? 'live' : 'frozen' })} label={t('share.arrivals')} hint={t('share.arrivalsHint')} />}
    </Fold>
  );
}

export function Protection({ draft, change, withoutFactor }: Part & { withoutFactor: boolean }): JSX.Element {
  const asked = factorsOf(draft);
  const flip = (factor: (typeof factors)[number]): void => {
    const next = new Set(draft.factors);
    if (!next.delete(factor)) next.add(factor);
    change({ factors: next });
  };
  return (
    <Fold name={t('share.protection')} now={`${factorsWords(asked)} · ${draft.maxUses === 1 ? t('share.usesShortOne') : t('share.usesShort', { count: draft.maxUses })}`} data-lack="factor birthDateAlone startLate">
      <fieldset class="ticks">
        <legend>{t('share.factors')}</legend>
        {factors.filter((one) => !(one === 'birthDate' && draft.clean)).map((one) => (
          <Tick key={one} checked={draft.factors.has(one)} change={() => flip(one)} label={t(`share.factor.${one}`)} hint={t(`share.factorHint.${one}`)} />
        ))}
        {asked.length === 0 && withoutFactor && <p class="hint hint-warn">{t('share.noFactor')}</p>}
      </fieldset>
      <div class="pair">
        <Select label={t('share.uses')} hint={t('share.usesHint')} value={String(draft.maxUses)} change={(uses) => change({ maxUses: Number(uses) })}>
          {useChoices.map((one) => <option key={one} value={String(one)}>{one}</option>)}
        </Select>
      </div>
      <Tick checked={draft.start !== null} change={(later) => change({ start: later ? momentOf(new Date(Date.now() + 3_600_000), 'local') : null })} label={t('share.starts')} />
      {draft.start !== null && <MomentFields legend={t('share.starts')} moment={draft.start} change={(start) => change({ start })} />}
    </Fold>
  );
}

export function Reason({ store, draft, change, study, record }: Part & { store: StaffStore; study: string; record: () => void }): JSX.Element {
  return (
    <Fold name={t('share.reason')} now={purposeOf(draft)} data-lack="purpose authorisation">
      <Authority store={store} draft={draft} change={change} study={study} record={record} />
      <Field label={t('share.purpose')} hint={t('share.purposeHint')} value={purposeOf(draft)} change={(purpose) => change({ purpose })} maxLength={200} name="purpose" />
    </Fold>
  );
}

export function Message({ draft, change }: Part): JSX.Element {
  return (
    <Fold name={t('share.message')} now={[draft.message.trim() === '' ? t('share.messageNone') : t('share.messageSome'), ownName[draft.language]].join(' · ')}>
      <TextArea label={t('share.messageLabel')} hint={t(draft.deliver === 'mail' ? 'share.messageHintMail' : 'share.messageHint')} value={draft.message} change={(message) => change({ message })} rows={4} maxLength={2000} name="message" />
      <LinkLanguages value={draft.language} change={(language) => change({ language })} />
    </Fold>
  );
}
