/** What happened to a link, in the order it happens: sent, opened, looked at, downloaded; and what was no visit. */
import type { ComponentChildren, JSX } from 'preact';
import type { SeenSeries, ShareDetail } from '../../api/sharing';
import { t } from '../../i18n';
import { sumOf } from '../../model/sum';
import { Icon, type IconName } from '../parts/icons';
import { number, size, zoned } from '../parts/words';
import { AlertText } from './alertsPanel';
import { deliveryWords } from './words';

type Tone = 'done' | 'waiting' | 'failed';

const Step = ({ name, icon, tone, heading, children }: { name: string; icon: IconName; tone: Tone; heading: string; children: ComponentChildren }): JSX.Element => (
  <li class={`step step-${tone}`} data-step={name}>
    <span class="step-icon"><Icon name={icon} /></span>
    <div><h3>{heading}</h3>{children}</div>
  </li>
);

function Sent({ share }: { share: ShareDetail }): JSX.Element {
  const { delivery } = share;
  const failed = delivery?.state === 'failed' || delivery?.state === 'cancelled';
  return (
    <Step name="sent" icon="mail" tone={failed ? 'failed' : delivery?.state === 'queued' ? 'waiting' : 'done'} heading={t('link.step.sent')}>
      <p>{deliveryWords(share)}</p>
      {delivery?.error && <p class="row-bad">{t('link.deliveryError')} <span lang="en">{delivery.error}</span></p>}
    </Step>
  );
}

function Opened({ share }: { share: ShareDetail }): JSX.Element {
  const { firstOpenedAt, lastOpenedAt } = share;
  return (
    <Step name="opened" icon="lock" tone={firstOpenedAt === null ? 'waiting' : 'done'} heading={t('link.step.opened')}>
      {firstOpenedAt === null ? <p><strong>{t('link.never')}</strong></p> : (
        <>
          <p>{lastOpenedAt === null || lastOpenedAt === firstOpenedAt ? t('link.openedOnce', { date: zoned(firstOpenedAt) }) : t('link.opened', { first: zoned(firstOpenedAt), last: zoned(lastOpenedAt) })}</p>
          <p class="hint">{t('link.openedFrom', { uses: share.uses, max: share.maxUses })} {share.networks === 1 ? t('link.networkOne') : t('link.networks', { count: share.networks })}</p>
        </>
      )}
      {share.failedAttempts > 0 && <p class="hint">{share.failedAttempts === 1 ? t('shares.failedOne') : t('shares.failed', { count: share.failedAttempts })}</p>}
    </Step>
  );
}

const Series = ({ one }: { one: SeenSeries }): JSX.Element => (
  <li data-seen={`${one.seen}/${one.images}`}>
    <span class="seen-name">{one.description || t('worklist.noDescription')}<span class="hint"> {one.modality}</span></span>
    <span class="seen-count">{t('link.seenOf', { seen: number(one.seen), images: number(one.images) })}</span>
    <progress max={Math.max(one.images, 1)} value={one.seen} aria-label={t('link.seenFor', { name: one.description || one.modality })} />
  </li>
);

function Looked({ share }: { share: ShareDetail }): JSX.Element {
  const seen = sumOf(share.seen.map((one) => one.seen));
  const images = sumOf(share.seen.map((one) => one.images));
  return (
    <Step name="seen" icon="eye" tone={seen === 0 ? 'waiting' : 'done'} heading={t('link.step.seen')}>
      <p>{seen === 0 ? t('link.seenNothing') : t('link.seenSum', { seen: number(seen), images: number(images) })}</p>
      <ul class="seen-bars">{share.seen.map((one, at) => <Series key={at} one={one} />)}</ul>
    </Step>
  );
}

function Downloaded({ share }: { share: ShareDetail }): JSX.Element {
  const { download } = share;
  const amount = download ? { bytes: size(download.bytes), total: size(download.total) } : null;
  return (
    <Step name="downloaded" icon="download" tone={download ? 'done' : 'waiting'} heading={t('link.step.downloaded')}>
      {amount === null || !download ? <p>{t(share.may === 'view' ? 'link.downloadNot' : 'link.downloadNothing')}</p> : (
        <>
          <p>{download.complete ? t('link.downloadAll', amount) : t('link.downloadSome', amount)}</p>
          <progress max={Math.max(download.total, 1)} value={download.bytes} aria-label={t('link.step.downloaded')} />
        </>
      )}
    </Step>
  );
}

export const Happened = ({ share }: { share: ShareDetail }): JSX.Element => (
  <section class="side-part" aria-labelledby="happened">
    <h2 id="happened">{t('link.happened')}</h2>
    <ol class="steps"><Sent share={share} /><Opened share={share} /><Looked share={share} /><Downloaded share={share} /></ol>
    <div class="probes" data-probes={share.probes}>
      <h3>{t('link.probes')}</h3>
      <p>{share.probes === 0 ? t('link.probesNone') : share.probes === 1 ? t('link.probesOne') : t('link.probesSome', { count: number(share.probes) })}</p>
    </div>
    {share.alerts.length > 0 && (
      <div class="probes">
        <h3>{t('link.alerts')}</h3>
        <ul class="alert-list">{share.alerts.map((one) => <li key={one.id}><AlertText alert={one} /></li>)}</ul>
      </div>
    )}
  </section>
);
