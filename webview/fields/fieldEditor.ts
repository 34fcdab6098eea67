import { element } from '../ui/element';
import { dropdown, textField } from '../ui/toolkit';
import type { View } from '../view';
import type { Line } from './fieldTree';
import {
  fieldHex,
  fieldValueAt,
  hexOf,
  mergedValue,
  registerValue,
  typedField,
  typedNumber,
  type Typed,
} from './registerValue';

/** One write of a whole register, as an edit of it or of one of its fields works out. */
export interface RegisterWrite {
  readonly line: Line;
  readonly value: number;
  /** Names of write-1-to-clear fields that the merge writes as 0. */
  readonly spared: readonly string[];
}
export type Worked =
  { readonly ok: true; readonly write: RegisterWrite } | { readonly ok: false; readonly message: string };

/** The register value to write so that the line's register or field becomes `value`. */
export const workedWrite = (view: View, line: Line, value: number): Worked => {
  const { register, field } = line;
  if (!register) return { ok: false, message: 'A structure has no value of its own.' };
  if (!field) return { ok: true, write: { line, value, spared: [] } };
  const current = registerValue(view.targetImage, register);
  if (current === undefined)
    return {
      ok: false,
      message: `Bytes of ${register.name} are not known, so its other bits cannot be kept. Edit the register as a whole.`,
    };
  const merged = mergedValue(current, register, field, value);
  return {
    ok: true,
    write: { line, value: merged.value, spared: merged.spared.map((other) => other.name) },
  };
};

/** What a write would do, in one line. */
export const previewText = (view: View, write: RegisterWrite): string => {
  const { register } = write.line;
  if (!register) return '';
  const op = view.target === 'guest' ? 'conf_write' : 'hardware write';
  const spared = write.spared.length > 0 ? ` (${write.spared.join(', ')} written as 0: a 1 would clear)` : '';
  return `${op} offset ${hexOf(register.offset, 8)} size ${register.width} value ${hexOf(write.value, 8 * register.width)}${spared}`;
};

interface EditEvents {
  /** Without a write when there is a problem. */
  readonly preview: (text: string, write: RegisterWrite | undefined) => void;
  readonly commit: (write: RegisterWrite) => void;
  readonly done: (why: string | undefined) => void;
}

/** Puts the form control for the line into `cell`: a list for enumerated fields, a text field for numbers. */
export const beginFieldEdit = (
  view: View,
  line: Line,
  cell: HTMLElement,
  events: EditEvents,
): (() => void) => {
  const { register, field } = line;
  if (!register) return () => undefined;
  const read = (value: number): string => (field ? fieldHex(field, value) : hexOf(value, 8 * register.width));
  const typedValue = (text: string): Typed =>
    field ? typedField(text, field) : typedNumber(text, 8 * register.width);
  const name = field ? `${register.name} ${field.name}` : register.name;
  const current = field
    ? fieldValueAt(view.targetImage, register, field)
    : registerValue(view.targetImage, register);
  let open = true;
  const end = (why?: string): void => {
    if (!open) return;
    open = false;
    control.remove();
    events.done(why);
  };
  const tell = (worked: Worked): void =>
    worked.ok
      ? events.preview(previewText(view, worked.write), worked.write)
      : events.preview(worked.message, undefined);
  const commit = (value: number): void => {
    const worked = workedWrite(view, line, value);
    if (!worked.ok) {
      events.preview(worked.message, undefined);
      return;
    }
    end();
    events.commit(worked.write);
  };
  const givenUp = `Edit of ${name} given up. Nothing was written.`;

  let control: HTMLElement;
  if (field && field.values.length > 0) {
    const known = field.values.some(([value]) => value === current);
    const choices = field.values.map(([value, text]) => ({
      value: String(value),
      label: `${read(value)} ${text}`,
    }));
    if (!known && current !== undefined) choices.unshift({ value: String(current), label: read(current) });
    const list = dropdown(`New value of ${name}`, choices, String(current ?? choices[0]?.value));
    list.addEventListener('change', () => commit(Number(list.value)));
    control = list;
  } else {
    const input = textField(`New value of ${name}`, current === undefined ? '' : read(current));
    input.addEventListener('input', () => {
      const typed = typedValue(input.value);
      if (typed.ok) tell(workedWrite(view, line, typed.value));
      else events.preview(typed.message, undefined);
    });
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      const typed = typedValue(input.value);
      if (typed.ok) commit(typed.value);
      else events.preview(typed.message, undefined);
      event.preventDefault();
      event.stopPropagation();
    });
    control = input;
  }
  control.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      end(givenUp);
      event.preventDefault();
    }
    event.stopPropagation();
  });
  control.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && control.contains(event.relatedTarget)) return;
    end(givenUp);
  });
  cell.replaceChildren(element('span', { class: 'field-editor' }, control));
  control.focus();
  if (current !== undefined) tell(workedWrite(view, line, current));
  return () => end();
};
