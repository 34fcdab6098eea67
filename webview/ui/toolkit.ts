import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
  type Button,
  type Checkbox,
  type Dropdown,
  type TextField,
} from '@vscode/webview-ui-toolkit';

/**
 * The only file that knows @vscode/webview-ui-toolkit. The package is archived; another set of form controls
 * takes its place here. It must load with the document: the toolkit takes the theme at `load`.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

export type { Button, Checkbox, Dropdown, TextField };

const create = (tag: string): HTMLElement => document.createElement(tag);

export const button = (
  label: string,
  onClick: () => void,
  appearance: 'primary' | 'secondary' | 'icon' = 'secondary',
  hint?: string,
): Button => {
  const made = create('vscode-button') as Button;
  made.setAttribute('appearance', appearance);
  made.textContent = label;
  if (hint !== undefined) {
    made.title = hint;
    made.setAttribute('aria-label', hint);
  }
  made.addEventListener('click', onClick);
  return made;
};

/** A checkbox that only reports: the caller sets it to what the device holds afterwards. */
export const checkbox = (label: string, checked: boolean, onChange: (checked: boolean) => void): Checkbox => {
  const made = create('vscode-checkbox') as Checkbox;
  made.checked = checked;
  made.setAttribute('aria-label', label);
  made.addEventListener('change', () => onChange(made.checked));
  return made;
};

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export const dropdown = (label: string, choices: readonly Choice[], value: string): Dropdown => {
  const made = create('vscode-dropdown') as Dropdown;
  made.setAttribute('aria-label', label);
  for (const choice of choices) {
    const option = create('vscode-option');
    option.setAttribute('value', choice.value);
    option.textContent = choice.label;
    if (choice.value === value) option.setAttribute('selected', '');
    made.append(option);
  }
  return made;
};

export const textField = (label: string, value: string, placeholder = ''): TextField => {
  const made = create('vscode-text-field') as TextField;
  made.setAttribute('aria-label', label);
  if (placeholder !== '') made.setAttribute('placeholder', placeholder);
  made.value = value;
  return made;
};
