/** The worklist: search, rows, files dropped anywhere, and what to do while it is empty. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ListedStudy } from '../../api/answers';
import { t } from '../../i18n';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import { emptySearch, type StaffStore } from '../../state/staff';
import { upload } from '../../state/uploads';
import { isSearching, refresh, search, showMore } from '../../state/worklist';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { DropZone } from './dropZone';
import { EmptyState } from './emptyState';
import { Filters } from './filters';
import { RefusalsDialog } from './refusalsDialog';
import { ShareDialog } from '../sharing/shareDialog';
import { StudyTable } from './studyTable';
import { UploadPanel } from './uploadPanel';
import { WithdrawDialog } from './withdrawDialog';

type Asked = { readonly kind: 'refused' } | { readonly kind: 'share' | 'withdraw'; readonly study: ListedStudy } | null;

function Found({ store }: { store: StaffStore }): JSX.Element {
  const { worklist } = store.get();
  const list = known(worklist);
  const count = list?.studies.length ?? 0;
  const text = list === null || worklist.state === 'loading' ? t('worklist.loading')
    : list.more ? t('worklist.foundMore', { count })
    : count === 1 ? t('worklist.foundOne') : t('worklist.found', { count });
  return <p class="found" role="status">{text}</p>;
}

function Refused({ count, open }: { count: number; open: () => void }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <button type="button" class="badge-refused" onClick={open}>
      <Icon name="alert" />
      <span>{count === 1 ? t('refused.badgeOne') : t('refused.badge', { count })}</span>
      <span class="badge-why">{t('refused.why')}</span>
    </button>
  );
}

export function WorklistPage({ store }: { store: StaffStore }): JSX.Element {
  const { worklist, search: current, uploads } = store.get();
  const [asked, setAsked] = useState<Asked>(null);
  useEffect(() => void refresh(store), [store]);
  const list = known(worklist);
  const nothing = worklist.state === 'here' && worklist.value.studies.length === 0;
  const close = (): void => setAsked(null);
  return (
    <DropZone enabled={may(store, 'import')} take={(files) => void upload(store, files)}>
      {(pick) => (
        <div class="page">
          <div class="page-head">
            <h1>{t('worklist.heading')}</h1>
            <Found store={store} />
            <Refused count={may(store, 'seeRefusals') ? (list?.refused.count ?? 0) : 0} open={() => setAsked({ kind: 'refused' })} />
            {may(store, 'import') && (
              <div class="page-actions">
                <button type="button" class="button" onClick={pick.folder}>{t('worklist.addFolder')}</button>
                <button type="button" class="button" onClick={pick.files}><Icon name="upload" /><span>{t('worklist.add')}</span></button>
              </div>
            )}
          </div>
          <Filters store={store} />
          {uploads.length > 0 && <UploadPanel store={store} />}
          {worklist.state === 'failed' && (
            <FailureNote failure={worklist.failure}>
              <button type="button" class="button" onClick={() => void refresh(store)}>{t('action.retry')}</button>
            </FailureNote>
          )}
          {nothing && !isSearching(current) && <EmptyState store={store} />}
          {nothing && isSearching(current) && (
            <div class="nothing">
              <p>{current.withdrawn ? t('worklist.nothingWithdrawn') : t('worklist.nothingFound')}</p>
              <button type="button" class="button" onClick={() => search(store, emptySearch)}>{t('worklist.clear')}</button>
            </div>
          )}
          {list !== null && list.studies.length > 0 && (
            <StudyTable store={store} studies={list.studies} share={(study) => setAsked({ kind: 'share', study })} withdraw={(study) => setAsked({ kind: 'withdraw', study })} />
          )}
          {list?.more === true && <button type="button" class="button page-more" onClick={() => void showMore(store)}>{t('action.more')}</button>}
          {asked?.kind === 'refused' && <RefusalsDialog store={store} close={close} />}
          {asked?.kind === 'share' && <ShareDialog store={store} study={asked.study} close={close} />}
          {asked?.kind === 'withdraw' && <WithdrawDialog store={store} study={asked.study} close={close} />}
        </div>
      )}
    </DropZone>
  );
}
