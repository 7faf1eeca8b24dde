/** The links that were made: their state in plain words, their use, and an end to them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Share } from '../../api/sharing';
import { t } from '../../i18n';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import { filterShares, loadShares, moreShares } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { instant, studyName, whom, zoned } from '../parts/words';
import { PageLink } from '../staff/shell';
import { AlertAddressDialog } from './alertAddressDialog';
import { AlertsPanel } from './alertsPanel';
import { RevokeDialog } from './linkDialogs';
import { RecallDialog } from './recallDialog';
import { ShareFilters } from './shareFilters';
import { factorsWords, isOpen, mayWord, stateSentence, stateWords, studiesOf } from './words';

function Opened({ share }: { share: Share }): JSX.Element {
  if (share.firstOpenedAt === null) return <span class="muted">{t('shares.never')}</span>;
  return (
    <>
      <span>{t('shares.lastOpened', { when: instant(share.lastOpenedAt ?? share.firstOpenedAt) })}</span>
      <span class="row-sub">{t('shares.usesOf', { uses: share.uses, max: share.maxUses })}</span>
    </>
  );
}

function State({ share }: { share: Share }): JSX.Element {
  const { delivery } = share;
  return (
    <>
      <span class={`state state-${share.state}`} title={stateSentence(share)}>{t(stateWords[share.state])}</span>
      {delivery && <span class={delivery.state === 'failed' ? 'row-sub row-bad' : 'row-sub'}>{t(`shares.delivery.${delivery.state}`)}</span>}
      {share.failedAttempts > 0 && <span class="row-sub">{share.failedAttempts === 1 ? t('shares.failedOne') : t('shares.failed', { count: share.failedAttempts })}</span>}
    </>
  );
}

function Line({ store, share, end }: { store: StaffStore; share: Share; end: () => void }): JSX.Element {
  const [study, ...more] = studiesOf(share);
  return (
    <tr class={isOpen(share) ? 'row row-still' : 'row row-still row-ended'} data-share={share.id}>
      <td class="cell-patient">
        <PageLink store={store} route={{ page: 'link', share: share.id }} class="row-name">{share.recipient}</PageLink>
        <span class="row-sub">{mayWord(share.may)} · {factorsWords(share.factors)}</span>
      </td>
      <td class="cell-study">
        {study !== undefined && (
          <>
            <span>{studyName(study)}</span>
            <span class="row-sub">{[
              ...(more.length === 0 ? [] : [t('shares.moreStudies', { count: more.length })]),
              ...(share.series === null ? [] : [share.series.length === 1 ? t('shares.oneSeries') : t('shares.someSeries', { count: share.series.length })]),
              ...(share.clean ? [t('share.cleanShort')] : []),
            ].join(' · ')}</span>
          </>
        )}
      </td>
      <td data-made-by={share.createdBy}>
        <span class="cell-label">{t('shares.madeBy')} </span><span>{whom(share.createdBy)}</span>
        <span class="row-sub">{instant(share.createdAt)}</span>
      </td>
      <td><State share={share} /></td>
      <td><Opened share={share} /></td>
      <td><span class="cell-label">{t('shares.expires')} </span><span title={zoned(share.expires)}>{instant(share.expires)}</span></td>
      <td class="cell-menu">
        {isOpen(share) && may(store, 'share') && <button type="button" class="button" aria-label={t('shares.revokeFor', { recipient: share.recipient })} onClick={end}>{t('shares.revoke')}</button>}
      </td>
    </tr>
  );
}

export function SharesPage({ store }: { store: StaffStore }): JSX.Element {
  const { shares, shareFilter: filter } = store.get();
  const [ending, setEnding] = useState<Share | null>(null);
  const [recalling, setRecalling] = useState(false);
  const [telling, setTelling] = useState(false);
  useEffect(() => void loadShares(store), [store]);
  const list = known(shares);
  const filtered = filter.state !== '' || filter.recipient !== '' || filter.study !== '';
  return (
    <div class="page">
      <div class="page-head">
        <h1>{t('shares.heading')}</h1>
        <p class="found" role="status">{list === null || shares.state === 'loading' ? t('shares.loading') : list.more ? t('shares.foundMore', { count: list.shares.length }) : list.shares.length === 1 ? t('shares.foundOne') : t('shares.found', { count: list.shares.length })}</p>
        {may(store, 'share') && <div class="page-actions"><button type="button" class="button" onClick={() => setTelling(true)}>{t('alerts.address.open')}</button><button type="button" class="button" onClick={() => setRecalling(true)}>{t('recall.open')}</button></div>}
      </div>
      <AlertsPanel store={store} />
      <ShareFilters store={store} />
      {shares.state === 'failed' && <FailureNote failure={shares.failure}><button type="button" class="button" onClick={() => void loadShares(store)}>{t('action.retry')}</button></FailureNote>}
      {list !== null && list.shares.length === 0 && shares.state === 'here' && (
        <div class="nothing">
          <p>{t(filtered ? 'shares.nothingFound' : filter.mine ? 'shares.emptyMine' : 'shares.empty')}</p>
          {filtered && <button type="button" class="button" onClick={() => filterShares(store, { state: '', recipient: '', study: '' })}>{t('shares.clear')}</button>}
          {!filtered && filter.mine && <button type="button" class="button" onClick={() => filterShares(store, { mine: false })}>{t('shares.all')}</button>}
        </div>
      )}
      {list !== null && list.shares.length > 0 && (
        <table class="studies">
          <thead>
            <tr>
              {(['recipient', 'study', 'madeBy', 'state', 'opened', 'expires'] as const).map((one) => <th key={one} scope="col">{t(`shares.${one}`)}</th>)}
              <th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th>
            </tr>
          </thead>
          <tbody>{list.shares.map((share) => <Line key={share.id} store={store} share={share} end={() => setEnding(share)} />)}</tbody>
        </table>
      )}
      {list?.more === true && <button type="button" class="button page-more" onClick={() => void moreShares(store)}>{t('action.more')}</button>}
      {ending !== null && <RevokeDialog store={store} share={ending} close={() => setEnding(null)} />}
      {telling && <AlertAddressDialog store={store} close={() => setTelling(false)} />}
      {/* A part of a name finds links here, and revokes none: whose they are is written out. */}
      {recalling && <RecallDialog store={store} known={{ study: filter.study }} first={filter.study === '' ? 'recipient' : 'study'} close={() => setRecalling(false)} />}
    </div>
  );
}
