/** The tools above the picture. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Preset, Voi } from '../../model/voi';
import type { Reading } from '../../render/viewport';
import { tools, type Tool } from '../../tool';
import { Drawn, Icon } from '../parts/icons';

interface Props {
  readonly tool: Tool;
  readonly setTool: (tool: Tool) => void;
  readonly presets: readonly Preset[];
  readonly reading: Reading | null;
  readonly texts: boolean;
  readonly setPreset: (voi: Voi | null) => void;
  readonly invert: () => void;
  readonly reset: () => void;
  readonly flipTexts: () => void;
  readonly help: () => void;
}

const Button = ({ icon, label, hotkey, pressed, run }: { icon: JSX.Element; label: string; hotkey: string; pressed?: boolean; run: () => void }): JSX.Element => (
  <button type="button" class="tool" title={`${label} (${hotkey})`} aria-pressed={pressed} onClick={run}>
    {icon}
    <span>{label}</span>
  </button>
);

export function Toolbar({ tool, setTool, presets, reading, texts, setPreset, invert, reset, flipTexts, help }: Props): JSX.Element {
  const current = presets.find((one) => one.center === Math.round(reading?.voi.center ?? Number.NaN) && one.width === Math.round(reading?.voi.width ?? Number.NaN));
  return (
    <div class="tools" role="toolbar" aria-label={t('read.tools')}>
      {tools.map((one) => <Button key={one.id} icon={<Drawn path={one.icon} />} label={t(one.word)} hotkey={one.key.toUpperCase()} pressed={one === tool} run={() => setTool(one)} />)}
      <span class="tools-gap" />
      {presets.length > 0 && (
        <select
          class="tool-select"
          aria-label={t('read.preset')}
          value={current?.name ?? ''}
          onChange={(event) => setPreset(presets.find((one) => one.name === event.currentTarget.value) ?? null)}
        >
          <option value="">{t('read.preset.own')}</option>
          {presets.map((one) => <option key={one.name} value={one.name}>{`${one.key}  ${t(`read.preset.${one.name}`)}`}</option>)}
        </select>
      )}
      <Button icon={<Icon name="invert" />} label={t('read.invert')} hotkey="I" pressed={reading?.inverted ?? false} run={invert} />
      <Button icon={<Icon name="reset" />} label={t('read.reset')} hotkey={t('keys.space')} run={reset} />
      <Button icon={<Icon name="text" />} label={t('read.overlay')} hotkey="O" pressed={texts} run={flipTexts} />
      <Button icon={<Icon name="keys" />} label={t('read.help')} hotkey="?" run={help} />
    </div>
  );
}
