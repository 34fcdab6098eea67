import { element, setText } from '../ui/element';
import type { NumberFormat } from '../../src/protocol/messages';
import type { Register, Structure } from '../../src/protocol/model';
import type { Hovered } from '../ui/hoverCard';
import { Segments } from '../ui/segments';
import { textField } from '../ui/toolkit';
import { textsOf } from './decodedText';
import { registerCard } from './registerCard';
import type { View } from '../view';
import { beginFieldEdit, previewText, workedWrite, type RegisterWrite } from './fieldEditor';
import { FieldRow, flagLike } from './fieldRow';
import { filtered, linesOf, type Line } from './fieldTree';
import { fieldValueAt, isWriteOneToClear } from './registerValue';

export interface FieldEvents {
  /** A line was chosen: bytes to frame in the grid. */
  readonly select: (offset: number, width: number) => void;
  readonly write: (write: RegisterWrite) => void;
  /** A value is being worked out for the line; undefined while it is no value. */
  readonly typing: (line: Line, write: RegisterWrite | undefined) => void;
  readonly format: (format: NumberFormat) => void;
  readonly cancelled: (text: string) => void;
  readonly scrolled: () => void;
}

/** Structures, their registers and bit fields, with the values that guest and hardware give. */
export class FieldList {
  readonly root = element('section', { class: 'fields', attributes: { 'aria-label': 'Fields' } });
  readonly scroll = element('div', { class: 'fields-scroll' });
  private readonly tree = element('div', {
    class: 'field-tree',
    attributes: { role: 'treegrid', 'aria-label': 'Registers and fields' },
  });
  private readonly detail = element('div', {
    class: 'detail',
    attributes: { tabindex: '0', role: 'group', 'aria-label': 'Chosen register' },
  });
  private readonly detailText = element('div', { class: 'detail-text' });
  private readonly preview = element('div', { class: 'preview', attributes: { role: 'status' } });
  private readonly empty = element('div', { class: 'empty', text: 'No register or field is named so.' });
  private lines: readonly Line[] = [];
  private readonly rows = new Map<string, FieldRow>();
  /** Lines that the person opened or closed against the default. */
  private readonly flipped = new Set<string>();
  private kept: ReadonlySet<string> | undefined;
  private shown: FieldRow[] = [];
  private active = '';
  private endEdit: (() => void) | undefined;

  constructor(
    private readonly view: View,
    private readonly events: FieldEvents,
  ) {
    const filter = textField('Filter registers and fields by name', '', 'Filter by name');
    filter.classList.add('filter');
    filter.addEventListener('input', () => {
      this.kept = filtered(this.lines, filter.value);
      this.render();
    });
    const heads = element('div', { class: 'field-row field-heads', attributes: { role: 'row' } });
    for (const [name, text] of [
      ['name', 'Register'],
      ['value guest', 'Guest'],
      ['value hardware', 'Hardware'],
      ['access', 'Access'],
    ] as const)
      heads.append(element('span', { class: name, text, attributes: { role: 'columnheader' } }));
    this.heads = heads;
    this.scroll.append(this.tree, this.empty);
    this.detail.append(this.detailText, this.preview);
    const format = new Segments<NumberFormat>(
      'Numbers',
      [
        { value: 'hex', label: 'Hex' },
        { value: 'decimal', label: 'Dec' },
        { value: 'binary', label: 'Bin' },
      ],
      (chosen) => this.events.format(chosen),
    );
    this.format = format;
    this.root.append(element('div', { class: 'fields-bar' }, filter, format.root), this.scroll, this.detail);
    this.tree.addEventListener('click', (event) => this.onClick(event));
    this.tree.addEventListener('dblclick', (event) => {
      const row = this.rowOf(event.target);
      if (row?.line.register && !onControl(event.target)) this.edit(row);
    });
    this.tree.addEventListener('keydown', (event) => this.onKey(event));
    this.scroll.addEventListener('scroll', () => this.events.scrolled(), { passive: true });
  }
  private readonly heads: HTMLElement;
  private readonly format: Segments<NumberFormat>;

  /** Other structures: lines anew, what was open stays open. */
  build(): void {
    this.endEdit?.();
    this.lines = linesOf(this.view.structures);
    this.rows.clear();
    this.render();
  }

  /** Values changed. */
  update(): void {
    this.root.dataset['mode'] = this.view.mode;
    this.root.dataset['target'] = this.view.target;
    this.root.dataset['format'] = this.view.numberFormat;
    this.format.set(this.view.numberFormat);
    this.root.classList.toggle('no-guest', this.view.guest === undefined);
    for (const row of this.shown) row.update(this.view);
    this.showDetail();
  }

