import { element } from '../ui/element';
import { icon } from '../ui/icons';

/** A line below the toolbar in which something is asked: one at a time, and the grid gets the focus back. */
export interface Bar {
  readonly root: HTMLElement;
  readonly isOpen: boolean;
  /** Takes the bar away without telling anyone. */
  hide(): void;
}

export const barInput = (label: string, placeholder: string): HTMLInputElement =>
  element('input', {
    class: 'bar-input',
    attributes: {
      type: 'text',
      'aria-label': label,
      placeholder,
      autocomplete: 'off',
      spellcheck: 'false',
    },
  });

export const closeButton = (close: () => void): HTMLButtonElement => {
  const button = element('button', {
    class: 'tool icon-only',
    title: 'Close (Escape)',
    attributes: { type: 'button', 'aria-label': 'Close' },
  });
  button.append(icon('close'));
  button.addEventListener('click', close);
  return button;
};
