/** What stands in an object, attribute by attribute. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Attribute } from '../../dicomweb/attributes';

const deepest = 8;

function Value({ attribute }: { attribute: Attribute }): JSX.Element {
  const { apart, bytes, name, tag, value } = attribute;
  if (apart !== null) return <a href={apart} download aria-label={t('review.fetchOf', { name: name || tag })}>{t('review.fetch')}</a>;
  if (bytes !== null) return <span class="muted">{t('review.bytes', { count: bytes })}</span>;
  return <>{value}</>;
}

export const AttributeTable = ({ attributes }: { attributes: readonly Attribute[] }): JSX.Element => (
  <table class="attributes" data-attributes>
    <thead><tr><th scope="col">{t('review.attribute')}</th><th scope="col">{t('review.value')}</th></tr></thead>
    <tbody>
      {attributes.map((attribute, index) => (
        <tr key={index} class={attribute.vr === 'SQ' ? 'attribute-sequence' : undefined}>
          <th scope="row" style={{ paddingLeft: `${10 + Math.min(attribute.depth, deepest) * 16}px` }}>
            <span>{attribute.name || attribute.tag}</span>
            {attribute.name !== '' && <span class="attribute-tag">{attribute.tag}</span>}
          </th>
          <td><Value attribute={attribute} /></td>
        </tr>
      ))}
    </tbody>
  </table>
);
