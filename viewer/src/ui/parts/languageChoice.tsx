/** The language of the page. Each is called what it calls itself, so that it is found by who reads no other. */
import type { JSX } from 'preact';
import { language, t } from '../../i18n';
import { languageOf, languages, ownName, type Language } from '../../i18n/language';
import { Icon } from './icons';

export const LanguageChoice = ({ choose }: { choose: (language: Language) => void }): JSX.Element => (
  <label class="language">
    <Icon name="globe" />
    <span class="offscreen">{t('language.choose')}</span>
    <select
      value={language()}
      onChange={(event) => {
        const wanted = languageOf(event.currentTarget.value);
        if (wanted !== null) choose(wanted);
      }}
    >
      {languages.map((one) => <option key={one} value={one} lang={one}>{ownName[one]}</option>)}
    </select>
  </label>
);