  /** Chooses the line of the register at the grid's selection, without taking the focus. */
  reveal(offset: number): void {
    const register = this.view.places.find(offset)?.register;
    if (!register) {
      this.setActive(undefined);
      return;
    }
    const current = this.rows.get(this.active)?.line;
    if (current?.register === register) return;
    for (const structure of this.lines) {
      const line = structure.children.find((child) => child.register === register);
      if (!line) continue;
      if (!this.isOpen(structure)) this.flip(structure);
      const row = this.shown.find((candidate) => candidate.line === line);
      this.setActive(row);
      row?.root.scrollIntoView({ block: 'nearest' });
      return;
    }
    this.setActive(undefined);
  }

  private isOpen(line: Line): boolean {
    if (line.children.length === 0) return false;
    if (this.kept) return line.level === 1 || line.children.some((child) => this.kept?.has(child.key));
    return (line.level === 1) !== this.flipped.has(line.key);
  }

  private flip(line: Line): void {
    if (line.children.length === 0) return;
    if (!this.flipped.delete(line.key)) this.flipped.add(line.key);
    this.render();
  }

  private render(): void {
    this.shown = [];
    const visit = (line: Line): void => {
      if (this.kept && !this.kept.has(line.key)) return;
      let row = this.rows.get(line.key);
      if (!row) {
        row = new FieldRow(line, (at, value) => this.writeField(at, value));
        this.rows.set(line.key, row);
      }
      const open = this.isOpen(line);
      row.setExpanded(line.children.length > 0 ? open : undefined);
      this.shown.push(row);
      if (open) line.children.forEach(visit);
    };
    this.lines.forEach(visit);
    this.tree.replaceChildren(this.heads, ...this.shown.map((row) => row.root));
    this.empty.hidden = this.shown.length > 0;
    if (!this.shown.some((row) => row.line.key === this.active)) this.setActive(undefined);
    else this.setActive(this.rows.get(this.active));
    this.update();
  }

  /** The row that Tab reaches and keys act on; the first one when none is chosen. */
  private setActive(row: FieldRow | undefined): void {
    const old = this.rows.get(this.active);
    if (old && old !== row) {
      old.root.tabIndex = -1;
      old.root.classList.remove('active');
      old.root.removeAttribute('aria-selected');
    }
    this.active = row?.line.key ?? '';
    if (row) {
      row.root.tabIndex = 0;
      row.root.classList.add('active');
      row.root.setAttribute('aria-selected', 'true');
    }
    const first = this.shown[0];
    if (first && first !== row) first.root.tabIndex = row ? -1 : 0;
    this.say('');
    this.showDetail();
  }

  private choose(row: FieldRow, focus: boolean): void {
    this.setActive(row);
    if (focus) row.root.focus({ preventScroll: true });
    row.root.scrollIntoView({ block: 'nearest' });
    const { structure, register, field } = row.line;
    if (register && field) {
      const first = field.lsb >> 3;
      this.events.select(register.offset + first, ((field.lsb + field.width - 1) >> 3) - first + 1);
    } else if (register) this.events.select(register.offset, register.width);
    else this.events.select(structure.offset, structure.length);
  }

  private edit(row: FieldRow): void {
    const { line } = row;
    if (!line.register || row.root.classList.contains('editing')) return;
    this.endEdit?.();
    if (line.field && (flagLike(line.field) || (line.field.width === 1 && isWriteOneToClear(line.field)))) {
      if (!row.toggle() && isWriteOneToClear(line.field)) this.writeField(line, 1);
      return;
    }
    row.root.classList.add('editing');
    this.endEdit = beginFieldEdit(this.view, line, row.editCell(this.view), {
      preview: (text, write) => {
        this.say(text, write === undefined);
        this.events.typing(line, write);
      },
      commit: (write) => this.events.write(write),
      done: (why) => {
        const hadFocus = why !== undefined && row.root.contains(document.activeElement);
        row.root.classList.remove('editing');
        this.endEdit = undefined;
        row.stale();
        row.update(this.view);
        this.say('');
        if (why !== undefined) this.events.cancelled(why);
        if (hadFocus || document.activeElement === document.body) row.root.focus({ preventScroll: true });
      },
    });
  }

