import type { Width } from '../../src/protocol/model';
import { hexOf, typedNumber } from '../fields/registerValue';
import { element } from '../ui/element';

export interface EditEnd {
  /** The typed value; undefined when the edit was given up. */
  readonly value: number | undefined;
  /** Why there is no value, for the person. */
  readonly why?: string;
  /** The focus stays in the grid: the edit did not end by going elsewhere. */
  readonly refocus: boolean;
}

/** The field that lies over a cell while its value is typed. Enter commits; Esc, Tab and leaving give up. */
export class CellEditor {
  private input: HTMLInputElement | undefined;
  private cell: HTMLElement | undefined;

  /** onTyping: the value so far, undefined while it is none. */
  constructor(
    private readonly onEnd: (offset: number, end: EditEnd) => void,
    private readonly onTyping: (offset: number, value: number | undefined) => void,
  ) {}

  get active(): boolean {
    return this.input !== undefined;
  }

  /** first: the digit that began the edit, or '' to start from the cell's own value, which is selected. */
  begin(cell: HTMLElement, offset: number, width: Width, own: string, first: string, where: string): void {
    this.end();
    const digits = 2 * width;
    const input = element('input', {
      class: 'cell-editor',
      attributes: {
        'aria-label': `New value at ${where}, ${width} ${width === 1 ? 'byte' : 'bytes'}, hexadecimal`,
        maxlength: String(digits),
        autocomplete: 'off',
        spellcheck: 'false',
      },
    });
    input.value = first === '' ? (/^[0-9a-f]+$/.test(own) ? own : '') : first;
    input.size = digits;
    this.input = input;
    this.cell = cell;
    cell.classList.add('editing');
    cell.append(input);
    input.focus();
    if (first === '') input.select();
    else {
      input.setSelectionRange(1, 1);
      const typed = typedNumber(first, 8 * width);
      if (typed.ok) this.onTyping(offset, typed.value);
    }

    const give = (end: EditEnd): void => {
      if (this.input !== input) return;
      this.end();
      this.onEnd(offset, end);
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        const typed = typedNumber(input.value, 8 * width);
        if (typed.ok) give({ value: typed.value, refocus: true });
        else {
          input.setAttribute('aria-invalid', 'true');
          input.title = typed.message;
        }
      } else if (event.key === 'Escape' || event.key === 'Tab')
        give({ value: undefined, why: `Edit of ${where} given up. Nothing was written.`, refocus: true });
      else return;
      event.preventDefault();
      // The edit may be over by now: the grid must not take the key for one of its own.
      event.stopPropagation();
    });
    input.addEventListener('input', () => {
      const typed = typedNumber(input.value, 8 * width);
      input.toggleAttribute('aria-invalid', !typed.ok && input.value !== '');
      input.title = typed.ok ? hexOf(typed.value, 8 * width) : typed.message;
      this.onTyping(offset, typed.ok ? typed.value : undefined);
    });
    input.addEventListener('blur', () =>
      give({ value: undefined, why: `Edit of ${where} given up. Nothing was written.`, refocus: false }),
    );
    for (const name of ['click', 'dblclick', 'mousedown'] as const)
      input.addEventListener(name, (event) => event.stopPropagation());
  }

  /** Takes the field away without telling anyone. */
  end(): void {
    const { input, cell } = this;
    this.input = undefined;
    this.cell = undefined;
    cell?.classList.remove('editing');
    input?.remove();
  }
}
