// From a file to the Machine view, as a person does it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { shot, useWorkbench } from './workbench';

const workbench = useWorkbench();

/** 64 bytes of one Ethernet function at an address that the sample machine does not have. */
const DUMP = `7f:1e.3 Ethernet controller: made for this test
00: 86 80 10 15 07 04 10 00 01 00 00 02 10 00 80 00
10: 0c 00 00 fe 00 00 00 00 00 00 00 00 00 00 00 00
20: 00 00 00 00 00 00 00 00 00 00 00 00 86 80 01 00
30: 00 00 00 00 40 00 00 00 00 00 00 00 0b 01 00 00
`;

const inWorkspace = (name: string): string => path.join(workbench().workspace, name);

async function openThroughPalette(file: string): Promise<void> {
  await workbench().palette('PCI: Open lspci Dump...');
  await workbench().answerFileDialog(file);
}

describe('opening a dump', () => {
  it('the sample machine and one guest are there at once', async () => {
    await workbench().showViews();
    await workbench()
      .rows('machine', /^02:00\.0 Ethernet controller: Intel/)
      .first()
      .waitFor();
    await workbench().rows('guests', 'guest1').waitFor();
  });

  it('through the palette replaces the machine', async () => {
    const file = inWorkspace('made.lspci.txt');
    writeFileSync(file, DUMP);
    await openThroughPalette(file);
    await workbench()
      .rows('machine', /^7f:1e\.3 Ethernet controller: Intel/)
      .waitFor();
    expect(
      await workbench()
        .rows('machine', /^02:00\.0/)
        .count(),
    ).toBe(0);
  });

  it('that holds nothing readable says so and leaves the machine', async () => {
    const file = inWorkspace('prose.txt');
    writeFileSync(file, 'This file has no device in it.\n');
    await openThroughPalette(file);
    await workbench().toast('prose.txt').waitFor();
    await workbench().screenshot(shot('unreadable'));
    await workbench().showViews();
    await workbench()
      .rows('machine', /^7f:1e\.3/)
      .waitFor();
    await workbench().palette('Notifications: Clear All Notifications');
  });

  it('with damaged rows loads the good functions and lists the rows in Problems', async () => {
    await openThroughPalette(inWorkspace('damaged.lspci.txt'));
    await workbench()
      .rows('machine', /^00:1f\.2 SATA controller/)
      .waitFor();
    await workbench().palette('Problems: Focus on Problems View');
    const problems = workbench().page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'damaged.lspci.txt' }).first().waitFor();
    await problems
      .filter({ hasText: /confspace.*\[Ln \d+, Col \d+\]/ })
      .first()
      .waitFor();
    await workbench().screenshot(shot('problems'));
  });

  it('from the Explorer goes by the context menu of the file', async () => {
    const { page } = workbench();
    await page
      .getByRole('tab', { name: /^Explorer/ })
      .first()
      .click();
    await workbench().contextMenu(
      page.getByRole('treeitem', { name: 'made.lspci.txt' }),
      'Open lspci Dump...',
    );
    await workbench()
      .rows('machine', /^7f:1e\.3 Ethernet controller/)
      .waitFor();
  });
});
