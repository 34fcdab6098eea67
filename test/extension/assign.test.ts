import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf } from '../../src/backend/spec/bdf';
import type { FunctionState } from '../../src/backend/view';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { fileWith, networkDump, sampleSession } from './api';

const ADDRESS = '0000:00:03.0';
const OTHER = '0000:00:04.0';

const state = ({ machine }: Session, address = ADDRESS): FunctionState => {
  const found = machine.functions().find((f) => formatBdf(f.bdf) === address);
  assert.ok(found, `${address} is in the machine`);
  return found;
};
const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

describe('commands on functions', () => {
  let current: Session;
  beforeEach(async () => {
    current = await sampleSession();
    await run(Command.openDump, await fileWith('nics.txt', networkDump('00:03.0') + networkDump('00:04.0')));
  });
  after(sampleSession);

  it('assign seizes the function and gives it a slot in the guest', async () => {
    await run(Command.assign, ADDRESS);
    assert.equal(state(current).driver, 'pciback');
    assert.equal(state(current).assignedTo?.domid, 1);
    assert.deepEqual(
      current.machine.guests()[0]?.devices.map(({ host }) => formatBdf(host)),
      [ADDRESS],
    );
  });

  it('assigning twice changes nothing the second time', async () => {
    await run(Command.assign, ADDRESS);
    const { revision } = current.machine;
    const slot = state(current).assignedTo?.guest;
    await run(Command.assign, ADDRESS);
    assert.equal(current.machine.revision, revision);
    assert.deepEqual(state(current).assignedTo?.guest, slot);
  });

  it('detach gives the function back to pciback, and twice is once', async () => {
    await run(Command.assign, ADDRESS);
    await run(Command.detach, ADDRESS);
    assert.equal(state(current).assignedTo, undefined);
    assert.equal(state(current).driver, 'pciback');
    const { revision } = current.machine;
    await run(Command.detach, ADDRESS);
    assert.equal(current.machine.revision, revision);
  });

  it('seize, permissive and release', async () => {
    await run(Command.seize, ADDRESS);
    assert.equal(state(current).driver, 'pciback');
    assert.equal(state(current).permissive, false);
    await run(Command.setPermissive, ADDRESS);
    assert.equal(state(current).permissive, true);
    await run(Command.release, ADDRESS);
    assert.notEqual(state(current).driver, 'pciback');
    assert.equal(state(current).permissive, false);
  });

  it('act on all selected rows', async () => {
    const rows = [ADDRESS, OTHER].map((address) => ({ bdf: state(current, address).bdf }));
    await run(Command.assign, rows[0], rows);
    assert.equal(current.machine.guests()[0]?.devices.length, 2);
    await run(Command.detach, rows[0], rows);
    assert.equal(current.machine.guests()[0]?.devices.length, 0);
  });

  it('do nothing on a function that is not there', async () => {
    const { revision } = current.machine;
    for (const command of [Command.assign, Command.detach, Command.seize, Command.release])
      await run(command, '0000:7f:1f.7');
    assert.equal(current.machine.revision, revision);
  });

  it('copy address puts the full address on the clipboard', async () => {
    await run(Command.copyAddress, ADDRESS);
    assert.equal(await vscode.env.clipboard.readText(), ADDRESS);
  });
});
