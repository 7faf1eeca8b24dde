/** One link: what happened to it, what it lends, and what can be done with it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ShareDetail } from '../../api/sharing';
import { t } from '../../i18n';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import { openLink, see } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { PageLink } from '../staff/shell';
import { ExtendDialog, ResendDialog, RevokeDialog } from './linkDialogs';
import { Happened } from './linkHappened';
import { Facts } from './linkFacts';
import { RecallDialog, recallKinds } from './recallDialog';
import { RecordOfLink } from './recordOfLink';
import { canExtend, canResend, isOpen, stateSentence, stateWords, whoseLinks } from './words';

type Asked = 'extend' | 'resend' | 'revoke' | 'recall' | null;

function Actions({ share, ask }: { share: ShareDetail; ask: (asked: Asked) => void }): JSX.Element {
  return (
    <div class="page-actions">
      {canExtend(share, new Date()) && <button type="button" class="button" onClick={() => ask('extend')}><Icon name="clock" />{t('extend.open')}</button>}
      {canResend(share) && <button type="button" class="button" onClick={() => ask('resend')}><Icon name="again" />{t('resend.open')}</button>}
      <button type="button" class="button" onClick={() => ask('recall')}>{t('recall.open')}</button>
      {isOpen(share) && <button type="button" class="button button-danger" onClick={() => ask('revoke')}>{t('shares.revoke')}</button>}
    </div>
  );
}

export function LinkPage({ store, id }: { store: StaffStore; id: string }): JSX.Element {
  const { link: remote, alerts } = store.get();
  const [asked, setAsked] = useState<Asked>(null);
  useEffect(() => void openLink(store, id), [store, id]);
  const share = known(remote);
  const close = (): void => setAsked(null);
  // Whoever reads the page has seen what happened to this link.
  const unseen = (alerts?.alerts ?? []).filter((one) => one.share === id && !one.seen).map((one) => one.id).join(' ');
  useEffect(() => {
    if (share !== null && unseen !== '') void see(store, unseen.split(' '));
  }, [share === null, unseen, store]);
  return (
    <div class="page link-page">
      <PageLink store={store} route={{ page: 'shares' }} class="page-back"><Icon name="back" /><span>{t('link.back')}</span></PageLink>
      {remote.state === 'failed' && (remote.failure.status === 404 ? <p class="note" role="alert">{t('link.gone')}</p> : <FailureNote failure={remote.failure} />)}
      {share === null && remote.state !== 'failed' && <p role="status">{t('link.loading')}</p>}
      {share !== null && (
        <>
          <div class="page-head" data-link-state={share.state}>
            <h1>{t('link.heading', { recipient: share.recipient })}</h1>
            <span class={`state state-${share.state}`}>{t(stateWords[share.state])}</span>
            {may(store, 'share') && <Actions share={share} ask={setAsked} />}
          </div>
          <p class="link-means">{stateSentence(share)}</p>
          <div class="link-columns">
            <Happened share={share} />
            <div class="link-side">
              <Facts share={share} />
              {share.authorisation !== null && share.authorisation !== undefined && <RecordOfLink store={store} id={share.authorisation} />}
            </div>
          </div>
          {asked === 'extend' && <ExtendDialog store={store} share={share} close={close} />}
          {asked === 'resend' && <ResendDialog store={store} share={share} close={close} />}
          {asked === 'revoke' && <RevokeDialog store={store} share={share} close={close} />}
          {asked === 'recall' && <RecallDialog store={store} known={whoseLinks(share)} kinds={recallKinds.filter((kind) => kind !== 'user' || share.byAccount)} close={close} />}
        </>
      )}
    </div>
  );
}