  private writeField(line: Line, value: number): void {
    const worked = workedWrite(this.view, line, value);
    if (worked.ok) this.events.write(worked.write);
    else {
      this.say(worked.message, true);
      this.events.cancelled(worked.message);
      this.rows.get(line.key)?.update(this.view);
    }
  }

  private say(text: string, problem = false): void {
    setText(this.preview, text);
    this.preview.classList.toggle('problem', problem);
  }

  /** Everything about the chosen line: names, bits, all values in all bases, source. */
  private showDetail(): void {
    const line = this.rows.get(this.active)?.line;
    this.detail.hidden = !line?.register;
    if (!line?.register) return;
    this.detailText.replaceChildren(...registerCard(this.view, line.register, line.field, []));
    if (line.field && flagLike(line.field) && !this.endEdit) this.previewToggle(line);
  }

  /** The card of a register for those who ask from the grid: with lspci's lines, which the list shows anyway. */
  cardOf(structure: Structure, register: Register): readonly HTMLElement[] {
    const { view } = this;
    const side = view.target === 'guest' ? view.decoded.guest : view.decoded.hardware;
    const lines = textsOf(side?.[view.structures.indexOf(structure)] ?? [], register.name);
    return registerCard(view, register, undefined, lines);
  }

  /** What the pointer is over, for the hover card. */
  hovered(target: Element): Hovered | undefined {
    const row = this.rowOf(target);
    if (!row || row.root.classList.contains('editing')) return undefined;
    const { register, field, key } = row.line;
    if (!register) return undefined;
    return { anchor: row.root, key, content: () => registerCard(this.view, register, field, []) };
  }

  /** What a click on the bit's box would write. */
  private previewToggle(line: Line): void {
    const { register, field } = line;
    if (!register || !field) return;
    const now = fieldValueAt(this.view.targetImage, register, field);
    const next = isWriteOneToClear(field) ? 1 : now === 1 ? 0 : 1;
    const worked = workedWrite(this.view, line, next);
    const verb = isWriteOneToClear(field) ? 'Clearing' : next === 1 ? 'Setting' : 'Clearing';
    if (worked.ok) this.say(`${verb} ${field.name}: ${previewText(this.view, worked.write)}`);
    else this.say(worked.message, true);
  }

  private onClick(event: MouseEvent): void {
    const row = this.rowOf(event.target);
    if (!row || row.root.classList.contains('editing')) return;
    const target = event.target instanceof Element ? event.target : undefined;
    if (onControl(event.target)) {
      this.choose(row, true);
      return;
    }
    const again = row.line.key === this.active;
    this.choose(row, true);
    if (target?.closest('.twisty') || row.line.level === 1) this.flip(row.line);
    else if (again && target?.closest('.value') === row.editCell(this.view)) this.edit(row);
    row.root.focus({ preventScroll: true });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.rows.get(this.active) ?? this.rowOf(event.target);
    if (!row) return;
    const index = this.shown.indexOf(row);
    const go = (to: number): void => {
      const next = this.shown[Math.min(this.shown.length - 1, Math.max(0, to))];
      if (next) this.choose(next, true);
    };
    const open = this.isOpen(row.line);
    switch (event.key) {
      case 'ArrowDown':
        go(index + 1);
        break;
      case 'ArrowUp':
        go(index - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(this.shown.length - 1);
        break;
      case 'PageDown':
        go(index + 12);
        break;
      case 'PageUp':
        go(index - 12);
        break;
      case 'ArrowRight':
        if (row.line.children.length === 0) return;
        if (open) go(index + 1);
        else {
          this.flip(row.line);
          row.root.focus({ preventScroll: true });
        }
        break;
      case 'ArrowLeft':
        if (open) {
          this.flip(row.line);
          row.root.focus({ preventScroll: true });
        } else {
          for (let i = index - 1; i >= 0; i--)
            if ((this.shown[i]?.line.level ?? 9) < row.line.level) {
              go(i);
              break;
            }
        }
        break;
      case 'Enter':
      case 'F2':
        if (row.line.register) this.edit(row);
        else this.flip(row.line);
        break;
      case ' ':
        if (!row.toggle()) {
          this.flip(row.line);
          row.root.focus({ preventScroll: true });
        }
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private rowOf(target: EventTarget | null): FieldRow | undefined {
    const root = target instanceof Element ? target.closest<HTMLElement>('.field-row') : null;
    const key = root?.dataset['key'];
    return key === undefined ? undefined : this.rows.get(key);
  }
}

const onControl = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('vscode-checkbox, vscode-dropdown, vscode-text-field, vscode-button') !== null;
