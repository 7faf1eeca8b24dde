/** What became of each file. Refused ones come first, with the reason. */
import type { JSX } from 'preact';
import { t, type Word } from '../../i18n';
import type { StaffStore, Upload } from '../../state/staff';
import { clearUploads } from '../../state/uploads';
import { FailureText } from '../parts/failure';
import { Icon } from '../parts/icons';

const words: Readonly<Record<Upload['outcome']['kind'], Word>> = {
  waiting: 'upload.waiting', sending: 'upload.sending', stored: 'upload.stored', alreadyHeld: 'upload.alreadyHeld', refused: 'upload.refused',
};
const order: readonly Upload['outcome']['kind'][] = ['refused', 'sending', 'stored', 'alreadyHeld', 'waiting'];
const listed = 200;

export function UploadPanel({ store }: { store: StaffStore }): JSX.Element {
  const { uploads } = store.get();
  const count = (kind: Upload['outcome']['kind']): number => uploads.filter((one) => one.outcome.kind === kind).length;
  const done = uploads.length - count('waiting') - count('sending');
  const sorted = uploads.toSorted((a, b) => order.indexOf(a.outcome.kind) - order.indexOf(b.outcome.kind));
  return (
    <section class="uploads" aria-label={t('upload.heading')}>
      <header>
        <h2>{t('upload.heading')}</h2>
        <p role="status">{t('upload.progress', { done, total: uploads.length })} · {t('upload.summary', { stored: count('stored'), held: count('alreadyHeld'), refused: count('refused') })}</p>
        {done === uploads.length && (
          <button type="button" class="button-icon" aria-label={t('upload.clear')} onClick={() => clearUploads(store)}><Icon name="close" /></button>
        )}
      </header>
      <progress max={uploads.length} value={done} aria-label={t('upload.heading')} />
      <ul tabIndex={0}>
        {sorted.slice(0, listed).map(({ id, name, outcome }) => (
          <li key={id} class={`upload upload-${outcome.kind}`}>
            <Icon name={outcome.kind === 'refused' ? 'alert' : outcome.kind === 'stored' || outcome.kind === 'alreadyHeld' ? 'check' : 'file'} />
            <span class="upload-name">{name}</span>
            <span class="upload-state">{t(words[outcome.kind])}</span>
            {outcome.kind === 'refused' && <span class="upload-why"><FailureText failure={outcome.failure} /></span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
