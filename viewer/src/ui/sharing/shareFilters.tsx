/** Which links are listed. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { filterShares } from '../../state/shares';
import type { StaffStore } from '../../state/staff';
import { Icon } from '../parts/icons';

const states = ['', 'live', 'ended', 'neverOpened'] as const;
const pause = 250;

export function ShareFilters({ store }: { store: StaffStore }): JSX.Element {
  const { shareFilter: filter } = store.get();
  const [text, setText] = useState(filter.recipient);
  const asked = useRef(filter.recipient);
  useEffect(() => {
    if (asked.current === filter.recipient) return;
    asked.current = filter.recipient;
    setText(filter.recipient);
  }, [filter.recipient]);
  useEffect(() => {
    if (text === filter.recipient) return undefined;
    const timer = setTimeout(() => {
      asked.current = text;
      filterShares(store, { recipient: text });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, filter.recipient, store]);
  return (
    <search class="filters">
      <div class="search-box">
        <Icon name="search" />
        <input type="search" value={text} aria-label={t('shares.search')} placeholder={t('shares.search')} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <div class="chips" role="group" aria-label={t('shares.whose')}>
        {([true, false] as const).map((mine) => (
          <button key={String(mine)} type="button" class="chip" aria-pressed={filter.mine === mine} onClick={() => filterShares(store, { mine })}>{t(mine ? 'shares.mine' : 'shares.all')}</button>
        ))}
      </div>
      <div class="chips" role="group" aria-label={t('shares.state')}>
        {states.map((state) => (
          <button key={state} type="button" class="chip" aria-pressed={filter.state === state} onClick={() => filterShares(store, { state })}>{t(`shares.filter.${state === '' ? 'any' : state}`)}</button>
        ))}
      </div>
      {filter.study !== '' && (
        <button type="button" class="chip chip-study" onClick={() => filterShares(store, { study: '' })}><span>{t('shares.oneStudy')}</span><Icon name="close" /></button>
      )}
    </search>
  );
}
