/** The rows: one stop for Tab, arrows between rows, Enter opens. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ListedStudy } from '../../api/answers';
import { t } from '../../i18n';
import { parseStudyUid } from '../../model/uid';
import { go, may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { giveBack } from '../../state/worklist';
import { Icon } from '../parts/icons';
import { Menu, type Action } from '../parts/menu';
import { day, hour, instant, personName, progressWords, whom } from '../parts/words';
import { PageLink } from './shell';

interface RowProps {
  readonly store: StaffStore;
  readonly study: ListedStudy;
  readonly current: boolean;
  readonly focus: () => void;
  readonly share: () => void;
  readonly withdraw: () => void;
}

/** Every link of the study, by whomever it was made. */
function linksOf(store: StaffStore, study: string): void {
  store.patch({ shareFilter: { mine: false, state: '', recipient: '', study } });
  go(store, { page: 'shares' });
}

function actionsFor({ store, study, share, withdraw }: RowProps, open: () => void): readonly Action[] {
  if (study.withdrawn !== null) return [{ label: t('action.bringBack'), run: () => void giveBack(store, study.studyInstanceUid) }];
  return [
    ...(may(store, 'view') ? [{ label: t('action.open'), run: open }] : []),
    ...(may(store, 'share') ? [{ label: t('action.share'), run: share }] : []),
    ...(may(store, 'seeShares') ? [{ label: t('action.links'), run: () => linksOf(store, study.studyInstanceUid) }] : []),
    ...(may(store, 'withdraw') ? [{ label: t('action.withdraw'), run: withdraw }] : []),
  ];
}

function Row(props: RowProps): JSX.Element {
  const { store, study, current, focus } = props;
  const uid = parseStudyUid(study.studyInstanceUid);
  const canOpen = uid !== null && study.withdrawn === null && may(store, 'view');
  const open = (): void => {
    if (canOpen) go(store, { page: 'study', study: uid });
  };
  const name = personName(study.patientName);
  return (
    <tr
      class={study.withdrawn === null ? 'row' : 'row row-withdrawn'}
      data-row
      data-study={study.studyInstanceUid}
      tabIndex={current ? 0 : -1}
      onFocus={focus}
      onDblClick={open}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a, button, .menu') === null) open();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) open();
      }}
    >
      <td class="cell-patient">
        {canOpen ? <PageLink store={store} route={{ page: 'study', study: uid }} class="row-name">{name}</PageLink> : <span class="row-name">{name}</span>}
        <span class="row-sub">{[study.patientId, study.birthDate === '' ? '' : t('worklist.born', { date: day(study.birthDate) }), study.sex].filter((part) => part !== '').join(' · ')}</span>
      </td>
      <td class="cell-study">
        <span>{study.description || t('worklist.noDescription')}</span>
        <span class="row-sub">
          {study.withdrawn === null ? study.accessionNumber : t('worklist.withdrawnBy', { by: whom(study.withdrawn.by), reason: study.withdrawn.reason })}
        </span>
      </td>
      <td class="cell-date"><span>{day(study.studyDate)}</span><span class="row-sub">{hour(study.studyTime)}</span></td>
      <td class="cell-modality">{study.modalities.map((one) => <span key={one} class="modality">{one}</span>)}</td>
      <td class="cell-count" title={instant(study.receivedAt)}>{t('worklist.counts', { instances: study.instances, series: study.series })}<span class="row-sub">{progressWords(study.progress)}</span></td>
      <td class="cell-links">{study.shares > 0 && <span class="links-live"><Icon name="link" />{t('worklist.linksCount', { count: study.shares })}</span>}</td>
      <td class="cell-menu"><Menu label={t('worklist.menuFor', { name })} actions={actionsFor(props, open)} /></td>
    </tr>
  );
}

export function StudyTable({ store, studies, share, withdraw }: {
  store: StaffStore; studies: readonly ListedStudy[]; share: (study: ListedStudy) => void; withdraw: (study: ListedStudy) => void;
}): JSX.Element {
  const [at, setAt] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: studies.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    body.current?.querySelectorAll<HTMLElement>('[data-row]')[to]?.focus();
  };
  const current = Math.min(at, studies.length - 1);
  return (
    <table class="studies" onKeyDown={move}>
      <thead>
        <tr>
          <th scope="col">{t('worklist.patient')}</th>
          <th scope="col">{t('worklist.study')}</th>
          <th scope="col">{t('worklist.studyDate')}</th>
          <th scope="col">{t('worklist.modalities')}</th>
          <th scope="col">{t('worklist.content')}</th>
          <th scope="col">{t('worklist.links')}</th>
          <th scope="col"><span class="offscreen">{t('worklist.menu')}</span></th>
        </tr>
      </thead>
      <tbody ref={body}>
        {studies.map((study, index) => (
          <Row
            key={study.studyInstanceUid}
            store={store}
            study={study}
            current={index === current}
            focus={() => setAt(index)}
            share={() => share(study)}
            withdraw={() => withdraw(study)}
          />
        ))}
      </tbody>
    </table>
  );
}
