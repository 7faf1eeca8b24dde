/** The tools above the picture. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Preset, Voi } from '../../model/voi';
import type { Reading } from '../../render/viewport';
import { tools, type ToolId } from '../../tool';
import { Icon, type IconName } from '../parts/icons';

interface Props {
  readonly tool: ToolId;
  readonly setTool: (tool: ToolId) => void;
  readonly presets: readonly Preset[];
  readonly reading: Reading | null;
  readonly texts: boolean;
  readonly setPreset: (voi: Voi | null) => void;
  readonly invert: () => void;
  readonly reset: () => void;
  readonly flipTexts: () => void;
  readonly help: () => void;
}

const Button = ({ icon, label, hotkey, pressed, run }: { icon: IconName; label: string; hotkey: string; pressed?: boolean; run: () => void }): JSX.Element => (
  <button type="button" class="tool" title={`${label} (${hotkey})`} aria-pressed={pressed} onClick={run}>
    <Icon name={icon} />
    <span>{label}</span>
  </button>
);

export function Toolbar({ tool, setTool, presets, reading, texts, setPreset, invert, reset, flipTexts, help }: Props): JSX.Element {
  const current = presets.find((one) => one.center === Math.round(reading?.voi.center ?? Number.NaN) && one.width === Math.round(reading?.voi.width ?? Number.NaN));
  return (
    <div class="tools" role="toolbar" aria-label={t('read.tools')}>
      {tools.map((one) => <Button key={one.id} icon={one.id} label={t(`read.tool.${one.id}`)} hotkey={one.key.toUpperCase()} pressed={one.id === tool} run={() => setTool(one.id)} />)}
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
      <Button icon="invert" label={t('read.invert')} hotkey="I" pressed={reading?.inverted ?? false} run={invert} />
      <Button icon="reset" label={t('read.reset')} hotkey={t('keys.space')} run={reset} />
      <Button icon="text" label={t('read.overlay')} hotkey="O" pressed={texts} run={flipTexts} />
      <Button icon="keys" label={t('read.help')} hotkey="?" run={help} />
    </div>
  );
}
