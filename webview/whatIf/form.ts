import type { Structure } from '../../src/protocol/model';
import type { Device, Question, TriedAccess } from '../../src/protocol/whatIf';
import { MAX_WRITES } from '../../src/protocol/whatIf';
import { barInput } from '../grid/bar';
import { completionsOf, matching, type Completion } from '../grid/goTo';
import { element, setAttribute, setText, span } from '../ui/element';
import { Suggestions } from '../ui/suggestions';
import { button } from '../ui/toolkit';
import { asTyped, nameAt, typedOffset, typedWrite } from './typed';
import { writeText } from './words';

export interface FormEvents {
  readonly ask: (question: Question) => void;
  readonly assign: () => void;
  /** The writes that the access log has as lost; what came of it in words. */
  readonly fromLog: () => void;
}

const SIZES: readonly number[] = [1, 2, 3, 4];
const SUGGESTIONS = 8;

const labelled = (text: string, ...parts: readonly HTMLElement[]): HTMLElement =>
  element('label', { class: 'form-field' }, span('form-label', text), ...parts);

/**
 * The writes that are tried, in order. There is one set of fields, which shows the chosen write; a list of all of
 * them only where there are several.
 */
export class QuestionForm {
  readonly root = element('form', { class: 'question', attributes: { 'aria-label': 'Writes to try' } });
  private readonly device = element('select', { class: 'bar-select form-device' });
  private readonly offset = barInput('Offset', 'a8, COMMAND or CAP_EXP+8.w');
  private readonly size = element('select', { class: 'bar-select' });
  private readonly value = barInput('Value', 'hex');
  private readonly name = element('span', { class: 'form-name' });
  private readonly said = element('div', {
    class: 'form-said',
    attributes: { role: 'status', id: 'form-said' },
  });
  private readonly list = element('ul', {
    class: 'writes',
    attributes: { role: 'listbox', tabindex: '0', 'aria-label': 'Writes, in order' },
  });
  private readonly remove = button(
    'Remove',
    () => this.removeChosen(),
    'secondary',
    'Remove this write (Delete)',
  );
  private readonly add = button('Add', () => this.addWrite(), 'secondary', 'Add a write after this one');
  private readonly assign = button('Assign Device to Guest...', () => this.events.assign());
  private readonly fields: HTMLElement;

  private devices: readonly Device[] = [];
  private structures: readonly Structure[] = [];
  private space = 0;
  private completions: readonly Completion[] | undefined;
  private writes: TriedAccess[] = [];
  private chosen = 0;

