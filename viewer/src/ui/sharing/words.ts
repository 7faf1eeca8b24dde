/** How links are put in words, the same in the dialog, the list and on their own page. */
import type { AlertKind, Arrivals, Factor, MadeShare, May, Share, SharedStudy, ShareState } from '../../api/sharing';
import { t, type Word } from '../../i18n';
import { endAfter, faultOfEnd, longestDays } from '../../model/moment';
import { zoned } from '../parts/words';

export const stateWords: Readonly<Record<ShareState, Word>> = {
  live: 'shares.state.live', notYet: 'shares.state.notYet', locked: 'shares.state.locked', withdrawn: 'shares.state.withdrawn',
  expired: 'shares.state.expired', revoked: 'shares.state.revoked', frozen: 'shares.state.frozen', exhausted: 'shares.state.exhausted',
};

export const alertWords: Readonly<Record<AlertKind, Word>> = {
  firstOpening: 'alerts.firstOpening', newNetwork: 'alerts.newNetwork', locked: 'alerts.locked', frozen: 'alerts.frozen', downloaded: 'alerts.downloaded', deliveryFailed: 'alerts.deliveryFailed', revoked: 'alerts.revoked',
};

/** It may open now or later, so it can still be revoked. */
export const isOpen = (share: Pick<Share, 'state'>): boolean => share.state !== 'expired' && share.state !== 'revoked';

/** Sending again gives it another secret, which also unfreezes it. */
export const canResend = (share: Pick<Share, 'state'>): boolean => isOpen(share) && share.state !== 'withdrawn';

/** While some end is still to be had, also when it has ended: then it lives again, unless its clean copies are removed. */
export function canExtend({ state, clean, createdAt }: Pick<Share, 'state' | 'clean' | 'createdAt'>, now: Date): boolean {
  const made = new Date(createdAt);
  const isGone = state === 'revoked' || (state === 'expired' && clean);
  return !isGone && faultOfEnd(endAfter(now, longestDays, made), now, made) === null;
}

/** Its studies as the archive has them: copies have a name and a UID of their own, by which nobody knows them. */
export const studiesOf = ({ studies, sources }: Pick<Share, 'studies' | 'sources'>): readonly SharedStudy[] => (sources.length === 0 ? studies : sources);

/** Whose links it belongs to, so that nobody has to type it again. */
export function whoseLinks(share: Pick<Share, 'recipient' | 'email' | 'createdBy' | 'byAccount' | 'studies' | 'sources'>): { readonly recipient: string; readonly user?: string; readonly study?: string } {
  const [study] = studiesOf(share);
  return {
    recipient: share.email ?? share.recipient,
    ...(share.byAccount ? { user: share.createdBy } : {}),
    ...(study === undefined ? {} : { study: study.studyInstanceUid }),
  };
}

export const mayWord = (may: May): string => t(may === 'view' ? 'share.view' : 'share.download');

/** `Passcode + Code by e-mail`. */
export const factorsWords = (factors: readonly Factor[]): string =>
  (factors.length === 0 ? t('share.factorNone') : factors.map((one) => t(`share.factor.${one}`)).join(t('share.then')));

export function scopeWords({ series, clean, arrivals }: { series: { readonly count: number } | null; clean: boolean; arrivals: Arrivals }): string {
  const what = series === null ? t('share.whole') : series.count === 1 ? t('shares.oneSeries') : t('shares.someSeries', { count: series.count });
  return [what, t(clean ? 'share.cleanShort' : 'share.identifiedShort'), ...(arrivals === 'live' ? [t('share.arrivalsShort')] : [])].join(', ');
}

/** The state in a sentence: what it means and what can be done. */
export function stateSentence(share: Share): string {
  switch (share.state) {
    case 'live':
      return t('shares.means.live', { date: zoned(share.expires) });
    case 'notYet':
      return t('shares.means.notYet', { date: zoned(share.starts ?? share.expires) });
    case 'expired':
      return t('shares.means.expired', { date: zoned(share.expires) });
    case 'revoked':
      return t('shares.means.revoked', { date: zoned(share.revokedAt ?? share.expires) });
    case 'withdrawn':
      return t(share.clean ? 'shares.means.withdrawnClean' : 'shares.means.withdrawn');
    default:
      return t(`shares.means.${share.state}`);
  }
}

/** Where the link went, as far as anybody knows. */
export function deliveryWords({ delivery, email, createdAt }: Pick<Share, 'delivery' | 'email' | 'createdAt'>): string {
  const address = email ?? '';
  if (!delivery) return t('link.handedOver', { date: zoned(createdAt) });
  return delivery.state === 'queued'
    ? t(delivery.tries === 0 ? 'link.queued' : 'link.queuedAgain', { address, tries: delivery.tries })
    : t(`link.${delivery.state}`, { address, date: zoned(delivery.at) });
}

export const untilWords = ({ share }: MadeShare): string => t('share.until', { date: zoned(share.expires) });
