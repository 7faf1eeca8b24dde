/** The tables of a certificate: reasons, decisions, objects. */
import type { JSX } from 'preact';
import type { Certificate, CleanObject, Decision } from '../../api/deident';
import { isWord, t } from '../../i18n';
import type { Region } from '../../model/region';
import { className } from '../../model/sopClass';
import { tallyOf } from '../../model/sum';
import { Said } from '../parts/said';
import { asSentence, instant, whom } from '../parts/words';

/** Why something is held, in words; a reason without any is shown as it came. */
function heldBecause(code: string): string {
  const word = `certificate.hold.${code}`;
  return isWord(word) ? t(word) : code;
}

const rectangles = (regions: readonly Region[]): string =>
  regions.map(({ x, y, width, height }) => t('certificate.rectangle', { x, y, width, height })).join('; ');

const states = { released: 'state state-live', approved: 'state state-live', held: 'state state-frozen', rejected: 'state state-rejected' } as const;

export function Reasons({ certificate }: { certificate: Certificate }): JSX.Element | null {
  const held = tallyOf(certificate.objects.flatMap(({ verdict }) => (verdict.is === 'held' ? verdict.because.map(heldBecause) : [])));
  const refused = Object.entries(certificate.refused).toSorted((a, b) => b[1] - a[1]);
  if (held.length === 0 && refused.length === 0) return null;
  const line = (kind: 'reasonHeld' | 'reasonRefused') => ([why, count]: readonly [string, number]): JSX.Element => (
    <tr key={`${kind} ${why}`}><th scope="row">{t(`certificate.${kind}`)}</th><td>{kind === 'reasonHeld' ? asSentence(why) : <Said text={why} />}</td><td class="cell-number">{count}</td></tr>
  );
  return (
    <section>
      <h2>{t('certificate.reasons')}</h2>
      <table class="paper-table">
        <thead><tr><th scope="col">{t('certificate.what')}</th><th scope="col">{t('certificate.reason')}</th><th scope="col" class="cell-number">{t('certificate.summary')}</th></tr></thead>
        <tbody>{held.map(line('reasonHeld'))}{refused.map(line('reasonRefused'))}</tbody>
      </table>
    </section>
  );
}

export function Decisions({ certificate }: { certificate: Certificate }): JSX.Element | null {
  if (certificate.decisions.length === 0) return null;
  const numberOf = new Map(certificate.objects.map((one, index) => [one.sop_instance, index + 1]));
  return (
    <section>
      <h2>{t('certificate.decisions')}</h2>
      <table class="paper-table paper-blocks">
        <thead><tr>{(['object', 'decision', 'by', 'when', 'blanked'] as const).map((one) => <th key={one} scope="col">{t(`certificate.${one}`)}</th>)}</tr></thead>
        <tbody>
          {certificate.decisions.map((one) => (
            <tr key={one.sopInstanceUid}>
              <td><span class="cell-label">{t('certificate.object')} </span>{numberOf.get(one.sopInstanceUid) ?? <span class="uid">{one.sopInstanceUid}</span>}</td>
              <td><span class={states[one.decision]}>{t(`certificate.state.${one.decision}`)}</span></td>
              <td><span class="cell-label">{t('certificate.by')} </span>{whom(one.by)}</td>
              <td>{instant(one.at)}</td>
              <td><span class="cell-label">{t('certificate.blanked')}: </span>{one.regions.length === 0 ? t('certificate.notBlanked') : rectangles(one.regions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const stateOf = (object: CleanObject, decision: Decision | undefined): 'released' | 'held' | Decision['decision'] =>
  decision?.decision ?? (object.verdict.is === 'held' ? 'held' : 'released');

/** What was made black: by the profile, or by whoever approved it. */
const blankedOf = (object: CleanObject, decision: Decision | undefined): readonly Region[] =>
  decision?.decision === 'approved' && decision.regions.length > 0 ? decision.regions
  : object.verdict.is === 'released-once-blanked' ? object.verdict.because : object.blanked;

export function Objects({ certificate }: { certificate: Certificate }): JSX.Element {
  const decisions = new Map(certificate.decisions.map((one) => [one.sopInstanceUid, one]));
  return (
    <section>
      <h2>{t('certificate.objects')}</h2>
      <table class="paper-table paper-blocks paper-objects">
        <thead>
          <tr>
            <th scope="col"><span aria-hidden="true">#</span><span class="offscreen">{t('certificate.object')}</span></th>
            {(['object', 'state', 'before', 'after'] as const).map((one) => <th key={one} scope="col">{t(`certificate.${one}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {certificate.objects.map((object, index) => {
            const decision = decisions.get(object.sop_instance);
            const state = stateOf(object, decision);
            const blanked = blankedOf(object, decision);
            return (
              <tr key={object.sop_instance} data-object={object.sop_instance}>
                <td class="cell-number">{index + 1}</td>
                <td>
                  <span>{className(object.sop_class)}</span>
                  <span class="uid">{object.sop_instance}</span>
                  {blanked.length > 0 && <span class="row-sub">{t('certificate.blanked')}: {rectangles(blanked)}</span>}
                </td>
                <td><span class={states[state]}>{t(`certificate.state.${state}`)}</span></td>
                <td class="digest"><span class="cell-label">{t('certificate.before')}</span>{object.digest_before}</td>
                <td class="digest"><span class="cell-label">{t('certificate.after')}</span>{object.digest_after}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
