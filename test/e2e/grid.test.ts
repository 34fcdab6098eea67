// The hex grid by keyboard and menu: going somewhere, finding, selecting, copying, pasting, comparing, undoing.
import { describe, expect, it } from 'vitest';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

/** The sample's network card: PM at 40, MSI at 50, Express at a0. */
const NIC = '02:00.0';
const COMMAND = 0x04;
const LATENCY_TIMER = 0x0d;
const EXPRESS_DEVCTL = 0xa8;

const page = () => workbench().inspector();
const keys = () => workbench().page.keyboard;
const cell = (offset: number) => page().locator(`.cell[data-offset="${offset}"]`);
const strip = () => page().getByRole('region', { name: 'Last operation' });
const selectedText = () => page().locator('.selected-text');
const choose = (name: string) => page().getByRole('radio', { name, exact: true }).click();
/** Offset of the cell that has the focus. */
const focused = async (): Promise<number> =>
  Number(await page().locator('.cell:focus').getAttribute('data-offset'));
const clipboard = (): Promise<string> => workbench().page.evaluate(() => navigator.clipboard.readText());
const putOnClipboard = (text: string): Promise<void> =>
  workbench().page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
const said = (text: string) => strip().getByText(text).first().waitFor();

describe('the grid', () => {
  it('is that of the sample’s network card, as its guest sees it', async () => {
    await workbench().showViews();
    await workbench()
      .rows('machine', new RegExp(`^${NIC}`))
      .first()
      .click();
    await workbench().inspectorPainted();
    await workbench().palette('PCI: Assign Device to Guest...');
    await workbench().pick(NIC);
    await page().getByText('Edits: conf_write by the guest').waitFor();
  });

  it('goes to a setpci expression, which also chooses the width', async () => {
    await cell(0).click();
    await keys().press('Control+g');
    await keys().type('CAP_EXP+8.w');
    await keys().press('Enter');
    expect(await focused()).toBe(EXPRESS_DEVCTL);
    expect(await cell(EXPRESS_DEVCTL).getAttribute('aria-label')).toContain('EXP DEVCTL');
    expect(await page().getByRole('radio', { name: '2', exact: true }).getAttribute('aria-checked')).toBe(
      'true',
    );
  });

  it('offers names, and says in place what is wrong with an expression', async () => {
    await keys().press('Control+g');
    await keys().type('busm');
    await page().getByRole('option', { name: 'COMMAND.BusMaster' }).waitFor();
    await keys().press('Enter');
    expect(await focused()).toBe(COMMAND);
    await keys().press('Control+g');
    await keys().type('CAP_AGP');
    await keys().press('Enter');
    await page().getByText('This function has no capability AGP.').waitFor();
    await keys().press('Escape');
    expect(await focused()).toBe(COMMAND);
    await choose('1');
  });

  it('goes by a command of the palette, and leaves VS Code its keys while one types', async () => {
    await workbench().palette('PCI: Go to Offset or Register...');
    await page().getByRole('combobox', { name: 'Go to' }).waitFor();
    await keys().type('3c');
    await keys().press('F1');
    const box = workbench().page.locator('.quick-input-widget input[type=text]').first();
    // Shown is not yet focused: the key would go to the page.
    await workbench().page.locator('.quick-input-widget input[type=text]:focus').waitFor();
    await keys().press('Escape');
    await box.waitFor({ state: 'hidden' });
    await page().locator('.bar-input:focus').waitFor();
    await keys().press('Enter');
    expect(await focused()).toBe(0x3c);
  });

  it('finds bytes with a wildcard, steps through the matches and counts them', async () => {
    await cell(0).click();
    await keys().press('Control+f');
    await keys().type('05 ?? ?? 01');
    await page().getByText('1 of 2').waitFor();
    expect(await cell(0x50).getAttribute('class')).toContain('match-current');
    await keys().press('F3');
    await page().getByText('2 of 2').waitFor();
    expect(await cell(0x50).getAttribute('class')).not.toContain('match-current');
    await keys().press('Shift+F3');
    await page().getByText('1 of 2').waitFor();
    await keys().press('Escape');
    expect(await focused()).toBe(0x50);
    expect(await page().locator('.match').count()).toBe(0);
  });

  it('selects with Shift and says how much; Ctrl+C copies it', async () => {
    await cell(0x40).click();
    for (let i = 0; i < 3; i++) await keys().press('Shift+ArrowRight');
    expect(await selectedText().innerText()).toBe('4 bytes selected, 040 to 043');
    await keys().press('Control+c');
    await said('Copied 4 bytes as hex bytes.');
    expect(await clipboard()).toMatch(/^01 50 [0-9a-f]{2} [0-9a-f]{2}$/);
    await keys().press('Escape');
    expect(await selectedText().innerText()).toBe('');
  });

  it('selects by dragging', async () => {
    const [from, to] = [await cell(0x40).boundingBox(), await cell(0x5f).boundingBox()];
    if (!from || !to) throw new Error('the cells are not in sight');
    const { mouse } = workbench().page;
    await mouse.move(from.x + 5, from.y + 5);
    await mouse.down();
    await mouse.move(to.x - 40, to.y + 5);
    await mouse.move(to.x + 5, to.y + 5);
    await mouse.up();
    expect(await selectedText().innerText()).toBe('32 bytes selected, 040 to 05f');
  });

  it('copies in another form from VS Code’s own menu, for the whole selection', async () => {
    await cell(0).click();
    await cell(3).click({ modifiers: ['Shift'] });
    await cell(2).click({ button: 'right' });
    await workbench().page.getByRole('menuitem', { name: 'Copy As' }).hover();
    await workbench().chooseInMenu('Copy as setpci Command');
    await said('Copied 4 bytes as a setpci command.');
    expect(await clipboard()).toBe('setpci -s 0000:00:00.0 00.b=86,80,c9,10');
  });

  it('copies in another form from the toolbar, by keyboard', async () => {
    await choose('2');
    await cell(0).click();
    await keys().press('Shift+ArrowRight');
    await page().getByRole('button', { name: 'Copy as' }).press('ArrowDown');
    await keys().press('ArrowDown');
    await keys().press('ArrowDown');
    await keys().press('Enter');
    await said('Copied 4 bytes as a C array.');
    expect(await clipboard()).toBe('static const u16 config_00[2] = {\n\t0x8086, 0x10c9,\n};\n');
    await choose('1');
  });

  it('asks before a paste, writes it through the guest and says what came of it', async () => {
    await putOnClipboard('0c: 10 40');
    await cell(LATENCY_TIMER - 1).click();
    await keys().press('Control+v');
    await page().getByText('2 bytes at 00c as 2 writes of 1 byte (conf_write by the guest)').waitFor();
    await keys().press('Escape');
    await said('Paste given up. Nothing was written.');
    await keys().press('Control+v');
    await page().getByText('Enter writes, Escape gives up').waitFor();
    await keys().press('Enter');
    // The latency timer is a field of the driver without a write.
    await said('2 writes: 2 XEN_PCI_ERR_success. 1 of 2 bytes read now as pasted.');
    expect(await cell(LATENCY_TIMER - 1).innerText()).toBe('10');
  });

  it('marks what the paste changed, weaker with the next operation, until it is told to forget', async () => {
    expect(await cell(LATENCY_TIMER - 1).getAttribute('data-age')).toBe('1');
    await cell(COMMAND).click();
    await keys().type('07');
    await keys().press('Enter');
    await page()
      .locator(`.cell[data-offset="${LATENCY_TIMER - 1}"][data-age="2"]`)
      .waitFor();
    expect(await cell(LATENCY_TIMER - 1).getAttribute('aria-label')).toContain('changed 2 operations ago');
    await workbench().palette('PCI: Clear Marks of Changed Bytes');
    await said('Marks of changed bytes cleared.');
    expect(await page().locator('.cell[data-age]').count()).toBe(0);
  });

  it('undoes and does again', async () => {
    await cell(COMMAND).click();
    expect(await cell(COMMAND).innerText()).toBe('07');
    await keys().press('Control+z');
    await page().locator(`.cell[data-offset="${COMMAND}"]:not(:text-is("07"))`).waitFor();
    await keys().press('Control+y');
    await page().locator(`.cell[data-offset="${COMMAND}"]:text-is("07")`).waitFor();
    expect(await focused()).toBe(COMMAND);
  });

  it('shows only the rows that differ, and movement skips the rest', async () => {
    await choose('Differences');
    const differing = await page().locator('.row.has-difference:not(.heads)').count();
    expect(differing).toBeGreaterThan(0);
    expect(await page().locator('.space .row:visible').count()).toBe(differing);
    expect(await page().locator('.gap').count()).toBeGreaterThan(0);
    await workbench().screenshot(shot('differences'));
    await choose('Guest');
  });

  it('has a toolbar that is one stop for Tab, and goes along it with the arrows', async () => {
    await page().getByRole('radio', { name: 'Guest', exact: true }).focus();
    await keys().press('ArrowRight');
    await keys().press('ArrowRight');
    await keys().press('Space');
    expect(await page().getByRole('radio', { name: 'Both' }).getAttribute('aria-checked')).toBe('true');
    await keys().press('Tab');
    expect(await page().locator('.cell:focus').count()).toBe(1);
    await keys().press('Shift+Tab');
    expect(await page().locator(':focus').innerText()).toBe('Both');
    await choose('Guest');
  });

  it('shows groups big-endian and takes what is typed so, but sends the little-endian value', async () => {
    await choose('2');
    expect(await cell(0).innerText()).toBe('8086');
    await page().getByRole('radio', { name: /^BE/ }).click();
    expect(await cell(0).innerText()).toBe('8680');
    await page().getByText('typed big-endian, sent little-endian').waitFor();
    await cell(COMMAND).click();
    await keys().type('0601');
    await keys().press('Enter');
    await said('conf_write 0000:00:00.0 offset 0x04 size 2 value 0x0106');
    await page().getByRole('radio', { name: /^LE/ }).click();
    await choose('1');
  });

  it.each(Object.keys(THEMES) as Theme[])(
    'has no accessibility problem with everything open in %s',
    async (theme) => {
      await workbench().setTheme(theme);
      await workbench().inspectorPainted();
      const access = page().getByRole('button', { name: 'Access', exact: true });
      if ((await access.isEnabled()) && (await access.getAttribute('aria-pressed')) !== 'true')
        await access.click();
      await choose('Both');
      await cell(0x40).click();
      await cell(0x53).click({ modifiers: ['Shift'] });
      await keys().press('Control+g');
      await keys().type('exp');
      await workbench().screenshot(shot(`grid-go-to-${theme}`));
      expect(await accessibilityProblems(workbench())).toEqual([]);
      await keys().press('Control+f');
      await keys().type('00');
      await workbench().screenshot(shot(`grid-find-${theme}`));
      expect(await accessibilityProblems(workbench(), 'header')).toEqual([]);
      await keys().press('Escape');
      await keys().press('?');
      await workbench().screenshot(shot(`grid-keys-${theme}`));
      expect(await accessibilityProblems(workbench(), 'dialog')).toEqual([]);
      await keys().press('Escape');
    },
  );
});
