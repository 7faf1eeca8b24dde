/** The links that were made, by whomever: their state, their use, and an end to them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Share } from '../../api/answers';
import { t, type Word } from '../../i18n';
import { known } from '../../state/remote';
import { loadShares, revoke } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { day, instant, personName } from '../parts/words';

/** It may open now or later, so it can still be revoked. */
const open = (share: Share): boolean => ['live', 'locked', 'withdrawn'].includes(share.state);

const states: Readonly<Record<Share['state'], Word>> = {
  live: 'shares.state.live', locked: 'shares.state.locked', withdrawn: 'shares.state.withdrawn', expired: 'shares.state.expired', revoked: 'shares.state.revoked', frozen: 'shares.state.frozen',
};

function Opened({ share }: { share: Share }): JSX.Element {
  if (share.firstOpenedAt === null) return <span class="muted">{t('shares.never')}</span>;
  return (
    <>
      <span>{t('shares.lastOpened', { when: instant(share.lastOpenedAt ?? share.firstOpenedAt) })}</span>
      <span class="row-sub">{t('shares.firstOpened', { when: instant(share.firstOpenedAt) })}</span>
    </>
  );
}

function Line({ share, end }: { share: Share; end: () => void }): JSX.Element {
  const [study] = share.studies;
  return (
    <tr class={open(share) ? 'row row-still' : 'row row-still row-ended'} data-share={share.id}>
      <td class="cell-patient">
        <span class="row-name">{share.recipient}</span>
        <span class="row-sub">{t(share.may === 'view' ? 'shares.may.view' : 'shares.may.download')}{share.passcode ? '' : ` · ${t('shares.noPasscode')}`}</span>
      </td>
      <td class="cell-study">
        {study !== undefined && <><span>{personName(study.patientName)}</span><span class="row-sub">{study.description} · {day(study.studyDate)}{share.series === null ? '' : ` · ${t('shares.someSeries', { count: share.series.length })}`}</span></>}
      </td>
      <td data-made-by={share.createdBy}>
        <span class="cell-label">{t('shares.madeBy')} </span><span>{share.createdBy}</span>
        <span class="row-sub">{instant(share.createdAt)}</span>
      </td>
      <td><span class={`state state-${share.state}`} title={share.state === 'frozen' ? t('shares.frozenWhy') : undefined}>{t(states[share.state])}</span></td>
      <td>
        <span>{t('shares.usesOf', { uses: share.uses, max: share.maxUses })}</span>
        {share.failedAttempts > 0 && <span class="row-sub">{share.failedAttempts === 1 ? t('shares.failedOne') : t('shares.failed', { count: share.failedAttempts })}</span>}
      </td>
      <td><Opened share={share} /></td>
      <td><span class="cell-label">{t('shares.expires')} </span>{instant(share.expires)}</td>
      <td class="cell-menu">
        {open(share) && <button type="button" class="button" aria-label={t('shares.revokeFor', { recipient: share.recipient })} onClick={end}>{t('shares.revoke')}</button>}
      </td>
    </tr>
  );
}

export function SharesPage({ store }: { store: StaffStore }): JSX.Element {
  const { shares } = store.get();
  const [ending, setEnding] = useState<Share | null>(null);
  useEffect(() => void loadShares(store), [store]);
  const list = known(shares);
  const close = (): void => setEnding(null);
  return (
    <div class="page">
      <div class="page-head"><h1>{t('shares.heading')}</h1><p class="found">{t('shares.lead')}</p></div>
      {shares.state === 'failed' && <FailureNote failure={shares.failure} />}
      {list?.length === 0 && <div class="nothing"><p>{t('shares.empty')}</p></div>}
      {list !== null && list.length > 0 && (
        <table class="studies">
          <thead>
            <tr>
              {(['recipient', 'study', 'madeBy', 'state', 'used', 'opened', 'expires'] as const).map((one) => <th key={one} scope="col">{t(`shares.${one}`)}</th>)}
              <th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th>
            </tr>
          </thead>
          <tbody>{list.map((share) => <Line key={share.id} share={share} end={() => setEnding(share)} />)}</tbody>
        </table>
      )}
      {ending !== null && (
        <Dialog heading={t('shares.revokeHeading')} close={close}>
          <p class="about">{ending.recipient}</p>
          <p>{t('shares.revokeLead')}</p>
          <div class="dialog-foot">
            <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
            <button type="button" class="button button-danger" onClick={() => void revoke(store, ending.id).then(close)}>{t('shares.revoke')}</button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
