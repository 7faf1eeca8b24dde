/** The projects of de-identification. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Project } from '../../api/deident';
import { t } from '../../i18n';
import { loadProjects } from '../../state/projects';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { instant } from '../parts/words';
import { PageLink } from '../staff/shell';

function Line({ store, project }: { store: StaffStore; project: Project }): JSX.Element {
  const { name, profile, createdAt, studies, waiting } = project;
  return (
    <tr class="row row-still" data-project={name}>
      <td><PageLink store={store} route={{ page: 'project', project: name }} class="row-name">{name}</PageLink><span class="row-sub">{profile}</span></td>
      <td class="cell-date"><span class="cell-label">{t('projects.created')} </span>{instant(createdAt)}</td>
      <td class="cell-count">{studies === 1 ? t('projects.studiesOne') : t('projects.studiesCount', { count: studies })}</td>
      <td>{waiting === 0 ? <span class="muted"><span class="cell-label">{t('projects.waiting')}: </span>{t('projects.nothingWaits')}</span> : <span class="state state-frozen">{t('projects.waitingCount', { count: waiting })}</span>}</td>
      <td class="cell-buttons">
        {waiting > 0 && may(store, 'review') && <PageLink store={store} route={{ page: 'review', project: name }} class="button" label={t('projects.reviewOf', { name })}>{t('projects.review')}</PageLink>}
      </td>
    </tr>
  );
}

export function ProjectsPage({ store }: { store: StaffStore }): JSX.Element {
  const { projects } = store.get();
  useEffect(() => void loadProjects(store), [store]);
  const list = known(projects);
  return (
    <div class="page">
      <div class="page-head"><h1>{t('projects.heading')}</h1><p class="found">{t('projects.lead')}</p></div>
      {projects.state === 'failed' && (
        <FailureNote failure={projects.failure}><button type="button" class="button" onClick={() => void loadProjects(store)}>{t('action.retry')}</button></FailureNote>
      )}
      {list?.length === 0 && <div class="nothing"><p>{t('projects.empty')}</p></div>}
      {list !== null && list.length > 0 && (
        <table class="studies">
          <thead>
            <tr>
              {(['name', 'created', 'studies', 'waiting'] as const).map((one) => <th key={one} scope="col">{t(`projects.${one}`)}</th>)}
              <th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th>
            </tr>
          </thead>
          <tbody>{list.map((project) => <Line key={project.name} store={store} project={project} />)}</tbody>
        </table>
      )}
    </div>
  );
}
