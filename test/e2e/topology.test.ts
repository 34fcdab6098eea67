// The bus topology as a person uses it: from the Machine view, by mouse and by keyboard, live, after a reload.
import { describe, expect, it } from 'vitest';
import { accessibilityProblems, shot, THEMES, useWorkbench, type Theme } from './workbench';

const workbench = useWorkbench();

const NIC = '02:00.0';
const DRAWN_NIC = 'function/0000:02:00.0';

const page = () => workbench().inspector();
const drawn = (key: string) => page().locator(`[data-key="${key}"]`);
const named = (name: RegExp) => page().getByRole('treeitem', { name });
const focusedKey = () => page().locator('[data-key]:has(> :focus)').getAttribute('data-key');
const press = (key: string) => workbench().page.keyboard.press(key);
const topologyTab = () => workbench().page.getByRole('tab', { name: /^PCI Bus Topology/ });

describe('the bus topology', () => {
  it('opens from the title of the Machine view and has every function under its bus', async () => {
    await workbench().showViews();
    await workbench().view('machine').hover();
    await workbench().view('machine').getByRole('button', { name: 'Show Bus Topology' }).click();
    await workbench().inspectorPainted();
    await named(/^Bus 02, \d function/).waitFor();
    expect(await drawn(DRAWN_NIC).locator('[role=treeitem]').getAttribute('aria-level')).toBe('4');
    const bridge = named(/^00:03\.1 PCI bridge/);
    expect(await bridge.getAttribute('aria-label')).toMatch(
      /leads to bus 02, I\/O [0-9a-f-]+, size 4K, memory [0-9a-f-]+, size 2M, prefetchable memory [0-9a-f-]+, size 2M$/,
    );
  });

  it('has the Machine view’s menu on a function, and marks at once what a guest got', async () => {
    await workbench().contextMenu(drawn(DRAWN_NIC), 'Assign Device to Guest...');
    await named(/^02:00\.0 .*assigned to guest1 as 0000:00:00\.0/).waitFor();
    await workbench().rows('guests', NIC).waitFor();
    expect(await drawn(DRAWN_NIC).getAttribute('class')).toContain('assigned');
    expect(await drawn(DRAWN_NIC).locator('.plate-text').textContent()).toBe('guest1 00:00.0');
  });

  it('is walked by arrows along its branches, and Enter opens the inspector', async () => {
    await drawn('bus/0000:02').click();
    await press('ArrowLeft');
    expect(await focusedKey()).toBe('function/0000:00:03.1');
    await press('ArrowUp');
    expect(await focusedKey()).toBe('function/0000:01:00.2');
    await press('Home');
    expect(await focusedKey()).toBe('bus/0000:00');
    await press('End');
    expect(await focusedKey()).toBe('function/0000:00:1f.3');
    await drawn('bus/0000:02').click();
    await press('ArrowRight');
    expect(await focusedKey()).toBe(DRAWN_NIC);
    await press('Enter');
    await workbench()
      .page.getByRole('tab', { name: /^02:00\.0 guest1/ })
      .waitFor();
    await page().getByRole('heading', { level: 1, name: /82576/ }).waitFor();
  });

  it('a click opens the inspector', async () => {
    await topologyTab().click();
    await drawn('function/0000:03:00.0').click();
    await page()
      .getByRole('heading', { level: 1, name: /82574L/ })
      .waitFor();
  });

  it('comes back after the window is reloaded, with the active node', async () => {
    await topologyTab().click();
    await drawn('bus/0000:05').click();
    await workbench().reload();
    await named(/^Bus 05/).waitFor();
    expect(await drawn('bus/0000:05').locator('[role=treeitem]').getAttribute('tabindex')).toBe('0');
    await named(/^02:00\.0 .*assigned to guest1/).waitFor();
  });

  it.each(Object.keys(THEMES) as Theme[])('has no accessibility problem in %s', async (theme) => {
    await workbench().setTheme(theme);
    await workbench().inspectorPainted();
    await workbench().screenshot(shot(`topology-${theme}`));
    expect(await accessibilityProblems(workbench())).toEqual([]);
  });

  it('follows when another machine is opened', async () => {
    const { page: window } = workbench();
    const dataTransfer = await window.evaluateHandle(() => {
      const transfer = new DataTransfer();
      const dump = '7f:1e.3 Ethernet controller\n00: 86 80 10 15 07 04 10 00 01 00 00 02 10 00 80 00\n';
      transfer.items.add(new File([dump], 'other-machine.txt', { type: 'text/plain' }));
      return transfer;
    });
    const row = workbench()
      .rows('machine', /^02:00\.0/)
      .first();
    for (const type of ['dragenter', 'dragover', 'drop']) await row.dispatchEvent(type, { dataTransfer });
    await named(/^7f:1e\.3/).waitFor();
    await page().getByText('1 bus · 1 function · 0 assigned').waitFor();
    expect(await page().getByRole('treeitem').count()).toBe(2);
  });
});
