import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf } from '../../src/backend/spec/bdf';
import type { FunctionState } from '../../src/backend/view';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { GuestsTree } from '../../src/extension/views/guestsTree';
import { MachineTree } from '../../src/extension/views/machineTree';
import { sampleSession } from './api';

/** The sample's 82576: PM, MSI, MSI-X, Express with FLR, AER and an interrupt line. */
const NIC = '0000:02:00.0';
const COMMAND_REGISTER = 0x04;
const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

describe('commands on the driver', () => {
  let current: Session;
  const nic = (): FunctionState => {
    const found = current.machine.functions().find((f) => formatBdf(f.bdf) === NIC);
    assert.ok(found, `${NIC} is in the machine`);
    return found;
  };
  const shown = (attribute: string): string => String(current.machine.showSysfs(attribute));
  beforeEach(async () => {
    current = await sampleSession();
  });
  afterEach(() => run('notifications.clearAll'));
  after(sampleSession);

  it('allow interrupt control writes the attribute once', async () => {
    await run(Command.seize, NIC);
    await run(Command.allowInterruptControl, NIC);
    assert.equal(nic().allowInterruptControl, true);
    assert.equal(shown('allow_interrupt_control'), `${NIC}\n`);
    const { revision } = current.machine;
    await run(Command.allowInterruptControl, NIC);
    assert.equal(current.machine.revision, revision);
  });

  it('interrupt control is refused by a kernel that does not have it', async () => {
    await run(Command.selectProfile, '5.4');
    await run(Command.seize, NIC);
    await run(Command.allowInterruptControl, NIC);
    assert.equal(nic().allowInterruptControl, false);
  });

  it('add quirk opens a register that the guest could not write', async () => {
    await run(Command.assign, NIC);
    const before = shown('quirks');
    await run(Command.addQuirk, NIC, '48:4:ffffffff');
    assert.notEqual(shown('quirks'), before);
    assert.match(shown('quirks'), /\t\t00000048:4:ffffffff\n/);
  });

  it('a quirk that the driver refuses, or where a field starts already, adds nothing', async () => {
    await run(Command.assign, NIC);
    const before = shown('quirks');
    for (const quirk of ['1000:1:ff', '48:1:1ff', '48:3:ff', 'nonsense', '40:4:ffff'])
      await run(Command.addQuirk, NIC, quirk);
    assert.equal(shown('quirks'), before);
  });

  it('the IRQ handler state flips, as irq_handlers shows it', async () => {
    await run(Command.assign, NIC);
    const before = nic().irqHandler?.on;
    await run(Command.toggleIrqHandler, NIC);
    assert.equal(nic().irqHandler?.on, !before);
    assert.match(shown('irq_handlers'), new RegExp(`^${NIC}:${before ? 'off' : 'on'}:`, 'm'));
  });

  it('raising the line counts the interrupts that the handler took', async () => {
    await run(Command.assign, NIC);
    const domid = nic().assignedTo?.domid ?? 0;
    const guest = nic().assignedTo?.guest;
    assert.ok(guest);
    // Memory decoding on: the device may interrupt, so pciback puts its handler on the line.
    current.machine.confWrite(domid, guest, COMMAND_REGISTER, 2, 0x0002);
    assert.equal(nic().irqHandler?.on, true);
    const before = nic().irqHandler?.handled ?? 0;
    await run(Command.raiseLine, NIC, 3, true);
    assert.equal(nic().irqHandler?.handled, before + 3);
    await run(Command.raiseLine, NIC, 1000, false);
    assert.equal(nic().irqHandler?.acknowledging, false);
  });

  it('reset clears what a function reset clears, and restores what the kernel saved', async () => {
    await run(Command.seize, NIC);
    const { revision } = current.machine;
    await run(Command.reset, NIC);
    assert.equal(current.machine.journal().at(-1)?.action, 'reset');
    assert.equal(current.machine.revision, revision + 1);
  });

  it('an AER error goes to the guest with its answer or without one', async () => {
    await run(Command.assign, NIC);
    await run(Command.injectAer, NIC, 'error_detected', 2, 3);
    await run(Command.injectAer, NIC, 'slot_reset', 1);
    assert.deepEqual(
      current.machine
        .journal()
        .flatMap((entry) => (entry.action === 'aer' ? [[entry.event, entry.state, entry.answer]] : [])),
      [
        ['error_detected', 2, 3],
        ['slot_reset', 1, undefined],
      ],
    );
  });

  it('profile, topology and module-wide permissive change one thing each and keep what is seized', async () => {
    await run(Command.seize, NIC);
    await run(Command.selectProfile, '4.4');
    await run(Command.selectTopology, 'passthrough');
    await run(Command.toggleModulePermissive);
    assert.deepEqual(current.machine.driver(), {
      profile: '4.4',
      topology: 'passthrough',
      permissive: true,
    });
    assert.equal(nic().driver, 'pciback');
    await run(Command.toggleModulePermissive);
    assert.equal(current.machine.driver().permissive, false);
  });

  it('the driver is not loaded anew while a guest has a device', async () => {
    await run(Command.assign, NIC);
    const before = current.machine.driver();
    await run(Command.selectTopology, 'passthrough');
    assert.deepEqual(current.machine.driver(), before);
  });

  it('passthrough shows the guest the address of the host', async () => {
    await run(Command.selectTopology, 'passthrough');
    await run(Command.assign, NIC);
    assert.equal(formatBdf(nic().assignedTo?.guest ?? { domain: 0, bus: 0, device: 0, function: 0 }), NIC);
  });

  it('create and destroy guest: what the guest had goes back to the driver', async () => {
    await run(Command.createGuest, 'second');
    await run(Command.createGuest, 'second');
    const second = current.machine.guests().find(({ name }) => name === 'second');
    assert.equal(current.machine.guests().length, 2);
    assert.ok(second);
    await run(Command.assign, { domid: second.domid, bdf: nic().bdf });
    assert.equal(nic().assignedTo?.domid, second.domid);
    await run(Command.destroyGuest, { domid: second.domid });
    assert.equal(current.machine.guests().length, 1);
    assert.equal(nic().assignedTo, undefined);
    assert.equal(nic().driver, 'pciback');
  });

  it('write driver attribute does what the driver does with the text', async () => {
    await run(Command.writeAttribute, 'new_slot', '0000:03:00.0');
    assert.match(shown('slots'), /^0000:03:00\.0$/m);
    const before = shown('slots');
    await run(Command.writeAttribute, 'new_slot', 'zz');
    await run(Command.writeAttribute, 'slots', '0000:04:00.0');
    assert.equal(shown('slots'), before);
  });

  it('the views name what was made of a function', async () => {
    const tree = new MachineTree(current);
    const guests = new GuestsTree(current);
    await run(Command.assign, NIC);
    await run(Command.setPermissive, NIC);
    await run(Command.allowInterruptControl, NIC);
    const row = tree.functionRow(nic().bdf);
    assert.ok(row);
    const item = tree.getTreeItem(row);
    assert.match(String(item.description), /^pciback · guest 1 00:00\.0 · permissive · interrupt control/);
    assert.equal(item.contextValue, 'function.assigned.permissive.interruptControl.sriov');
    const tooltip = tree.resolveTreeItem(item, row).tooltip;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value.replaceAll('&nbsp;', ' '), /IRQ handler.*handled/);
    const [slot] = guests.getChildren(guests.getChildren()[0]);
    assert.ok(slot);
    assert.equal(guests.getTreeItem(slot).contextValue, 'guestDevice.permissive.interruptControl');
    tree.dispose();
    guests.dispose();
  });
});
