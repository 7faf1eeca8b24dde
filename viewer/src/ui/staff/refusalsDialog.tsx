/** What was refused: when, from whom, and the sentence that says why; to be tried again or given up. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Refusal } from '../../api/answers';
import { refusedObjectUrl } from '../../api/worklist';
import { isWord, language, t } from '../../i18n';
import { known } from '../../state/remote';
import { may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { giveUp, loadRefusals, moreRefusals, tryAgain } from '../../state/worklist';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { Field } from '../parts/field';
import { Said } from '../parts/said';
import { instant } from '../parts/words';

/** Whom it came from: a file is known by its name, an association by its titles. */
const whence = (one: Refusal): string => (one.origin === 'import' || one.origin === '' ? one.sender || one.origin : one.origin);

/** What its reason is called in the language of the page; the server's own sentence tells more. */
function Why({ one }: { one: Refusal }): JSX.Element {
  const word = `refused.reason.${one.reason}`;
  const own = language() !== 'en' && isWord(word) ? t(word) : null;
  return (
    <>
      {own !== null && <p class="refusal-why">{own}</p>}
      <p class={own === null ? 'refusal-why' : 'row-sub'}><Said text={one.sentence} /></p>
    </>
  );
}

/** Asks for the reason before an object is given up. */
function Discarding({ store, one, close }: { store: StaffStore; one: Refusal; close: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    await giveUp(store, one.id, reason.trim());
  };
  return (
    <form class="inline-form" onSubmit={(event) => void submit(event)}>
      <Field label={t('refused.discardReason')} value={reason} change={setReason} required maxLength={200} autofocus />
      <button type="button" class="button" onClick={close}>{t('action.cancel')}</button>
      <button type="submit" class="button button-danger" disabled={reason.trim() === ''}>{t('refused.discardForGood')}</button>
    </form>
  );
}

function Actions({ store, one }: { store: StaffStore; one: Refusal }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [again, setAgain] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const retry = async (): Promise<void> => {
    setBusy(true);
    // One that is stored now leaves the list.
    setAgain(!(await tryAgain(store, one.id)));
    setBusy(false);
  };
  if (discarding) return <Discarding store={store} one={one} close={() => setDiscarding(false)} />;
  const about = { origin: whence(one), at: instant(one.at) };
  return (
    <div class="refusal-actions">
      {one.kept && <button type="button" class="button" disabled={busy} aria-label={t('refused.againOne', about)} onClick={() => void retry()}>{t('action.retry')}</button>}
      {one.kept && <a class="button" href={refusedObjectUrl(one.id)} download aria-label={t('refused.downloadOne', about)}>{t('refused.download')}</a>}
      <button type="button" class="button" aria-label={t('refused.discardOne', about)} onClick={() => setDiscarding(true)}>{t('refused.discard')}</button>
      <p role="status">{again ? t('refused.again') : ''}</p>
    </div>
  );
}

export function RefusalsDialog({ store, close }: { store: StaffStore; close: () => void }): JSX.Element {
  const { refusals } = store.get();
  useEffect(() => void loadRefusals(store), [store]);
  const list = known(refusals);
  return (
    <Dialog heading={t('refused.heading')} close={close} wide>
      <p class="lead">{t('refused.lead')}</p>
      {refusals.state === 'failed' && <FailureNote failure={refusals.failure} />}
      <ul class="refusals">
        {list?.refusals.map((one) => (
          <li key={one.id}>
            <Why one={one} />
            <p class="row-sub">{instant(one.at)} · {whence(one)} · {one.reason} · {t('refused.bytes', { count: one.bytes })}</p>
            <p class="row-sub">{one.kept ? t('refused.kept') : <>{t('refused.notKept')}{one.notKept !== null && <>{' '}<Said text={one.notKept} /></>}</>}</p>
            {one.sopInstanceUid !== null && <p class="row-sub uid">{one.sopInstanceUid}</p>}
            {may(store, 'handleRefusals') && <Actions store={store} one={one} />}
          </li>
        ))}
      </ul>
      {list !== null && list.refusals.length === 0 && <p class="muted">{t('refused.none')}</p>}
      {list?.more === true && <button type="button" class="button" onClick={() => void moreRefusals(store)}>{t('action.more')}</button>}
    </Dialog>
  );
}
