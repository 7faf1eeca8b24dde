/** In place of a picture: why there is none. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { UnsupportedSet } from '../../model/displaySet';
import { Icon } from '../parts/icons';
import { seriesName } from '../parts/words';

export const Unshown = ({ set }: { set: UnsupportedSet }): JSX.Element => (
  <div class="read-empty">
    <Icon name="file" />
    <h2>{t('read.unsupported')}</h2>
    <p>{t(`read.unsupported.${set.reason}`)}</p>
    <p class="muted">{set.modality} · {seriesName(set.description, set.number)} · {set.count === 1 ? t('read.unsupportedOne') : t('read.unsupportedCount', { count: set.count })}</p>
  </div>
);
