import type { Register, Width } from '../../src/protocol/model';
import type { Verdict, VerdictPart } from '../../src/protocol/verdict';
import type { Places } from '../fields/locate';
import { ones } from '../fields/registerValue';
import { element, span } from '../ui/element';
import { bitRanges, FATES } from './verdictText';

/** The rules that the bits met: which bits and fields, what became of them, why, and where the kernel says so. */

/** The register's bits that the mask touches, as fields of it; the register's name where it has none. */
const namesIn = (register: Register, mask: number): readonly string[] => {
  const touched = register.fields.filter((f) => (((ones(f.width) << f.lsb) >>> 0) & mask) !== 0);
  if (touched.length === 0 || touched.length > 4) return [register.name];
  return touched.map((f) => `${register.name} ${f.name}`);
};

export const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** Names of what the mask of an access at `offset` covers. */
export const coveredNames = (places: Places, offset: number, size: Width, mask: number): readonly string[] =>
  places.registersIn(offset, size).flatMap((register) => {
    const shift = 8 * (register.offset - offset);
    const own = shift >= 0 ? mask >>> shift : (mask << -shift) >>> 0;
    const inside = (own & ones(8 * register.width)) >>> 0;
    return inside === 0 ? [] : namesIn(register, inside);
  });

const item = (part: VerdictPart, names: readonly string[]): HTMLElement =>
  element(
    'li',
    { class: 'rule', attributes: { 'data-code': part.code } },
    element(
      'div',
      { class: 'rule-what' },
      element('span', {
        class: `letter fate-${part.fate}`,
        text: FATES[part.fate].letter,
        attributes: { 'aria-hidden': 'true' },
      }),
      span('rule-bits', bitRanges(part.mask)),
      span('rule-fate', FATES[part.fate].word),
      names.length > 0 && span('rule-names', names.join(', ')),
    ),
    element(
      'div',
      { class: 'rule-why', text: part.text },
      part.where !== undefined && span('rule-where', part.where),
    ),
  );

/** High bits first. Bits that the guest did not want to change come last and together. Other sizes name no register. */
export const ruleList = (verdict: Verdict, places: Places, offset: number, size: number): HTMLElement => {
  const list = element('ul', { class: 'rules', attributes: { 'aria-label': 'Rules that the bits met' } });
  const matters = ({ mask }: VerdictPart): boolean => verdict.wanted === 0 || (mask & verdict.wanted) !== 0;
  const parts = [...verdict.parts].reverse();
  for (const part of [...parts.filter(matters), ...parts.filter((p) => !matters(p))]) {
    const made = item(part, isWidth(size) ? coveredNames(places, offset, size, part.mask) : []);
    if (!matters(part)) made.classList.add('aside');
    list.append(made);
  }
  return list;
};
