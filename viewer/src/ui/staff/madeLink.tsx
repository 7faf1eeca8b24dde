/** A new link with its QR code, and the passcode apart from it. */
import type { JSX } from 'preact';
import type { MadeShare } from '../../api/answers';
import { t } from '../../i18n';
import { spelledPasscode } from '../../model/passcode';
import { CopyButton } from '../parts/copyButton';
import { Icon } from '../parts/icons';
import { Qr } from '../parts/qr';
import { instant } from '../parts/words';

export function MadeLink({ made, done }: { made: MadeShare; done: () => void }): JSX.Element {
  return (
    <div class="made">
      <p class="about">{made.share.recipient} · {t('share.until', { date: instant(made.share.expires) })}</p>
      <p>{t('share.madeLead')}</p>
      {made.leftOut > 0 && <p class="hint hint-warn">{t('share.leftOut', { count: made.leftOut })}</p>}
      <div class="made-link">
        <div class="field">
          <label for="made-link">{t('share.link')}</label>
          <input id="made-link" readOnly value={made.url} onFocus={(event) => event.currentTarget.select()} />
          <CopyButton text={made.url} label={t('share.copyLink')} />
        </div>
        <Qr text={made.url} label={t('share.qr')} />
      </div>
      {made.passcode !== null && (
        <div class="made-code">
          <p class="made-code-head"><Icon name="lock" />{t('share.passcodeIs')}</p>
          <p class="code" data-passcode={made.passcode}>{spelledPasscode(made.passcode)}</p>
          <p class="hint">{t('share.tell')}</p>
          <CopyButton text={made.passcode} label={t('share.copyPasscode')} />
        </div>
      )}
      <div class="dialog-foot"><button type="button" class="button button-main" onClick={done}>{t('share.done')}</button></div>
    </div>
  );
}
