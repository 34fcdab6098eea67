import type { BitField, DecodedLine, Image, Register } from '../../src/protocol/model';
import { element, setText, span } from '../ui/element';
import { button, checkbox } from '../ui/toolkit';
import type { NumberFormat } from '../../src/protocol/messages';
import type { View } from '../view';
import { headlineOf, textsOf, tokensOf } from './decodedText';
import type { Line } from './fieldTree';
import {
  UNKNOWN,
  accessText,
  formatted,
  fieldHex,
  fieldText,
  fieldValueAt,
  isWriteOneToClear,
  meaningOf,
  registerValue,
  shownFields,
} from './registerValue';

/** The value of a register or field in an image, as text; undefined for structures, which have none. */
const valueText = (line: Line, image: Image, format: NumberFormat): string | undefined => {
  const { register, field } = line;
  if (!register) return undefined;
  if (!field) {
    const value = registerValue(image, register);
    return value === undefined ? UNKNOWN : formatted(value, 8 * register.width, format);
  }
  const value = fieldValueAt(image, register, field);
  if (value === undefined) return UNKNOWN;
  if (flagLike(field)) return value === 1 ? '+' : '-';
  return format === 'hex' ? fieldHex(field, value) : formatted(value, field.width, format);
};

/** One bit whose two values have no names of their own: shown as `+` and `-`, edited by a box. */
export const flagLike = (field: BitField): boolean => field.width === 1 && field.values.length === 0;

const bitsText = (field: BitField): string =>
  field.width === 1 ? `[${field.lsb}]` : `[${field.lsb + field.width - 1}:${field.lsb}]`;

/** A name that may break after an underscore where the column is narrow, and nowhere else. */
const label = (name: string): HTMLElement => {
  const made = span('label', '');
  name.split(/(?<=_)/).forEach((part, i) => made.append(...(i === 0 ? [part] : [element('wbr'), part])));
  return made;
};

/** Words of lspci's line, those marked that the other side has otherwise. */
const wordsOf = (text: string, other: string | undefined): HTMLElement => {
  const made = element('span', { class: 'said' });
  for (const token of tokensOf(text, other)) {
    const word = span('flag', token.text);
    if (token.differs) word.classList.add('differs');
    if (made.childNodes.length > 0) made.append(' ');
    made.append(word);
  }
  return made;
};

/** Which of a side's lines the row shows: those of its structure. */
const linesOfSide = (
  view: View,
  index: number,
  side: 'guest' | 'hardware',
): readonly DecodedLine[] | undefined => view.decoded[side]?.[index];

const sides = (view: View): readonly ['guest' | 'hardware', 'guest' | 'hardware'] =>
  view.mode === 'hardware' || !view.guest ? ['hardware', 'guest'] : ['guest', 'hardware'];

/** What a register says, in lspci's words where lspci has any, else its fields in lspci's manner. */
const summary = (into: HTMLElement, line: Line, register: Register, view: View): void => {
  const [shown, others] = sides(view);
  const index = view.structures.indexOf(line.structure);
  const texts = textsOf(linesOfSide(view, index, shown) ?? [], register.name);
  if (texts.length > 0) {
    const otherTexts =
      linesOfSide(view, index, others) && textsOf(linesOfSide(view, index, others) ?? [], register.name);
    into.replaceChildren(...texts.map((text, i) => wordsOf(text, otherTexts && (otherTexts[i] ?? ''))));
    return;
  }
  const image = shown === 'guest' ? (view.guest ?? view.hardware) : view.hardware;
  const other = view.guest && (shown === 'guest' ? view.hardware : view.guest);
  const parts: HTMLElement[] = [];
  for (const field of shownFields(register)) {
    const value = fieldValueAt(image, register, field);
    const text = value === undefined ? UNKNOWN : fieldText(field, value);
    const part = span(
      'flag',
      text === '+' || text === '-' ? `${field.name}${text}` : `${field.name} ${text}`,
    );
    if (other && fieldValueAt(other, register, field) !== value) part.classList.add('differs');
    parts.push(part);
  }
  into.replaceChildren(...parts);
};

/** One row of the field list and the parts of it that change. */
export class FieldRow {
  readonly root: HTMLElement;
  private readonly guest = element('span', { class: 'value guest', attributes: { role: 'gridcell' } });
  private readonly hardware = element('span', { class: 'value hardware', attributes: { role: 'gridcell' } });
  private readonly title = span('title', '');
  private readonly flags: HTMLElement | undefined;
  private readonly meaning: HTMLElement | undefined;
  /** The control that sets or clears a single bit. */
  private box: HTMLElement | undefined;
  /** What the row was drawn from; equal again, nothing is drawn. */
  private drawn = '';

