/** What was refused: when, from whom, and the sentence that says why. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { loadRefusals, moreRefusals } from '../../state/worklist';
import { Dialog } from '../parts/dialog';
import { FailureNote } from '../parts/failure';
import { asSentence, instant } from '../parts/words';

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
            <p class="refusal-why">{asSentence(one.sentence)}</p>
            <p class="row-sub">{instant(one.at)} · {one.origin || one.sender} · {one.reason} · {one.kept ? t('refused.kept') : t('refused.notKept')}</p>
            {one.sopInstanceUid !== null && <p class="row-sub uid">{one.sopInstanceUid}</p>}
          </li>
        ))}
      </ul>
      {list?.more === true && <button type="button" class="button" onClick={() => void moreRefusals(store)}>{t('action.more')}</button>}
    </Dialog>
  );
}
