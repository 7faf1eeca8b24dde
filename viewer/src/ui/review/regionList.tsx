/** The regions as numbers, for those who do not drag. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { clamped, covered, fresh, type Region, type Size } from '../../model/region';
import { Icon } from '../parts/icons';

interface Props {
  readonly size: Size;
  readonly proposed: readonly Region[];
  readonly regions: readonly Region[];
  readonly chosen: number | null;
  readonly change: (regions: readonly Region[]) => void;
  readonly choose: (index: number | null) => void;
}

const sides = ['x', 'y', 'width', 'height'] as const;

const same = (a: readonly Region[], b: readonly Region[]): boolean =>
  a.length === b.length && a.every((one, at) => sides.every((side) => one[side] === b[at]?.[side]));

export function RegionList({ size, proposed, regions, chosen, change, choose }: Props): JSX.Element {
  const set = (index: number, side: (typeof sides)[number], value: number): void => {
    const region = regions[index];
    if (region !== undefined && Number.isFinite(value)) change(regions.with(index, clamped({ ...region, [side]: value }, size)));
  };
  const add = (): void => {
    change([...regions, fresh(regions, size)]);
    choose(regions.length);
  };
  const remove = (index: number): void => {
    change(regions.toSpliced(index, 1));
    choose(null);
  };
  const percent = covered(regions, size) * 100;
  return (
    <section class="side-part">
      <h2>{t('review.regions')}</h2>
      {regions.length === 0 && <p class="muted">{t('review.noRegions')}</p>}
      {regions.length > 0 && (
        <ol class="regions">
          <li class="regions-head" aria-hidden="true"><span />{sides.map((side) => <span key={side}>{t(`review.${side}`)}</span>)}</li>
          {regions.map((region, index) => (
            <li key={index} class={index === chosen ? 'regions-chosen' : undefined} onFocusIn={() => choose(index)}>
              <span class="regions-number" aria-hidden="true">{index + 1}</span>
              {sides.map((side) => (
                <input
                  key={side} type="number" inputMode="numeric" min={side === 'x' || side === 'y' ? 0 : 1} step={1} required
                  aria-label={t('review.sideOf', { side: t(`review.${side}`), number: index + 1 })}
                  value={region[side]} onChange={(event) => set(index, side, event.currentTarget.valueAsNumber)}
                />
              ))}
              <button type="button" class="button-icon" aria-label={t('review.removeRegion', { number: index + 1 })} onClick={() => remove(index)}><Icon name="close" /></button>
            </li>
          ))}
        </ol>
      )}
      {regions.length > 0 && <p class="hint">{t('review.covered', { percent: percent > 0 && percent < 1 ? '< 1' : Math.round(percent) })}</p>}
      <div class="side-buttons">
        <button type="button" class="button" onClick={add}><Icon name="plus" /><span>{t('review.add')}</span><kbd>N</kbd></button>
        {!same(regions, proposed) && (
          <button
            type="button"
            class="button"
            onClick={() => {
              change(proposed);
              choose(null);
            }}
          >
            <Icon name="reset" /><span>{t('review.proposal')}</span>
          </button>
        )}
      </div>
    </section>
  );
}
