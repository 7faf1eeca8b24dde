/** The list of keys, and the switch that turns single keys off (WCAG 2.1.4). */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { tools } from '../../tool';
import { Dialog } from '../parts/dialog';

const lines: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓', t('keys.scroll')], ['PgUp PgDn', t('keys.jump')], ['Home End', t('keys.ends')], ['← →', t('keys.series')], ['1…7', t('keys.presets')],
  [tools.map((tool) => tool.key.toUpperCase()).join(' '), tools.map((tool) => t(tool.word)).join(', ')],
  ['I', t('keys.invert')], [t('keys.space'), t('keys.reset')], ['O', t('keys.overlay')], ['?', t('keys.help')],
];

export const KeysDialog = ({ close, single, setSingle }: { close: () => void; single: boolean; setSingle: (on: boolean) => void }): JSX.Element => (
  <Dialog heading={t('keys.heading')} close={close}>
    <dl class="keys">
      {lines.map(([keys, what]) => <div key={what}><dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{what}</dd></div>)}
    </dl>
    <p class="hint">{t('keys.mouse')}</p>
    <label class="tick"><input type="checkbox" checked={single} onChange={() => setSingle(!single)} /><span>{t('keys.single')}</span></label>
  </Dialog>
);
