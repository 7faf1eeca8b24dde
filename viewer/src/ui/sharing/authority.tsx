/** By what right it is shared: for treatment, to the patient, or under a record of the patient's authorisation. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Authorisation } from '../../api/sharing';
import { t } from '../../i18n';
import { purposeOfRecord, type Draft } from '../../state/draft';
import { loadAuthorisations } from '../../state/making';
import { known } from '../../state/remote';
import type { StaffStore } from '../../state/staff';
import { FailureNote } from '../parts/failure';
import { Choice } from '../parts/field';
import { Icon } from '../parts/icons';
import { plainDay } from '../parts/words';

const kinds = ['treatment', 'ownAccess', 'authorisation'] as const;

/** How long a record holds: until a day, until something happens, or both. */
export const endOfRecord = ({ expires, expiryEvent }: Pick<Authorisation, 'expires' | 'expiryEvent'>): string =>
  [expires === null ? '' : t('authorisation.until', { date: plainDay(expires) }), expiryEvent ?? ''].filter((part) => part !== '').join(' · ');

const signed = ({ signedBy: name, signedOn }: Authorisation): string =>
  (signedOn === null ? t('authorisation.signedSome', { name }) : t('authorisation.signed', { name, date: plainDay(signedOn) }));

function Records({ records, chosen, choose }: { records: readonly Authorisation[]; chosen: string | null; choose: (record: Authorisation) => void }): JSX.Element {
  if (records.length === 0) return <p class="hint">{t('authorisation.none')}</p>;
  return (
    <fieldset>
      <legend class="offscreen">{t('authorisation.one')}</legend>
      <ul class="records">
        {records.map((one) => (
          <li key={one.id}>
            <label class="tick">
              <input type="radio" name="authorisation" checked={one.id === chosen} disabled={one.state !== 'inForce'} onChange={() => choose(one)} />
              <span>
                {one.recipient} · {one.purpose}
                <span class="hint">{signed(one)} · {endOfRecord(one)}{one.state === 'inForce' ? '' : ` · ${t(`authorisation.state.${one.state}`)}`}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

export function Authority({ store, draft, change, study, record }: {
  store: StaffStore; draft: Draft; change: (part: Partial<Draft>) => void; study: string; record: () => void;
}): JSX.Element {
  const { authorisations } = store.get();
  const wanted = draft.authority === 'authorisation';
  useEffect(() => {
    if (wanted && authorisations.state === 'idle') void loadAuthorisations(store, study);
  }, [wanted, authorisations, store, study]);
  const records = known(authorisations);
  return (
    <>
      <Choice legend={t('share.authority')} name="authority" value={draft.authority} change={(authority) => change({ authority })} options={kinds.map((one) => [one, t(`share.authority.${one}`)] as const)} />
      {wanted && (
        <div class="records-box">
          {authorisations.state === 'failed' && <FailureNote failure={authorisations.failure} />}
          {records === null && authorisations.state !== 'failed' && <p class="hint" role="status">{t('authorisation.loading')}</p>}
          {records !== null && <Records records={records} chosen={draft.authorisation} choose={(one) => change({ authorisation: one.id, purpose: purposeOfRecord(one.purpose) })} />}
          <p><button type="button" class="button" onClick={record}><Icon name="plus" />{t('authorisation.record')}</button></p>
        </div>
      )}
    </>
  );
}
