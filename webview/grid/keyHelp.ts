import { element } from '../ui/element';
import { button } from '../ui/toolkit';

/** Every key of the page, for the person: the grid's first. Each line has the keys that do the same or go together. */
const KEYS: readonly {
  readonly title: string;
  readonly lines: readonly { readonly keys: readonly string[]; readonly what: string }[];
}[] = [
  {
    title: 'Move',
    lines: [
      { keys: ['Arrows'], what: 'Next cell, next row' },
      { keys: ['Home', 'End'], what: 'First and last cell of the row' },
      { keys: ['Page Up', 'Page Down'], what: 'A page up or down' },
      { keys: ['Ctrl+Home', 'Ctrl+End'], what: 'First and last cell' },
      { keys: ['Ctrl+G'], what: 'Go to offset, name or setpci expression' },
      { keys: ['F7', 'Shift+F7'], what: 'Next and previous difference' },
    ],
  },
  {
    title: 'Find',
    lines: [
      { keys: ['Ctrl+F'], what: 'Find bytes, values or names' },
      { keys: ['F3', 'Shift+F3'], what: 'Next and previous match' },
    ],
  },
  {
    title: 'Select and copy',
    lines: [
      { keys: ['Shift+Arrows', 'Shift+click', 'drag'], what: 'Select several cells' },
      { keys: ['Ctrl+A'], what: 'Select all' },
      { keys: ['Escape'], what: 'Back to one cell' },
      { keys: ['Ctrl+C'], what: 'Copy' },
      { keys: ['Shift+F10'], what: 'Menu: copy in another form, paste, go to' },
    ],
  },
  {
    title: 'Read and write',
    lines: [
      { keys: ['0 to 9', 'a to f'], what: 'Type a new value; Enter writes it, Escape gives it up' },
      { keys: ['Enter', 'F2'], what: 'Edit the value as it is' },
      { keys: ['R', 'Ctrl+Enter'], what: 'Read the cell' },
      { keys: ['Ctrl+V'], what: 'Paste hexadecimal bytes, after a question' },
      { keys: ['Ctrl+Z', 'Ctrl+Y'], what: 'Undo and redo the last action on the machine' },
      { keys: ['M'], what: 'Clear the marks of changed bytes' },
    ],
  },
  {
    title: 'Around the bytes',
    lines: [
      { keys: ['Tab', 'Shift+Tab'], what: 'Toolbar, bytes, pane beside them' },
      { keys: ['Left', 'Right'], what: 'Along the toolbar and the tabs' },
      { keys: ['?'], what: 'This list' },
    ],
  },
];

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const keyText = (key: string): string => (mac ? key.replace('Ctrl+', '⌘') : key);

/** The list of keys, over the page. The browser's own dialog: it keeps the focus and closes with Escape. */
export class KeyHelp {
  readonly root = element('dialog', {
    class: 'key-help',
    attributes: { 'aria-labelledby': 'key-help-title' },
  });

  constructor(closed: () => void) {
    this.root.append(
      element('h2', { text: 'Keyboard', attributes: { id: 'key-help-title' } }),
      element(
        'div',
        { class: 'key-groups', attributes: { tabindex: '0', role: 'group', 'aria-label': 'Keys' } },
        ...KEYS.map(({ title, lines }) =>
          element(
            'section',
            {},
            element('h3', { text: title }),
            element(
              'dl',
              {},
              ...lines.flatMap(({ keys, what }) => [
                element('dt', {}, ...keys.map((key) => element('kbd', { text: keyText(key) }))),
                element('dd', { text: what }),
              ]),
            ),
          ),
        ),
      ),
      button('Close', () => this.root.close(), 'secondary'),
    );
    this.root.addEventListener('close', closed);
  }

  /** Keys of the page behind it are not meant while the list is read. */
  get isOpen(): boolean {
    return this.root.open;
  }

  open(): void {
    if (!this.root.open) this.root.showModal();
  }
}
