/** A new version of a patient's authorisation: what the new form says, with what the last one said to start from. */
import type { JSX } from 'preact';
import type { Authorisation } from '../../api/sharing';
import { t } from '../../i18n';
import { termsFrom } from '../../state/authorisation';
import { recordAnew } from '../../state/making';
import { reloadLink } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Dialog } from '../parts/dialog';
import { AuthorisationForm } from './authorisationForm';

export function ChangeDialog({ store, record, close }: { store: StaffStore; record: Authorisation; close: () => void }): JSX.Element {
  return (
    <Dialog heading={t('authorisation.changeHeading')} close={close} wide>
      <AuthorisationForm
        study={record.studyInstanceUid}
        start={termsFrom(record)}
        lead={t('authorisation.changeLead')}
        leave={t('action.cancel')}
        keep={(wanted, form, stands) => recordAnew(store, record.id, wanted, form, stands)}
        back={close}
        chosen={() => {
          close();
          // Links that would have outlived it end earlier now.
          void reloadLink(store);
        }}
      />
    </Dialog>
  );
}
