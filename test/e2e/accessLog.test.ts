// The access log with the keyboard only: from a guest's writes to the rows, their verdicts and the inspector, and back.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/backend/verdict/rules';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

const NIC = '02:00.0';

/** The pages, which are other ones when they were hidden or the window was reloaded. */
let logPage: Frame;
let inspectorPage: Frame;
const log = () => logPage;
const inspector = () => inspectorPage;
const keys = () => workbench().page.keyboard;
const row = (seq: number) => log().locator(`.access[data-seq="${seq}"]`);
const detail = () => log().getByRole('region', { name: 'Verdict of the chosen access' });
const focusedSeq = () => log().locator('.access:focus').getAttribute('data-seq');
const tab = () => workbench().page.getByRole('tab', { name: /^PCI Access Log/ });
/** VS Code draws the badges of a row by style alone. */
const badgeOf = (treeRow: Locator): Promise<string> =>
  treeRow
    .locator('.monaco-icon-label')
    .first()
    .evaluate((label) => getComputedStyle(label, '::after').content.replaceAll('"', ''));
const clipboard = (): Promise<string> => workbench().page.evaluate(() => navigator.clipboard.readText());

const showLog = async (): Promise<void> => {
  await workbench().palette('Focus on PCI Access Log View');
  logPage = await workbench().accessLogFrame();
  await hasFocus(log());
};
/** VS Code gives the focus to a page, and back to it after a menu, when it finds the time. */
const hasFocus = (page: Frame): Promise<void> =>
  expect.poll(() => page.evaluate(() => document.hasFocus()), { timeout: 10_000 }).toBe(true);
/** Chooses in an open quick pick without the mouse, which would leave a hover over the next one. */
const pick = async (text: string): Promise<void> => {
  await workbench().page.locator('.quick-input-widget input[type=text]').first().fill(text);
  await workbench().page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor();
  await keys().press('Enter');
};
const showInspector = async (): Promise<void> => {
  await workbench().palette('PCI: Open Inspector');
  await pick(NIC);
  inspectorPage = await workbench().inspectorFrame();
  await hasFocus(inspectorPage);
};

/** Goes to a place in the inspector and types a value over it; the log has one row more then. */
const write = async (place: string, hex: string, seq: number): Promise<void> => {
  await keys().press('Control+g');
  await keys().type(place);
  await keys().press('Enter');
  await inspector().locator('.cell:focus').waitFor();
  await keys().type(hex);
  await keys().press('Enter');
  await row(seq).waitFor();
};

