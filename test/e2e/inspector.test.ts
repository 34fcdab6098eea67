// A guest's write from the hex grid to the device and back, and what a reload and other eyes make of the page.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

const NIC = '02:00.0';
const COMMAND = 4;

const cell = (offset: number) => workbench().inspector().locator(`.cell[data-offset="${offset}"]`);
const outcome = () => workbench().inspector().getByRole('region', { name: 'Last operation' });

async function choose(name: string): Promise<void> {
  await workbench().inspector().getByRole('radio', { name, exact: true }).click();
}

/** Types a value over a cell and waits until the page tells what came of it. */
async function typeOver(offset: number, hex: string): Promise<string> {
  await cell(offset).click();
  await workbench().page.keyboard.type(hex);
  await workbench().page.keyboard.press('Enter');
  await workbench()
    .inspector()
    .locator('.outcome:not(.dry-run)', { hasText: `value 0x${hex}` })
    .waitFor();
  return (await outcome().innerText()).replace(/\s+/g, ' ');
}

describe('the inspector', () => {
  it('opens on a function of a dump that is selected and shows the hardware', async () => {
    await workbench().showViews();
    await workbench().palette('PCI: Open lspci Dump...');
    await workbench().answerFileDialog(path.join(workbench().workspace, 'q35-rich.lspci.txt'));
    await workbench().view('machine').getByText('q35-rich.lspci.txt').waitFor();
    await workbench()
      .rows('machine', new RegExp(`^${NIC}`))
      .first()
      .click();
    await workbench().inspectorPainted();
    expect(await workbench().inspector().getByRole('heading', { level: 1 }).innerText()).toContain('82576');
    await workbench().inspector().getByText('Edits write the hardware, past every driver').waitFor();
    expect(await cell(0).innerText()).toBe('86');
  });

  it('shows the guest after PCI: Assign Device to Guest...', async () => {
    await workbench().palette('PCI: Assign Device to Guest...');
    await workbench().pick(NIC);
    await workbench().rows('guests', NIC).waitFor();
    await workbench().inspector().getByText('Edits: conf_write by the guest').waitFor();
  });

  it('a write to COMMAND stays with the guest where pciback keeps it from the device', async () => {
    await choose('2');
    await choose('Guest');
    // INTx disable is the guest's own without interrupt control; SERR# and the decoders stay on in the device.
    const told = await typeOver(COMMAND, '0400');
    expect(told).toContain('conf_write 0000:00:00.0 offset 0x04 size 2 value 0x0400 → XEN_PCI_ERR_success');
    expect(told).toContain('No write reached the device.');
    expect(told).toContain('Now: guest 0x0400 hardware 0x0103');
    expect(await cell(COMMAND).innerText()).toBe('0400');
    expect(await cell(COMMAND).getAttribute('class')).toContain('differs');
    await workbench().screenshot(shot('command-guest'));
    await choose('Hardware');
    expect(await cell(COMMAND).innerText()).toBe('0103');
    await choose('Guest');
  });

  it('a write that pciback lets through tells which write reached the device', async () => {
    const told = await typeOver(COMMAND, '0007');
    expect(told).toContain('Reached the device: 0x04.w = 0x0107');
    expect(told).toContain('Now: guest 0x0007 hardware 0x0107');
  });

  it('says while a value is typed what the write would come to, and takes it back', async () => {
    const DEVICE_CONTROL = 0xa8;
    await cell(DEVICE_CONTROL).click();
    await workbench().page.keyboard.type('000f');
    const dry = workbench().inspector().locator('.outcome.dry-run');
    await dry.getByText('Nothing would come about (4 bits). The guest would be told success.').waitFor();
    await workbench().page.keyboard.press('Escape');
    await outcome().getByText('Edit of 0a8 given up. Nothing was written.').waitFor();
    expect(await dry.count()).toBe(0);
  });

  it('says why a write did nothing, and a remedy that is applied lets it through', async () => {
    const DEVICE_CONTROL = 0xa8;
    const told = await typeOver(DEVICE_CONTROL, '000f');
    expect(told).toContain('Nothing came about (4 bits). The guest was told success.');
    expect(told).toContain('pciback finds no field that this request touches');
    expect(told).toContain('conf_space.c: xen_pcibk_config_write');
    await outcome().getByRole('button', { name: 'What if… this write under every policy' }).waitFor();
    const quirk = outcome().locator('.remedy[data-kind="quirk"]');
    await quirk.getByText('echo 0000:02:00.0-a8:2:ffff > /sys/bus/pci/drivers/pciback/quirks').waitFor();
    await workbench().screenshot(shot('verdict-dropped'));
    await quirk.getByRole('button', { name: 'Apply here: quirks' }).click();
    await outcome().getByText('0000:02:00.0-a8:2:ffff written to quirks.').waitFor();
    expect(await typeOver(DEVICE_CONTROL, '000f')).toContain(
      'What the guest wanted to change (4 bits) came about.',
    );
    expect(await outcome().locator('.rule[data-code="field-quirk"]').count()).toBe(1);
  });

  it('shows registers in the words of lspci, in other radixes, and all of it on a card', async () => {
    const page = workbench().inspector();
    await cell(0xa8).click();
    const row = page.locator('.field-row.active');
    await row.getByText('MaxReadReq').waitFor();
    expect((await row.innerText()).replace(/\s+/g, ' ')).toContain(
      'MaxPayload 128 bytes, MaxReadReq 128 bytes',
    );
    await page.getByRole('radio', { name: 'Dec' }).click();
    expect(await row.locator('.value.guest').innerText()).toBe('15');
    await page.getByRole('radio', { name: 'Hex' }).click();
    await cell(COMMAND).hover();
    const card = page.getByRole('tooltip');
    await card.getByText('PCIe 6.0 7.5.1.1.3').waitFor();
    expect(await card.innerText()).toContain('0000_0000_0000_0111');
    await workbench().screenshot(shot('register-card'));
    await workbench().page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
  });

  it('comes back after the window is reloaded, with the assignment and the guest’s values', async () => {
    await workbench().reload();
    await workbench().inspectorPainted();
    await workbench().rows('guests', NIC).waitFor();
    expect(await workbench().inspector().getByRole('heading', { level: 1 }).innerText()).toContain('82576');
    await workbench().inspector().getByText('Edits: conf_write by the guest').waitFor();
    expect(await cell(COMMAND).innerText()).toMatch(/^(07|0007)$/);
  });

  it('an edit in hardware mode is marked and goes past pciback', async () => {
    await choose('2');
    await choose('Hardware');
    await workbench().inspector().getByText('Edits write the hardware, past pciback').waitFor();
    await typeOver(COMMAND, '0106');
    expect(await cell(COMMAND).innerText()).toBe('0106');
    await workbench().screenshot(shot('command-hardware'));
    await choose('Both');
  });

  it.each(Object.keys(THEMES) as Theme[])('has no accessibility problem in %s', async (theme) => {
    await workbench().setTheme(theme);
    await workbench().inspectorPainted();
    await workbench().screenshot(shot(`inspector-${theme}`));
    expect(await accessibilityProblems(workbench())).toEqual([]);
  });

  it('goes back to the hardware after PCI: Detach Device', async () => {
    await workbench().palette('PCI: Detach Device');
    await workbench().pick(NIC);
    await workbench().inspector().getByText('Not assigned to a guest: only the hardware is shown.').waitFor();
    await workbench().rows('guests', NIC).waitFor({ state: 'hidden' });
  });
});