  constructor(
    readonly line: Line,
    private readonly toggleBit: (line: Line, value: number) => void,
  ) {
    const { structure, register, field } = line;
    const part = field ?? register ?? structure;
    this.root = element('div', {
      class: `field-row level-${line.level}`,
      attributes: { role: 'row', 'aria-level': String(line.level), tabindex: '-1' },
    });
    this.root.dataset['key'] = line.key;
    const name = element('span', { class: 'name', attributes: { role: 'gridcell' }, title: part.title });
    name.append(span('twisty', ''));
    const words = element('span', { class: 'words' });
    if (!register) {
      const at = `[${structure.offset.toString(16).padStart(2, '0')}]`;
      const version = structure.version === undefined ? '' : ` v${structure.version}`;
      words.append(span('place', at), span('label', structure.name), this.title);
      setText(this.title, `${structure.title}${version}`);
    } else if (!field) {
      words.append(span('place', register.offset.toString(16).padStart(2, '0')), label(register.name));
      this.flags = element('span', { class: 'flags', attributes: { role: 'gridcell' } });
    } else {
      words.append(span('place', bitsText(field)), label(field.name));
      this.meaning = span('meaning', '');
      words.append(this.meaning);
    }
    name.append(words);
    const access = element('span', {
      class: 'access',
      text: field ? field.access : register ? accessText(register) : '',
      attributes: { role: 'gridcell' },
    });
    if (!register) {
      name.setAttribute('aria-colspan', '4');
      this.root.append(name);
    } else this.root.append(name, this.guest, this.hardware, access);
    if (this.flags) this.root.append(this.flags);
  }

  setExpanded(expanded: boolean | undefined): void {
    if (expanded === undefined) this.root.removeAttribute('aria-expanded');
    else this.root.setAttribute('aria-expanded', String(expanded));
  }

  /** The cell where edits happen now. */
  editCell(view: View): HTMLElement {
    return view.target === 'guest' ? this.guest : this.hardware;
  }

  update(view: View): void {
    const { line } = this;
    const { register, field } = line;
    if (!register) {
      const end = line.structure.offset + line.structure.length;
      let differs = false;
      for (let i = line.structure.offset; i < end && !differs; i++) differs = view.differs(i);
      this.root.classList.toggle('differs', differs);
      this.showHeadline(view);
      return;
    }
    if (this.root.classList.contains('editing')) return;
    const source = this.sourceOf(view, register);
    if (source === this.drawn) return;
    this.drawn = source;
    const guest = view.guest ? valueText(line, view.guest, view.numberFormat) : '';
    const hardware = valueText(line, view.hardware, view.numberFormat);
    this.root.classList.toggle('differs', view.guest !== undefined && guest !== hardware);
    setText(this.guest, guest ?? '');
    setText(this.hardware, hardware ?? '');
    this.box = undefined;
    if (field && flagLike(field)) this.showBox(view, register, field);
    if (this.flags) summary(this.flags, line, register, view);
    if (this.meaning && field) {
      const value = fieldValueAt(view.targetImage, register, field);
      setText(this.meaning, value === undefined ? '' : (meaningOf(field, value) ?? ''));
    }
  }

  /** A capability in lspci's words: `MSI-X: Enable+ Count=10 Masked-`. */
  private showHeadline(view: View): void {
    const { structure } = this.line;
    const index = view.structures.indexOf(structure);
    const [shown, others] = sides(view);
    const text = headlineOf(linesOfSide(view, index, shown) ?? []);
    if (text === undefined) return;
    const version = structure.version === undefined ? '' : ` v${structure.version}`;
    const other = headlineOf(linesOfSide(view, index, others) ?? []);
    const source = `${text}\n${other ?? ''}`;
    if (source === this.drawn) return;
    this.drawn = source;
    this.title.replaceChildren(wordsOf(text, other), version);
  }

  /** Draws the row anew at the next update, whatever it shows now: a control may show what was only wished. */
  stale(): void {
    this.drawn = '';
  }

  private sourceOf(view: View, register: Register): string {
    const { offset, width } = register;
    const parts: unknown[] = [view.mode, view.numberFormat];
    for (const image of [view.guest, view.hardware])
      for (let i = offset; image && i < offset + width; i++) parts.push(image.known[i], image.bytes[i]);
    return parts.join();
  }

  private showBox(view: View, register: Register, field: BitField): void {
    const value = fieldValueAt(view.targetImage, register, field);
    if (value === undefined) return;
    const cell = this.editCell(view);
    if (isWriteOneToClear(field)) {
      if (value === 0) return;
      const clear = button(
        'clear',
        () => this.toggleBit(this.line, 1),
        'icon',
        `Clear ${field.name}: write 1`,
      );
      clear.tabIndex = -1;
      cell.replaceChildren(clear, '+');
      this.box = clear;
      return;
    }
    const box = checkbox(`${register.name} ${field.name}`, value === 1, (checked) => {
      // What the device makes of it decides what is shown.
      this.stale();
      this.toggleBit(this.line, checked ? 1 : 0);
    });
    box.tabIndex = -1;
    cell.replaceChildren(box, value === 1 ? '+' : '-');
    this.box = box;
  }

  /** Toggles the bit as a click on its box would; false when the row has no box. */
  toggle(): boolean {
    if (!this.box) return false;
    this.box.click();
    return true;
  }
}
