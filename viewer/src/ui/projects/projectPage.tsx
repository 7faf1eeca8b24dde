/** The clean studies of a project, their certificates, and for those who may, whose they are. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ProjectStudy } from '../../api/deident';
import { t } from '../../i18n';
import type { StudyUid } from '../../model/uid';
import { openProject } from '../../state/projects';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { PageLink } from '../staff/shell';
import { IdentityDialog } from './identityDialog';

const numbers = ['released', 'approved', 'rejected', 'waiting'] as const;

function Line({ store, project, study, ask }: { store: StaffStore; project: string; study: ProjectStudy; ask: () => void }): JSX.Element {
  const { studyUid } = study;
  return (
    <tr class="row row-still" data-study={studyUid}>
      <td><span class="uid uid-large">{studyUid}</span></td>
      {numbers.map((one) => (
        <td key={one} class={one === 'waiting' && study.waiting > 0 ? 'cell-number cell-waiting' : 'cell-number'}><span class="cell-label">{t(`project.${one}`)} </span>{study[one]}</td>
      ))}
      <td class="cell-buttons">
        {may(store, 'reIdentify') && <button type="button" class="button" aria-label={t('project.whoOf', { study: studyUid })} onClick={ask}>{t('project.who')}</button>}
        <PageLink store={store} route={{ page: 'certificate', project, study: studyUid }} class="button" label={t('project.certificateOf', { study: studyUid })}>{t('project.certificate')}</PageLink>
      </td>
    </tr>
  );
}

export function ProjectPage({ store, project }: { store: StaffStore; project: string }): JSX.Element {
  const { projectStudies } = store.get();
  const [asked, setAsked] = useState<StudyUid | null>(null);
  useEffect(() => void openProject(store, project), [store, project]);
  const list = known(projectStudies);
  const waiting = (list ?? []).reduce((sum, one) => sum + one.waiting, 0);
  return (
    <div class="page">
      <PageLink store={store} route={{ page: 'projects' }} class="page-back"><Icon name="back" /><span>{t('project.back')}</span></PageLink>
      <div class="page-head">
        <h1>{project}</h1>
        <p class="found">{t('project.lead')}</p>
        {waiting > 0 && may(store, 'review') && (
          <div class="page-actions"><PageLink store={store} route={{ page: 'review', project }} class="button button-main" label={t('project.waitingOf', { name: project, count: waiting })}>{t('projects.waitingCount', { count: waiting })}</PageLink></div>
        )}
      </div>
      {projectStudies.state === 'failed' && (
        <FailureNote failure={projectStudies.failure}><button type="button" class="button" onClick={() => void openProject(store, project)}>{t('action.retry')}</button></FailureNote>
      )}
      {list?.length === 0 && <div class="nothing"><p>{t('project.empty')}</p></div>}
      {list !== null && list.length > 0 && (
        <table class="studies">
          <thead>
            <tr>
              <th scope="col">{t('project.study')}</th>
              {numbers.map((one) => <th key={one} scope="col" class="cell-number">{t(`project.${one}`)}</th>)}
              <th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th>
            </tr>
          </thead>
          <tbody>{list.map((study) => <Line key={study.studyUid} store={store} project={project} study={study} ask={() => setAsked(study.studyUid)} />)}</tbody>
        </table>
      )}
      {asked !== null && <IdentityDialog store={store} project={project} study={asked} close={() => setAsked(null)} />}
    </div>
  );
}
