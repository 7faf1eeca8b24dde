/** Brightness and contrast in plain words, as sliders. */
import type { JSX } from 'preact';
import { t } from '../../i18n';

export interface Look {
  readonly brightness: number;
  readonly contrast: number;
}

export const neutral: Look = { brightness: 1, contrast: 1 };

export const Adjust = ({ look, change }: { look: Look; change: (look: Look) => void }): JSX.Element => (
  <div class="adjust">
    {(['brightness', 'contrast'] as const).map((one) => (
      <label key={one}>
        <span>{t(`picture.${one}`)}</span>
        <input type="range" min={0.4} max={2.2} step={0.05} value={look[one]} onInput={(event) => change({ ...look, [one]: Number(event.currentTarget.value) })} />
      </label>
    ))}
  </div>
);
