/** The list of keys, and the switch that turns single keys off (WCAG 2.1.4). */
import type { JSX } from 'preact';
import { t, type Word } from '../../i18n';
import { Dialog } from '../parts/dialog';

const lines: readonly (readonly [keys: string, word: Word])[] = [
  ['↑ ↓', 'keys.scroll'], ['PgUp PgDn', 'keys.jump'], ['Home End', 'keys.ends'], ['← →', 'keys.series'],
  ['1…7', 'keys.presets'], ['W P Z S', 'keys.tools'], ['I', 'keys.invert'], [t('keys.space'), 'keys.reset'], ['O', 'keys.overlay'], ['?', 'keys.help'],
];

export const KeysDialog = ({ close, single, setSingle }: { close: () => void; single: boolean; setSingle: (on: boolean) => void }): JSX.Element => (
  <Dialog heading={t('keys.heading')} close={close}>
    <dl class="keys">
      {lines.map(([keys, word]) => <div key={word}><dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{t(word)}</dd></div>)}
    </dl>
    <p class="hint">{t('keys.mouse')}</p>
    <label class="tick"><input type="checkbox" checked={single} onChange={() => setSingle(!single)} /><span>{t('keys.single')}</span></label>
  </Dialog>
);
