/** Who it is for: a link for each, so that each can be seen and ended alone. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { mostRecipients, needsAddresses, type Draft, type Person } from '../../state/draft';
import { Icon } from '../parts/icons';
import { Field } from '../parts/field';

export function Recipients({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }): JSX.Element {
  const { people } = draft;
  const box = useRef<HTMLFieldSetElement>(null);
  const count = useRef(people.length);
  // Whoever adds a person wants to write the name; whoever removes one stays in the list.
  useLayoutEffect(() => {
    if (count.current === people.length) return;
    const rows = box.current?.querySelectorAll<HTMLInputElement>('input[name=recipient]') ?? [];
    rows[rows.length - 1]?.focus();
    count.current = people.length;
  }, [people.length]);
  const set = (at: number, part: Partial<Person>): void => change({ people: people.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  const needed = needsAddresses(draft);
  return (
    <fieldset class="recipients" ref={box} data-lack="name address wrongAddress twice">
      <legend>{t('share.recipients')}</legend>
      {people.map((one, at) => (
        // Rows have no other name than their place.
        <div class="recipient" key={at} role="group" aria-label={t('share.person', { number: at + 1 })}>
          <Field label={t('share.recipient')} placeholder={t('share.recipientExample')} value={one.name} change={(name) => set(at, { name })} maxLength={200} name="recipient" autofocus={at === 0} autocomplete="off" />
          <Field label={t(needed ? 'share.email' : 'share.emailOptional')} type="email" value={one.email} change={(email) => set(at, { email })} maxLength={254} name="email" autocomplete="off" />
          {people.length > 1 && (
            <button type="button" class="button-icon" aria-label={one.name.trim() === '' ? t('share.removeRow', { number: at + 1 }) : t('share.removePerson', { name: one.name })} onClick={() => change({ people: people.filter((_, index) => index !== at) })}><Icon name="close" /></button>
          )}
        </div>
      ))}
      <div class="recipients-foot">
        {people.length < mostRecipients && <button type="button" class="button button-quiet" onClick={() => change({ people: [...people, { name: '', email: '' }] })}><Icon name="plus" />{t('share.addPerson')}</button>}
        <p class="hint">{t('share.recipientHint')}</p>
      </div>
    </fieldset>
  );
}
