/** The language that the recipient's notice and mail are written in. */
import type { JSX } from 'preact';
import type { LinkLanguage } from '../../api/sharing';
import { t } from '../../i18n';
import { languages, ownName } from '../../i18n/language';
import { Choice } from '../parts/field';

export const LinkLanguages = ({ value, change }: { value: LinkLanguage; change: (language: LinkLanguage) => void }): JSX.Element => (
  <Choice legend={t('share.language')} name="language" value={value} change={change} options={languages.map((one) => [one, ownName[one]] as const)} />
);
