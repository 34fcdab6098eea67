import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf } from '../../src/backend/spec/bdf';
import { Actions } from '../../src/extension/commands/actions';
import { parseCount } from '../../src/extension/commands/virtualFunctions';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import type { MachineNode } from '../../src/extension/views/machineNodes';
import { MachineTree } from '../../src/extension/views/machineTree';
import { bdf, nextEvent, sampleSession } from './api';

/** The sample's NVMe drive and 82576, with two VFs each, and a VF of the latter. */
const NVME = bdf('0000:01:00.0');
const IGB = bdf('0000:02:00.0');
const VF = bdf('0000:02:10.0');

describe('virtual functions', () => {
  const log = vscode.window.createOutputChannel('Confspace virtual functions', { log: true });
  let current: Session;
  let tree: MachineTree;
  const rows = (row?: MachineNode): MachineNode[] =>
    tree.getChildren(row).flatMap((child) => [child, ...rows(child)]);
  const onBus = (bus: number): string[] =>
    rows()
      .filter((row) => row.kind === 'function' && row.bdf.bus === bus)
      .map((row) => (row.kind === 'function' ? formatBdf(row.bdf) : ''));
  const create = (pf: string, count: number): Thenable<unknown> =>
    vscode.commands.executeCommand(Command.createVirtualFunctions, pf, count);

  beforeEach(async () => {
    current = await sampleSession();
    tree = new MachineTree(current);
  });
  afterEach(async () => {
    tree.dispose();
    await vscode.commands.executeCommand('notifications.clearAll');
  });
  after(async () => {
    log.dispose();
    await sampleSession();
  });

  it('come and go in the Machine view', async () => {
    assert.equal(await nextEvent(tree.onDidChangeTreeData, () => create('01:00.0', 0)), undefined);
    assert.deepEqual(onBus(1), ['0000:01:00.0']);
    await create('01:00.0', 4);
    assert.deepEqual(
      onBus(1),
      [0, 1, 2, 3, 4].map((f) => `0000:01:00.${f}`),
    );
    const fourth = tree.functionRow(bdf('0000:01:00.4'));
    assert.ok(fourth);
    assert.match(String(tree.getTreeItem(fourth).label), /^01:00\.4 Non-Volatile memory controller: Red Hat/);
    assert.ok(tree.getChildren(fourth).some(({ kind }) => kind === 'capability'));
  });

  it('are offered on physical functions, whose tooltip counts them', () => {
    const [pf, vf] = [tree.functionRow(IGB), tree.functionRow(VF)];
    assert.ok(pf && vf);
    assert.equal(tree.getTreeItem(pf).contextValue, 'function.free.sriov');
    assert.equal(tree.getTreeItem(vf).contextValue, 'function.free');
    const { tooltip } = tree.resolveTreeItem(tree.getTreeItem(pf), pf);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value.replaceAll('&nbsp;', ' '), /Virtual functions \| 2 of 7/);
  });

  it('are told of in the kernel’s terms', () => {
    const actions = new Actions(current, log);
    const said = (pf: typeof IGB, count: number): string => actions.createVirtualFunctions(pf, count).text;
    assert.equal(said(IGB, 4), '02:00.0: 2 VFs already enabled. Disable before enabling 4 VFs: error -EBUSY');
    assert.equal(
      said(IGB, 8),
      '02:00.0: write(2) of "8" to sriov_numvfs, where sriov_totalvfs is 7: error -ERANGE',
    );
    assert.equal(said(NVME, 0), '01:00.0 lost its 2 VFs');
    assert.equal(said(NVME, 3), '01:00.0 has 3 VFs: 0000:01:00.1 to 0000:01:00.3');
    actions.seize(IGB);
    assert.match(said(IGB, 1), /^02:00\.0: driver does not support SR-IOV .*: error -ENOENT$/);
  });

  it('are counted as the kernel reads a number', () => {
    const numbers = { '4': 4, '+4': 4, ' 4 ': 4, '0x1F': 31, '010': 8, '0': 0, '00': 0 };
    for (const [text, count] of Object.entries(numbers)) assert.equal(parseCount(text), count, text);
    for (const text of ['', '-1', '08', '0x', '1f', '4.0', '4 4', 'all'])
      assert.equal(parseCount(text), undefined, text);
  });

  it('that go with their PF’s driver are missed in words, not with an exception', async () => {
    await vscode.commands.executeCommand(Command.assign, '02:00.0', ['02:00.0', '02:10.0']);
    assert.deepEqual(
      current.machine.guests()[0]?.devices.map(({ host }) => formatBdf(host)),
      ['0000:02:00.0'],
    );
    const { ok, text } = new Actions(current, log).assign(1, VF);
    assert.equal(ok, false);
    assert.equal(text, `02:10.0 is not in ${current.machine.name}.`);
  });
});
