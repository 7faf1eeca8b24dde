/** New links with their QR codes, and each passcode apart from its link; shown this once. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { MadeShare } from '../../api/sharing';
import { t } from '../../i18n';
import { spelledPasscode } from '../../model/passcode';
import { CopyButton } from '../parts/copyButton';
import { Icon } from '../parts/icons';
import { Qr } from '../parts/qr';
import { number } from '../parts/words';
import { deliveryWords, untilWords } from './words';

function Passcode({ code, recipient }: { code: string; recipient: string }): JSX.Element {
  return (
    <div class="made-code">
      <p class="made-code-head"><Icon name="lock" />{t('share.passcodeIs', { recipient })}</p>
      <p class="code" data-passcode={code}>{spelledPasscode(code)}</p>
      <p class="hint">{t('share.tell')}</p>
      <CopyButton text={code} label={t('share.copyPasscode')} />
    </div>
  );
}

function One({ made, folded }: { made: MadeShare; folded: boolean }): JSX.Element {
  const id = useId();
  const { share } = made;
  const qr = <Qr text={made.url} label={t('share.qrFor', { recipient: share.recipient })} />;
  return (
    <section class="made-one" aria-labelledby={id} data-made={share.id}>
      <h3 id={id}>{share.recipient}<span class="made-until">{untilWords(made)}</span></h3>
      {share.delivery && <p class="made-mail"><Icon name="mail" />{deliveryWords(share)}</p>}
      <div class="made-link">
        <div class="field">
          <label for={folded ? `${id}-link` : 'made-link'}>{t('share.link')}</label>
          <input id={folded ? `${id}-link` : 'made-link'} readOnly value={made.url} data-link onFocus={(event) => event.currentTarget.select()} />
          <CopyButton text={made.url} label={t('share.copyLink')} />
        </div>
        {folded ? <details class="made-qr"><summary>{t('share.qr')}</summary>{qr}</details> : qr}
      </div>
      {made.passcode !== null && <Passcode code={made.passcode} recipient={share.recipient} />}
    </section>
  );
}

export function MadeLinks({ made, leftOut, withheld, done }: { made: readonly MadeShare[]; leftOut: number; withheld?: boolean; done: () => void }): JSX.Element {
  const mailed = made.some(({ share }) => share.delivery !== null);
  const lead = mailed ? (made.length === 1 ? 'share.mailedLead' : 'share.mailedLeadMany') : made.length === 1 ? 'share.madeLead' : 'share.madeLeadMany';
  return (
    <div class="made">
      <p>{t(lead)}</p>
      {leftOut > 0 && <p class="hint hint-warn">{leftOut === 1 ? t('share.leftOutOne') : t('share.leftOut', { count: number(leftOut) })}</p>}
      {withheld === true && <p class="hint hint-warn" data-withheld>{t('share.withheld')}</p>}
      {made.map((one) => <One key={one.share.id} made={one} folded={made.length > 1} />)}
      <div class="dialog-foot"><button type="button" class="button button-main" onClick={done}>{t('share.done')}</button></div>
    </div>
  );
}
