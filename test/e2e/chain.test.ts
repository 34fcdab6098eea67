// The capability chain as a person uses it: by mouse, by keyboard alone, after a reload, in every theme.
import { describe, expect, it } from 'vitest';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

const NIC = '02:00.0';

const tab = (name: RegExp) => workbench().inspector().getByRole('tab', { name });
const drawing = (name: string) => workbench().inspector().getByRole('listbox', { name, exact: true });
const inRow = (side: 'Guest' | 'Hardware') =>
  drawing('Capabilities').getByRole('group', { name: `Capabilities, ${side}` });
const focused = () => workbench().inspector().locator('[role=option]:focus');
const focusedKey = () => workbench().inspector().locator('[data-key]:has(> :focus)').getAttribute('data-key');
/** Offset of the grid's active cell. */
const selected = () =>
  workbench().inspector().locator('.cell[tabindex="0"]').getAttribute('data-offset').then(Number);
const press = (key: string) => workbench().page.keyboard.press(key);

describe('the capability chain', () => {
  it('is a tab beside the grid', async () => {
    await workbench().showViews();
    // The virtual functions go with their driver, and the tree is laid out anew: not while it is still being read.
    await workbench()
      .rows('machine', /^05:01\.0/)
      .first()
      .waitFor();
    await workbench().palette('PCI: Assign Device to Guest...');
    await workbench().pick(NIC);
    await workbench().palette('PCI: Open Inspector');
    await workbench().pick(NIC);
    await workbench().inspectorPainted();
    await tab(/^Fields/).click();
    await press('ArrowRight');
    expect(await tab(/^Chain/).getAttribute('aria-selected')).toBe('true');
    await inRow('Guest')
      .getByRole('option', { name: /^Offset 50, MSI, 24 bytes, leads to 70/ })
      .waitFor();
    expect(await inRow('Hardware').getByRole('option').count()).toBe(6);
  });

  it('a click on a structure goes to its bytes, and the grid’s active cell marks its structure', async () => {
    await inRow('Hardware')
      .getByRole('option', { name: /^Offset 70, MSIX/ })
      .click();
    expect(await selected()).toBe(0x70);
    const current = drawing('Capabilities').locator('[data-key]:has([aria-selected="true"])');
    expect(await current.evaluateAll((items) => items.map((item) => item.getAttribute('data-key')))).toEqual([
      'capability/guest/112',
      'capability/hardware/112',
    ]);
    await workbench().inspector().locator('.cell[data-offset="168"]').click();
    expect(await current.first().getAttribute('data-key')).toBe('capability/guest/160');
  });

  it('arrows follow the pointers and change between guest and hardware; Enter goes to the bytes', async () => {
    await inRow('Hardware')
      .getByRole('option', { name: /^Offset 40/ })
      .click();
    await press('ArrowRight');
    await press('ArrowRight');
    expect(await focused().getAttribute('aria-label')).toMatch(/^Offset 70/);
    await press('ArrowUp');
    expect(await focusedKey()).toBe('capability/guest/112');
    await press('End');
    expect(await focused().getAttribute('aria-label')).toMatch(/^Offset e0, VPD.*ends the chain/);
    expect(await selected()).toBe(0x40);
    await press('Enter');
    expect(await selected()).toBe(0xe0);
    await press('Home');
    expect(await focused().getAttribute('aria-label')).toBe('Capabilities pointer at 34, leads to 40');
    await press('Enter');
    expect(await selected()).toBe(0x34);
    await press('ArrowDown');
    await press('ArrowDown');
    expect(await focused().getAttribute('aria-label')).toMatch(/^(Gap|AER|ARI|SRIOV)/);
    await press('ArrowDown');
    expect(await focusedKey()).toMatch(/^extendedCapability\/guest/);
  });

  it('keeps every box in sight in a narrow pane', async () => {
    const { page } = workbench();
    await page.setViewportSize({ width: 900, height: 1000 });
    const boxes = drawing('Capabilities').getByRole('option');
    const overlong = () =>
      boxes.evaluateAll(
        (items) =>
          items.filter((item) => item.getBoundingClientRect().right > document.body.clientWidth).length,
      );
    await expect.poll(overlong).toBe(0);
    await workbench().screenshot(shot('chain-narrow'));
    await page.setViewportSize({ width: 1600, height: 1000 });
  });

  it('is still the chosen tab after the window is reloaded', async () => {
    await workbench().reload();
    await workbench().inspectorPainted();
    await inRow('Guest')
      .getByRole('option', { name: /^Offset 50/ })
      .waitFor();
    expect(await tab(/^Chain/).getAttribute('aria-selected')).toBe('true');
  });

  it.each(Object.keys(THEMES) as Theme[])('has no accessibility problem in %s', async (theme) => {
    await workbench().setTheme(theme);
    await workbench().inspectorPainted();
    await workbench().screenshot(shot(`chain-${theme}`));
    expect(await accessibilityProblems(workbench())).toEqual([]);
  });
});
