/** The reading page: the study's series at the side, one of them in the middle. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { isStack, type DisplaySet } from '../../model/displaySet';
import type { StudyUid } from '../../model/uid';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import type { OpenStudy, StaffStore } from '../../state/staff';
import { openStudy } from '../../state/study';
import { FailureNote } from '../parts/failure';
import { Icon } from '../parts/icons';
import { typing } from '../parts/keys';
import { day, personName } from '../parts/words';
import { ShareDialog } from '../sharing/shareDialog';
import { PageLink, Toast } from '../staff/shell';
import { Reader } from './reader';
import { SeriesRail } from './seriesRail';
import { Unshown } from './unshown';

function Head({ store, open, share }: { store: StaffStore; open: OpenStudy | null; share: () => void }): JSX.Element {
  const facts = open?.facts;
  return (
    <header class="read-head">
      <PageLink store={store} route={{ page: 'worklist' }} class="read-back"><Icon name="back" /><span>{t('read.back')}</span></PageLink>
      {facts !== undefined && (
        <div class="read-who">
          <h1>{personName(facts.patientName)}</h1>
          <p>{[facts.patientId, facts.birthDate === '' ? '' : t('worklist.born', { date: day(facts.birthDate) }), facts.sex, facts.description, day(facts.studyDate)].filter((part) => part !== '').join(' · ')}</p>
        </div>
      )}
      {open !== null && may(store, 'share') && <button type="button" class="button button-dark" onClick={share}><Icon name="link" /><span>{t('action.share')}</span></button>}
    </header>
  );
}

/** The first thing to look at is the first that can be shown. */
const firstOf = (sets: readonly DisplaySet[]): DisplaySet | undefined => sets.find(isStack) ?? sets[0];

export function StudyPage({ store, study }: { store: StaffStore; study: StudyUid }): JSX.Element {
  const { open: remote } = store.get();
  const [chosen, setChosen] = useState<string | null>(null);
  const [sharing, setSharing] = useState(false);
  useEffect(() => void openStudy(store, study), [store, study]);
  const open = known(remote);
  const sets = open?.sets ?? [];
  const set = sets.find((one) => one.id === chosen) ?? firstOf(sets);
  // What was opened first stays in view while other series arrive and are sorted in before it.
  const settled = set?.id ?? null;
  useEffect(() => {
    if (chosen === null && settled !== null) setChosen(settled);
  }, [chosen, settled]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined || typing(event) || (event.target instanceof HTMLElement && event.target.matches('input[type=range]'))) return;
      const next = sets[sets.findIndex((one) => one.id === settled) + step];
      if (next !== undefined) setChosen(next.id);
      event.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [sets, settled]);

  return (
    <div class="read">
      <Head store={store} open={open} share={() => setSharing(true)} />
      {remote.state === 'failed' && <main class="read-empty"><FailureNote failure={remote.failure} /></main>}
      {remote.state === 'loading' && <main class="read-empty"><p role="status">{t('read.loading')}</p></main>}
      {open !== null && (
        <>
          <SeriesRail open={open} chosen={settled} choose={setChosen} />
          <main class="read-main">
            {set === undefined && <p class="read-empty" role="status">{open.waiting > 0 ? t('read.loading') : t('read.noSeries')}</p>}
            {set !== undefined && isStack(set) && <Reader key={set.id} set={set} metadata={open.metadata} facts={open.facts} />}
            {set !== undefined && !isStack(set) && <Unshown set={set} />}
          </main>
        </>
      )}
      {sharing && open !== null && <ShareDialog store={store} study={{ studyInstanceUid: study, ...open.facts }} close={() => setSharing(false)} />}
      <Toast store={store} />
    </div>
  );
}
