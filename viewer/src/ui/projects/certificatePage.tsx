/** What was done to the objects of a study, by which rules and by whom; for the screen and for paper. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { certificateUrl, outcomes, type Certificate, type Widened } from '../../api/deident';
import { t } from '../../i18n';
import type { StudyUid } from '../../model/uid';
import { sumsOf } from '../../state/certificate';
import { openCertificate } from '../../state/projects';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Icon, Mark } from '../parts/icons';
import { instant } from '../parts/words';
import { PageLink } from '../staff/shell';
import { Decisions, Objects, Reasons } from './certificateParts';

const Fact = ({ name, children }: { name: string; children: JSX.Element | string }): JSX.Element => <div><dt>{name}</dt><dd>{children}</dd></div>;

const lists = ['release_classes', 'release_secondary', 'safe_terms'] as const;

/** What the profile lets through beyond the rule. */
function Beyond({ widened }: { widened: Widened }): JSX.Element {
  const lines = lists.filter((name) => (widened[name] ?? []).length > 0).map((name) => t(`certificate.widened.${name}`, { list: (widened[name] ?? []).join(', ') }));
  if (widened.devices > 0) lines.push(t('certificate.widened.devices', { count: widened.devices }));
  if (widened.one_issuer) lines.push(t('certificate.widened.one_issuer'));
  if (widened.exact_ages === true) lines.push(t('certificate.widened.exact_ages'));
  if (widened.moved_versions === true) lines.push(t('certificate.widened.moved_versions'));
  return lines.length === 0 ? <span>{t('certificate.notWidened')}</span> : <ul>{lines.map((one) => <li key={one}>{one}</li>)}</ul>;
}

function Head({ certificate, project, study }: { certificate: Certificate; project: string; study: StudyUid }): JSX.Element {
  return (
    <dl class="facts">
      <Fact name={t('certificate.project')}>{project}</Fact>
      <Fact name={t('certificate.study')}><span class="uid uid-large">{study}</span></Fact>
      <Fact name={t('certificate.patients')}>{certificate.patients > 1 ? t('certificate.mixed', { count: certificate.patients }) : String(certificate.patients)}</Fact>
      <Fact name={t('certificate.profile')}>{certificate.profile}</Fact>
      <Fact name={t('certificate.options')}>{certificate.options.length === 0 ? t('certificate.noOptions') : <ul>{certificate.options.map((one) => <li key={one}>{one}</li>)}</ul>}</Fact>
      <Fact name={t('certificate.widened')}><Beyond widened={certificate.widened} /></Fact>
      <Fact name={t('certificate.engine')}>{certificate.engine}</Fact>
      <Fact name={t('certificate.table')}>{certificate.table}</Fact>
    </dl>
  );
}

const numbers = ['total', 'released', 'held', 'approved', 'rejected', 'waiting', 'refused'] as const;

function Summary({ certificate }: { certificate: Certificate }): JSX.Element {
  const sums = sumsOf(certificate);
  return (
    <section>
      <h2>{t('certificate.summary')}</h2>
      <dl class="sums">{numbers.map((name) => <div key={name} data-sum={name}><dt>{t(`certificate.${name}`)}</dt><dd>{sums[name]}</dd></div>)}</dl>
    </section>
  );
}

const Actions = ({ certificate }: { certificate: Certificate }): JSX.Element => (
  <section>
    <h2>{t('certificate.actions')}</h2>
    <table class="paper-table">
      <thead><tr><th scope="col">{t('certificate.action')}</th><th scope="col">{t('certificate.meaning')}</th><th scope="col" class="cell-number">{t('certificate.count')}</th></tr></thead>
      <tbody>
        {outcomes.map((one) => (
          <tr key={one}><th scope="row">{t(`certificate.action.${one}`)}</th><td>{t(`certificate.means.${one}`)}</td><td class="cell-number">{certificate.counts[one] ?? 0}</td></tr>
        ))}
      </tbody>
    </table>
  </section>
);

export function CertificatePage({ store, project, study }: { store: StaffStore; project: string; study: StudyUid }): JSX.Element {
  const { certificate: remote } = store.get();
  const [now] = useState(() => new Date().toISOString());
  useEffect(() => void openCertificate(store, project, study), [store, project, study]);
  const certificate = known(remote);
  return (
    <div class="page">
      <div class="page-head no-print">
        <PageLink store={store} route={{ page: 'project', project }} class="page-back"><Icon name="back" /><span>{t('certificate.back', { project })}</span></PageLink>
        {certificate !== null && (
          <div class="page-actions">
            <a class="button" href={certificateUrl(project, study)} download={`${study}.json`}>{t('certificate.save')}</a>
            <button type="button" class="button button-main" onClick={() => print()}>{t('certificate.print')}</button>
          </div>
        )}
      </div>
      {remote.state === 'failed' && <FailureNote failure={remote.failure} />}
      {remote.state === 'loading' && <p role="status">{t('certificate.loading')}</p>}
      {certificate !== null && (
        <article class="paper" data-certificate>
          <header class="paper-head"><h1>{t('certificate.heading')}</h1><span class="brand"><Mark />{t('app.name')}</span></header>
          <Head certificate={certificate} project={project} study={study} />
          <Summary certificate={certificate} />
          <Reasons certificate={certificate} />
          <Actions certificate={certificate} />
          <Decisions certificate={certificate} />
          <Objects certificate={certificate} />
          <footer class="paper-foot"><p>{t('certificate.digests')}</p><p>{t('certificate.shown', { when: instant(now) })}</p></footer>
        </article>
      )}
    </div>
  );
}
