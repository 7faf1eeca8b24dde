/** What a link lends, to whom and how. */
import type { ComponentChildren, JSX } from 'preact';
import type { ShareDetail } from '../../api/sharing';
import { t } from '../../i18n';
import { ownName } from '../../i18n/language';
import { studyName, whom, zoned } from '../parts/words';
import { factorsWords, mayWord, scopeWords, studiesOf } from './words';

const Fact = ({ name, children }: { name: string; children: ComponentChildren }): JSX.Element => <div><dt>{name}</dt><dd>{children}</dd></div>;

export const Facts = ({ share }: { share: ShareDetail }): JSX.Element => (
  <section class="side-part" aria-labelledby="facts">
    <h2 id="facts">{t('link.facts')}</h2>
    <dl class="link-facts">
      <Fact name={t('shares.study')}>{studiesOf(share).map((one) => <span key={one.studyInstanceUid} class="fact-line">{studyName(one)}</span>)}</Fact>
      <Fact name={t('share.what')}>{scopeWords({ series: share.series === null ? null : { count: share.series.length }, clean: share.clean, arrivals: share.arrivals })}</Fact>
      <Fact name={t('share.may')}>{mayWord(share.may)}</Fact>
      {share.email !== null && <Fact name={t('share.email')}>{share.email}</Fact>}
      <Fact name={t('share.asksFor')}>{factorsWords(share.factors)}</Fact>
      <Fact name={t('share.uses')}>{t('link.usesOf', { uses: share.uses, max: share.maxUses })}</Fact>
      {share.starts !== null && <Fact name={t('share.starts')}>{zoned(share.starts)}</Fact>}
      <Fact name={t('shares.expires')}>{zoned(share.expires)}</Fact>
      <Fact name={t('share.authority')}>{t(`share.authority.${share.authority ?? 'treatment'}`)}</Fact>
      <Fact name={t('share.purpose')}>{share.purpose}</Fact>
      {share.message && <Fact name={t('share.messageLabel')}><span class="letter-text">{share.message}</span></Fact>}
      <Fact name={t('share.language')}>{ownName[share.language]}</Fact>
      <Fact name={t('shares.madeBy')}>{whom(share.createdBy)}<span class="fact-line muted">{zoned(share.createdAt)}</span></Fact>
    </dl>
  </section>
);