describe('the access log', () => {
  it('says what to do while no guest has a device', async () => {
    await workbench().showViews();
    await showLog();
    await log().getByText('No guest has a device yet.').waitFor();
    await keys().press('Tab');
    await log().locator(':focus').waitFor();
    for (let i = 0; i < 10 && !(await log().locator('button.link:focus').isVisible()); i++)
      await keys().press('Tab');
    await keys().press('Enter');
    await pick(NIC);
    await log().getByText('No guest has accessed configuration space yet.').waitFor();
  });

  it('gets a row for each write of the guest, with register, outcome and what decided', async () => {
    await showInspector();
    await write('CAP_EXP+8.w', '001f', 1);
    await write('INTERRUPT_LINE.b', '55', 2);
    await write('COMMAND.w', '0406', 3);
    await write('CAP_EXP+8.w', '002f', 4);
    await write('CAP_MSI+2.w', '0081', 5);
    expect(await row(1).getAttribute('aria-label')).toMatch(
      /^#1, guest1, 00:00\.0, host 02:00\.0, conf_write, EXP DEVCTL, 0xa8\.w, 0x001f, nothing, XEN_PCI_ERR_success, kernel warned, hides 1 later write, /,
    );
    expect(await row(5).getAttribute('aria-label')).toContain('refused, XEN_PCI_ERR_access_denied');
    expect(await log().getByRole('grid').getAttribute('aria-rowcount')).toBe('6');
    await log().getByText('5 accesses · 4 refused or dropped · kernel log has 1, hides 1').waitFor();
  });

  it('counts refused and dropped writes on the view, the device and the status bar', async () => {
    await tab().locator('.badge', { hasText: '4' }).waitFor();
    for (const row of [workbench().rows('machine', /^02:00\.0/), workbench().rows('guests', NIC)])
      await expect.poll(() => badgeOf(row)).toBe('G, 4');
    await workbench().page.getByRole('button', { name: '4 guest writes refused or dropped' }).waitFor();
  });

  it('moves by arrows and Home, and tells the verdict of the row that is chosen', async () => {
    await showLog();
    await log().locator('.access:focus').waitFor();
    await keys().press('Home');
    expect(await focusedSeq()).toBe('1');
    await detail().getByText('Nothing came about').waitFor();
    await detail().getByText('The kernel log has this, once for the device:').waitFor();
    await detail()
      .getByText('Driver tried to write to a read-only configuration space field at offset 0xa8, size 2.')
      .waitFor();
    await keys().press('ArrowDown');
    expect(await focusedSeq()).toBe('2');
    await detail().getByText(RULES['no-write-handler'].text).first().waitFor();
    await keys().press('End');
    expect(await focusedSeq()).toBe('5');
    await keys().press('PageUp');
    expect(await focusedSeq()).toBe('1');
    await workbench().screenshot(shot('access-log'));
  });

  it('goes to the next and the previous access to the register, and says when there is none', async () => {
    await keys().press('F3');
    await log().locator('.access[data-seq="4"]:focus').waitFor();
    await detail().getByText('Not in the kernel log').waitFor();
    await keys().press('F3');
    await log().getByText('No later access to this register is shown.').waitFor();
    await keys().press('Shift+F3');
    await log().locator('.access[data-seq="1"]:focus').waitFor();
    await workbench().palette('PCI: Next Access to This Register');
    await log().locator('.access[data-seq="4"]:focus').waitFor();
  });

  it('copies a row, as a line and as JSON', async () => {
    await keys().press('Control+c');
    await log().getByText('Copied.').waitFor();
    expect(await clipboard()).toMatch(
      /^#4 guest1 00:00\.0 \(02:00\.0\) conf_write EXP DEVCTL 0xa8\.w 0x002f -> nothing/,
    );
    await keys().press('Shift+F10');
    await workbench().page.getByRole('menuitem', { name: 'Copy Access as JSON' }).waitFor();
    await keys().press('ArrowUp');
    await keys().press('Enter');
    await log().getByText('Copied as JSON.').waitFor();
    await hasFocus(log());
    expect(JSON.parse(await clipboard())).toMatchObject({ seq: 4, offset: 0xa8, warning: 'hidden' });
  });

  it('selects rows with Shift, which are copied together', async () => {
    await keys().press('Home');
    await keys().press('Shift+ArrowDown');
    await keys().press('Shift+ArrowDown');
    expect(await log().locator('.access[aria-selected="true"]').count()).toBe(3);
    await keys().press('Control+c');
    await expect.poll(async () => (await clipboard()).match(/^#\d/gm)).toEqual(['#1', '#2', '#3']);
    await keys().press('ArrowDown');
    expect(await log().locator('.access[aria-selected="true"]').count()).toBe(1);
  });

  it('tries the writes that are selected under other circumstances', async () => {
    await keys().press('Home');
    await keys().press('Shift+End');
    await keys().press('Shift+F10');
    await workbench().page.getByRole('menuitem', { name: 'What If...' }).waitFor();
    await keys().press('ArrowDown');
    await keys().press('ArrowDown');
    await keys().press('Enter');
    await workbench()
      .page.getByRole('tab', { name: /What If/ })
      .waitFor();
    await workbench().palette('View: Close Editor');
    await showLog();
  });

  it('shows the register in the inspector', async () => {
    await keys().press('Home');
    await keys().press('ArrowDown');
    await keys().press('Enter');
    inspectorPage = await workbench().inspectorFrame();
    await inspector().locator('.cell[data-offset="60"]:focus').waitFor();
    await showLog();
    await log().locator('.access[data-seq="2"]:focus').waitFor();
  });

  it('filters by words, and finds the chosen row again', async () => {
    await keys().press('Control+f');
    await keys().type('devctl !hidden');
    await log().getByText('2 of 5').waitFor();
    await keys().press('Control+f');
    await keys().type('outcome:nothing !devctl');
    await log().getByText('1 of 5').waitFor();
    await keys().press('ArrowDown');
    expect(await focusedSeq()).toBe('2');
    await keys().press('Control+f');
    await keys().type('zzz');
    await log().getByText('No access fits the filter.').waitFor();
    await keys().press('Escape');
    await log().getByText('5 accesses').waitFor();
    expect(await row(2).getAttribute('aria-selected')).toBe('true');
    await workbench().palette('PCI: Show Guest Accesses');
    await pick(NIC);
    await expect.poll(() => log().getByRole('combobox', { name: 'Device' }).inputValue()).toBe(`0000:${NIC}`);
    await log().getByText('5 accesses').waitFor();
  });

  it('marks what undo takes back', async () => {
    await showInspector();
    await inspector().locator('.cell[tabindex="0"]').focus();
    await keys().press('Control+z');
    await log().locator('.access.undone[data-seq="5"]').waitFor();
    await tab().locator('.badge', { hasText: '3' }).waitFor();
    await workbench().screenshot(shot('access-log-undone'));
    await inspector().locator('.cell[tabindex="0"]').focus();
    await keys().press('Control+y');
    await log().locator('.access:not(.undone)[data-seq="5"]').waitFor();
  });

  it.each(Object.keys(THEMES) as Theme[])('has no accessibility problem in %s', async (theme) => {
    await workbench().setTheme(theme);
    await showLog();
    await keys().press('Home');
    await detail().getByText('The kernel log has this').waitFor();
    await workbench().screenshot(shot(`access-log-${theme}`));
    expect(await accessibilityProblems(workbench(), 'html', log())).toEqual([]);
  });

  it('is written to a file as JSON lines', async () => {
    const file = path.join(workbench().workspace, 'access.jsonl');
    await workbench().palette('PCI: Export Access Log as JSON Lines...');
    await workbench().answerSaveDialog(file);
    await expect
      .poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 10_000 })
      .toMatch(/\n$/);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps its rows while it is hidden, and begins anew with the window', async () => {
    await workbench().palette('Problems: Focus on Problems View');
    await showLog();
    await row(5).waitFor();
    await workbench().reload();
    await showLog();
    await log().getByText('No guest has accessed configuration space yet.').waitFor();
    expect(await log().getByRole('combobox', { name: 'Device' }).inputValue()).toBe(`0000:${NIC}`);
  });

  it('is emptied by PCI: Clear Access Log and by another machine', async () => {
    await showInspector();
    await write('CAP_EXP+8.w', '003f', 1);
    await tab().locator('.badge', { hasText: '1' }).waitFor();
    await workbench().palette('PCI: Clear Access Log');
    await row(1).waitFor({ state: 'hidden' });
    await tab().locator('.badge').waitFor({ state: 'hidden' });
    await workbench().palette('PCI: Open Sample Machine');
    await log().getByText('No guest has a device yet.').waitFor();
  });
});
