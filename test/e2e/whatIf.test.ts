// What if, and quirks from lost writes: with the keyboard only, over a reload, and for other eyes.
import { describe, expect, it } from 'vitest';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

const NIC = '02:00.0';

const page = () => workbench().inspector();
const keys = async (...pressed: readonly string[]): Promise<void> => {
  for (const key of pressed) await workbench().page.keyboard.press(key);
};
const type = (text: string): Promise<void> => workbench().page.keyboard.type(text);
/** The element that has the focus in the page. */
const focused = () => page().locator(':focus').first();

/** What a screen reader says of it, by its content. */
const spoken = (): Promise<string> =>
  focused().evaluate((element) => {
    const copy = element.cloneNode(true) as Element;
    for (const hidden of copy.querySelectorAll('[aria-hidden]')) hidden.remove();
    return copy.textContent?.replace(/\s+/g, ' ') ?? '';
  });

/** Runs a command without the mouse. */
async function command(title: string): Promise<void> {
  await keys('F1');
  await workbench().page.locator('.quick-input-widget input[type=text]').first().waitFor();
  await type(title);
  await workbench().page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await keys('Enter');
}

/** Waits until the table is that of the summary. */
const told = (summary: string): Promise<void> =>
  page().locator('body[data-painted] .summary', { hasText: summary }).first().waitFor();

/** Presses Tab until the element has the focus. */
async function tabTo(name: string | RegExp, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await keys(key);
    const label = await focused().evaluate(
      (element) => `${element.getAttribute('aria-label') ?? ''} ${element.textContent ?? ''}`,
    );
    if (typeof name === 'string' ? label.includes(name) : name.test(label)) return;
  }
  throw new Error(`Tab does not come to ${String(name)}`);
}

describe('what if', () => {
  it('asks for a write of the device of a guest', async () => {
    await workbench().showViews();
    await workbench().rows('machine', NIC).first().waitFor();
    await workbench().palette('PCI: Assign Device to Guest...');
    await workbench().pick(NIC);
    await workbench().rows('guests', NIC).waitFor();
    await command('PCI: What If...');
    await page().getByText('Type a write above to try it.').waitFor();
    await page().locator('input[aria-label="Offset"]:focus').waitFor();
  });

  it('tells what would become of it under every policy, in sentences and cell by cell', async () => {
    await type('CAP_EXP+8.w');
    await page().getByText('EXP DEVCTL', { exact: true }).waitFor();
    await keys('Tab', 'Tab');
    await type('1f');
    await keys('Enter');
    await told('As it is, nothing comes about, though the guest is told success.');
    await told('All of it comes about only with a quirk or permissive.');
    await workbench().screenshot(shot('what-if'));
  });

  it('is a grid: the arrows go from cell to cell, Enter to the details and Escape back', async () => {
    await tabTo('this is what happens now');
    expect(await focused().getAttribute('role')).toBe('gridcell');
    await page().locator('.detail [data-code="no-field"]').waitFor();
    await keys('ArrowRight', 'ArrowRight');
    expect(await spoken()).toBe(
      'Linux 5.10 to 6.12, loaded; any width; Quirk: all 5 bits; more than as it is',
    );
    await page().locator('.detail [data-code="field-quirk"]').waitFor();
    await keys('End', 'Control+End', 'Control+Home', 'ArrowDown');
    expect(await spoken()).toContain('Linux 3.1 to 5.4');
    await keys('Enter');
    await page().locator('.detail:focus').waitFor();
    await keys('Escape');
    expect(await spoken()).toContain('Linux 3.1 to 5.4');
  });

  it('shows each kernel and width by itself when rows are not folded', async () => {
    const rows = page().locator('.what-if tbody tr');
    expect(await rows.count()).toBe(2);
    await tabTo('Fold alike rows', 'Shift+Tab');
    await keys('Space');
    expect(await rows.count()).toBe(21);
    await keys('Space');
    expect(await rows.count()).toBe(2);
  });

  it('takes several writes, of which one can be taken out again', async () => {
    await tabTo('Add a write', 'Shift+Tab');
    await keys('Enter');
    await type('INTERRUPT_LINE');
    await keys('Tab');
    await page().locator('select[aria-label="Width"], .form-field select').last().waitFor();
    await keys('1', 'Tab');
    await keys('Control+a');
    await type('55');
    await keys('Enter');
    await told('in 2 writes');
    expect(await page().locator('.question .writes li').allInnerTexts()).toHaveLength(2);
    await tabTo('Writes, in order', 'Shift+Tab');
    await keys('Delete');
    await told('As it is, nothing comes about, though the guest is told success.');
    await page().locator('.question .writes').waitFor({ state: 'hidden' });
  });

  it('comes back after the window is reloaded', async () => {
    await workbench().reload();
    await told('All of it comes about only with a quirk or permissive.');
    expect(await page().getByRole('combobox', { name: 'Offset' }).inputValue()).toBe('0xa8');
  });
});

describe('quirks from lost writes', () => {
  it('are shown with their effect, applied and taken back', async () => {
    await told('All of it comes about only with a quirk or permissive.');
    await page()
      .getByRole('tab', { name: /^Quirks/ })
      .focus();
    await keys('ArrowRight', 'ArrowLeft', 'ArrowRight');
    await page().getByText('1 line for the write that loses bits: it comes about in full.').waitFor();
    await workbench().screenshot(shot('quirks'));
    await tabTo('Apply');
    await keys('Enter');
    await page().getByText('1 quirk applied.').waitFor();
    await page().getByText('This write loses nothing: no quirk is needed.').waitFor();
    await page().getByText('a8:2', { exact: true }).waitFor();
    await page()
      .getByRole('tab', { name: /^Quirks/ })
      .focus();
    await tabTo('Undo');
    await keys('Enter');
    await page().getByText('1 quirk taken back.').waitFor();
    await page().getByText('1 line for the write that loses bits: it comes about in full.').waitFor();
  });

  it.each(Object.keys(THEMES) as Theme[])(
    'have no accessibility problem in %s, nor has the table',
    async (theme) => {
      await workbench().setTheme(theme);
      await workbench().inspectorPainted();
      expect(await accessibilityProblems(workbench())).toEqual([]);
      await page().getByRole('tab', { name: 'What if' }).click();
      await page().locator('td.now').click();
      await page().locator('.detail [data-code]').first().waitFor();
      await workbench().screenshot(shot(`what-if-${theme}`));
      expect(await accessibilityProblems(workbench())).toEqual([]);
      await page()
        .getByRole('tab', { name: /^Quirks/ })
        .click();
    },
  );
});

describe('the machine under the table', () => {
  it('is followed', async () => {
    await page().getByRole('tab', { name: 'What if' }).click();
    await command('PCI: Set Permissive');
    await workbench().page.locator('.quick-input-list .monaco-list-row', { hasText: NIC }).first().waitFor();
    await type(NIC);
    await keys('Enter');
    await told('As it is, all 5 bits come about.');
    await page().getByRole('columnheader', { name: 'Normal rules' }).waitFor();
  });

  it('may lose the device', async () => {
    await workbench().palette('PCI: Detach Device');
    await workbench().pick(NIC);
    await page().getByText('No guest has a device. Assign one to try its writes.').waitFor();
    await page().getByRole('button', { name: 'Assign Device to Guest...' }).waitFor();
  });
});
