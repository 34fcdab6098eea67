// What a person does with the mouse: giving a device to a guest, taking it back, opening a file from outside.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useWorkbench } from './workbench';

const workbench = useWorkbench();

const NIC = /^03:00\.0 Ethernet/;

const middle = async (row: Locator): Promise<{ x: number; y: number }> => {
  const box = await row.boundingBox();
  if (!box) throw new Error('the row is not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** Drags as a hand does: in small steps, letting go when VS Code shows that it would take the row. */
async function drag(from: Locator, to: Locator): Promise<void> {
  const { page } = workbench();
  const start = await middle(from);
  const end = await middle(to);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 8, start.y + 4, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 12 });
  const taken = to.and(page.locator('.drop-target'));
  for (let wiggle = 0; wiggle < 20 && !(await taken.isVisible()); wiggle++)
    await page.mouse.move(end.x + (wiggle % 2), end.y, { steps: 2 });
  await taken.waitFor({ timeout: 5000 });
  await page.mouse.up();
}

describe('dragging', () => {
  it('a function onto a guest assigns it, and back onto the machine detaches it', async () => {
    await workbench().showViews();
    const guest = workbench().rows('guests', 'guest1').first();
    await drag(workbench().rows('machine', NIC).first(), guest);
    const slot = workbench().rows('guests', '03:00.0').first();
    await slot.waitFor();
    // Its place is settled when the hint above it is gone.
    await workbench().view('guests').getByText('No function is assigned').waitFor({ state: 'hidden' });
    await drag(slot, workbench().rows('machine', 'Bus 01').first());
    await slot.waitFor({ state: 'detached' });
  });

  it('a file from outside onto the machine opens it', async () => {
    const dump = readFileSync(path.join(workbench().workspace, 'damaged.lspci.txt'), 'utf8');
    const dataTransfer = await workbench().page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'from-outside.txt', { type: 'text/plain' }));
      return transfer;
    }, dump);
    const row = workbench().rows('machine', NIC).first();
    for (const type of ['dragenter', 'dragover', 'drop']) await row.dispatchEvent(type, { dataTransfer });
    await workbench()
      .rows('machine', /^02:00\.0/)
      .first()
      .waitFor({ state: 'detached' });
    expect(await workbench().rows('machine', NIC).count()).toBe(1);
  });
});