  constructor(private readonly events: FormEvents) {
    const suggestions = new Suggestions(
      this.offset,
      'Names',
      (text) => {
        this.completions ??= completionsOf(this.structures);
        return matching(this.completions, text, SUGGESTIONS).map(({ text: name, detail, offset }) => ({
          text: name,
          detail,
          note: offset.toString(16).padStart(2, '0'),
        }));
      },
      () => this.typed(),
    );
    this.fields = element(
      'div',
      { class: 'form-fields' },
      labelled('Offset', element('span', { class: 'bar-field' }, this.offset, suggestions.list)),
      this.name,
      labelled('Width', this.size),
      labelled('Value', element('span', { class: 'bar-field form-value' }, this.value)),
      button('Try', () => this.submit(), 'primary', 'Try (Enter)'),
      this.add,
      this.remove,
      button(
        'From Log',
        () => this.events.fromLog(),
        'secondary',
        'From Log: take the writes that this device lost for want of a field',
      ),
    );
    this.root.append(labelled('Device', this.device), this.assign, this.list, this.fields, this.said);
    for (const input of [this.offset, this.value]) input.setAttribute('aria-describedby', this.said.id);
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    // The toolkit's buttons submit nothing, so Enter does it itself.
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.defaultPrevented || !(event.target instanceof HTMLInputElement))
        return;
      event.preventDefault();
      this.submit();
    });
    for (const input of [this.offset, this.value]) input.addEventListener('input', () => this.typed());
    this.size.addEventListener('change', () => this.typed());
    this.device.addEventListener('change', () => this.submit());
    this.list.addEventListener('keydown', (event) => this.onListKey(event));
    this.list.addEventListener('click', (event) => {
      const item = event.target instanceof Element ? event.target.closest('li') : null;
      if (item) this.choose([...this.list.children].indexOf(item));
    });
  }

  /** The devices there are, and the registers of the one that is asked about. */
  update(devices: readonly Device[], structures: readonly Structure[], space: number): void {
    this.devices = devices;
    this.structures = structures;
    this.space = space;
    this.completions = undefined;
    const none = devices.length === 0;
    const chosen = this.device.value;
    this.device.replaceChildren(
      ...devices.map(({ guestName, guest, host, title }, i) =>
        element('option', {
          text: `${guestName} ${guest.replace(/^0000:/, '')} (host ${host.replace(/^0000:/, '')}): ${title}`,
          attributes: { value: String(i) },
        }),
      ),
    );
    if (chosen !== '') this.device.value = chosen;
    this.device.disabled = none;
    this.assign.hidden = !none;
    this.fields.hidden = none;
    this.showName();
    this.showList();
  }

  /** Shows a question that came from elsewhere. */
  fill(question: Question | undefined): void {
    this.writes = [...(question?.writes ?? [])];
    this.chosen = 0;
    if (question) {
      const { domid, guest } = question;
      const at = this.devices.findIndex((device) => device.domid === domid && device.guest === guest);
      this.device.selectedIndex = at;
    }
    this.showChosen();
    this.showList();
    this.say('');
  }

  focus(): void {
    this.offset.focus();
  }

  say(text: string, problem = false): void {
    setText(this.said, text);
    this.said.classList.toggle('problem', problem);
  }

  private get fieldsEmpty(): boolean {
    return this.offset.value.trim() === '' && this.value.value.trim() === '';
  }

  private showSizes(size: number): void {
    const sizes = SIZES.includes(size) ? SIZES : [...SIZES, size];
    this.size.replaceChildren(
      ...sizes.map((one) =>
        element('option', {
          text: one === 1 ? '1 byte' : `${one} bytes`,
          attributes: { value: String(one) },
        }),
      ),
    );
    this.size.value = String(size);
  }

  private showChosen(): void {
    const write = this.writes[this.chosen];
    const { offset, size, value } = write ? asTyped(write) : { offset: '', size: 2, value: '' };
    this.offset.value = offset;
    this.showSizes(size);
    this.value.value = value;
    for (const input of [this.offset, this.value]) setAttribute(input, 'aria-invalid', undefined);
    this.showName();
  }

  private showName(): void {
    const read =
      this.offset.value.trim() === ''
        ? undefined
        : typedOffset(this.offset.value, this.structures, this.space);
    setText(this.name, read?.ok ? read.value.name : '');
  }

  private showList(): void {
    const several = this.writes.length > 1;
    this.list.hidden = !several;
    this.remove.hidden = !several;
    this.list.replaceChildren(
      ...(several ? this.writes : []).map((write, i) => {
        const name = nameAt(this.structures, write.offset);
        return element(
          'li',
          {
            attributes: { role: 'option', id: `write-${i}`, 'aria-selected': String(i === this.chosen) },
          },
          span('write-number', String(i + 1)),
          span('code', writeText(write)),
          span('write-name', name),
        );
      }),
    );
    setAttribute(this.list, 'aria-activedescendant', several ? `write-${this.chosen}` : undefined);
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private typed(): void {
    const read = typedOffset(this.offset.value, this.structures, this.space);
    if (read.ok && read.value.size !== undefined) this.size.value = String(read.value.size);
    for (const input of [this.offset, this.value]) setAttribute(input, 'aria-invalid', undefined);
    this.showName();
    this.say('');
  }

  /** Takes the fields over into the writes; false when they are wrong, which is said. */
  private takeFields(): boolean {
    const typed = { offset: this.offset.value, size: Number(this.size.value), value: this.value.value };
    const read = typedWrite(typed, this.structures, this.space);
    if (!read.ok) {
      const wrong = read.field === 'offset' ? this.offset : this.value;
      setAttribute(wrong, 'aria-invalid', 'true');
      this.say(read.message, true);
      wrong.focus();
      return false;
    }
    this.writes[this.chosen] = read.value;
    return true;
  }

  private submit(): void {
    const device = this.devices[this.device.selectedIndex];
    if (!device) {
      this.say('Choose a device first.', true);
      return;
    }
    // Another device may be chosen before anything is typed.
    if (!(this.writes.length === 0 && this.fieldsEmpty) && !this.takeFields()) return;
    this.showChosen();
    this.showList();
    this.say('');
    this.events.ask({ domid: device.domid, guest: device.guest, writes: this.writes });
  }

  private choose(at: number): void {
    if (at < 0 || at >= this.writes.length) return;
    this.chosen = at;
    this.showChosen();
    this.showList();
    this.say('');
  }

  private addWrite(): void {
    if (!this.takeFields()) return;
    if (this.writes.length === MAX_WRITES) {
      this.say(`No more than ${MAX_WRITES} writes are tried at once.`, true);
      return;
    }
    const write = this.writes[this.chosen];
    if (!write) return;
    this.writes.splice(this.chosen + 1, 0, { ...write });
    this.choose(this.chosen + 1);
    this.say('Type what this write does, then Try.');
    this.offset.focus();
    this.offset.select();
  }

  private removeChosen(): void {
    if (this.writes.length < 2) return;
    this.writes.splice(this.chosen, 1);
    this.choose(Math.min(this.chosen, this.writes.length - 1));
    this.submit();
    if (this.writes.length > 1) this.list.focus();
    else this.offset.focus();
  }

  private onListKey(event: KeyboardEvent): void {
    const last = this.writes.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(last, this.chosen + 1),
      ArrowUp: Math.max(0, this.chosen - 1),
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) this.choose(next);
    else if (event.key === 'Delete') this.removeChosen();
    else return;
    event.preventDefault();
  }
}
