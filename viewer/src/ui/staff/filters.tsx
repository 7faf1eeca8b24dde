/** The search box, the modality chips and the date filter. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t, type Word } from '../../i18n';
import { dayBefore } from '../../model/instant';
import { may } from '../../state/session';
import type { StaffStore } from '../../state/staff';
import { search } from '../../state/worklist';
import { Icon } from '../parts/icons';
import { typing } from '../parts/keys';

const modalities = ['CT', 'MR', 'CR', 'DX', 'US', 'MG', 'PT', 'NM', 'XA'] as const;
const spans: readonly (readonly [value: string, word: Word, days: number])[] = [
  ['today', 'worklist.dateToday', 0], ['week', 'worklist.dateWeek', 6], ['month', 'worklist.dateMonth', 29],
];
const pause = 200;

const asInput = (da: string): string => (da === '' ? '' : `${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6)}`);
const asDate = (input: string): string => input.replaceAll('-', '');

function DateFilter({ store }: { store: StaffStore }): JSX.Element {
  const { from, to } = store.get().search;
  const [span, setSpan] = useState('any');
  useEffect(() => {
    if (from === '' && to === '' && span !== 'range') setSpan('any');
  }, [from, to, span]);
  const choose = (value: string): void => {
    setSpan(value);
    const days = spans.find(([one]) => one === value)?.[2];
    if (days !== undefined) search(store, { from: dayBefore(new Date(), days), to: dayBefore(new Date(), 0) });
    else if (value === 'any') search(store, { from: '', to: '' });
  };
  return (
    <div class="dates">
      <select aria-label={t('worklist.date')} value={span} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="any">{t('worklist.dateAny')}</option>
        {spans.map(([value, word]) => <option key={value} value={value}>{t(word)}</option>)}
        <option value="range">{t('worklist.dateRange')}</option>
      </select>
      {span === 'range' && (
        <>
          <input type="date" aria-label={t('worklist.from')} value={asInput(from)} onChange={(event) => search(store, { from: asDate(event.currentTarget.value) })} />
          <input type="date" aria-label={t('worklist.to')} value={asInput(to)} onChange={(event) => search(store, { to: asDate(event.currentTarget.value) })} />
        </>
      )}
    </div>
  );
}

export function Filters({ store }: { store: StaffStore }): JSX.Element {
  const { search: current } = store.get();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(current.q);
  // Only a search changed elsewhere changes the text; the answer to one's own must not undo what was typed since.
  const asked = useRef(current.q);
  useEffect(() => {
    if (asked.current === current.q) return;
    asked.current = current.q;
    setText(current.q);
  }, [current.q]);
  useEffect(() => {
    if (text === current.q) return undefined;
    const timer = setTimeout(() => {
      asked.current = text;
      search(store, { q: text });
    }, pause);
    return () => clearTimeout(timer);
  }, [text, current.q, store]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.key !== '/' || typing(event)) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  return (
    <search class="filters">
      <div class="search-box">
        <Icon name="search" />
        <input
          ref={box}
          type="search"
          value={text}
          aria-label={t('worklist.search')}
          placeholder={t('worklist.search')}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              document.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
            }
          }}
        />
        <kbd title={t('worklist.searchHint')}>/</kbd>
      </div>
      <div class="chips" role="group" aria-label={t('worklist.modality')}>
        {['', ...modalities].map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={current.modality === one} onClick={() => search(store, { modality: one })}>
            {one === '' ? t('worklist.modalityAll') : one}
          </button>
        ))}
      </div>
      <DateFilter store={store} />
      {may(store, 'withdraw') && (
        <button type="button" class="chip" aria-pressed={current.withdrawn} onClick={() => search(store, { withdrawn: !current.withdrawn })}>
          {t('worklist.withdrawn')}
        </button>
      )}
    </search>
  );
}
