import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../src/backend/spec/bdf';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { FunctionDecorations } from '../../src/extension/views/decorations';
import { functionUri } from '../../src/extension/functionUri';
import { GuestsTree } from '../../src/extension/views/guestsTree';
import type { MachineNode } from '../../src/extension/views/machineNodes';
import { MachineTree } from '../../src/extension/views/machineTree';
import { fileWith, networkDump, nextEvent, sampleSession } from './api';

/** Every row of the tree, parents before children. */
const allRows = (tree: MachineTree, row?: MachineNode): MachineNode[] =>
  tree.getChildren(row).flatMap((child) => [child, ...allRows(tree, child)]);

const labelOf = (tree: MachineTree, row: MachineNode): string => String(tree.getTreeItem(row).label);

describe('Machine view', () => {
  let current: Session;
  let tree: MachineTree;
  beforeEach(async () => {
    current = await sampleSession();
    tree = new MachineTree(current);
  });
  afterEach(() => tree.dispose());
  after(sampleSession);

  it('shows every function once, below its bus, and its capabilities beneath', () => {
    const rows = allRows(tree);
    const shown = rows.filter((row) => row.kind === 'function').map((row) => formatBdf(row.bdf));
    assert.deepEqual(
      [...shown].sort(),
      current.machine.functions().map((f) => formatBdf(f.bdf)),
    );
    const labels = rows.filter((row) => row.kind === 'capability').map((row) => labelOf(tree, row));
    assert.ok(
      labels.some((label) => /^\[[0-9a-f]{2}\] MSI/.test(label)),
      'a capability',
    );
    assert.ok(
      labels.some((label) => /^\[[0-9a-f]{3} v\d+\] AER/.test(label)),
      'an extended capability',
    );
  });

  it('rows have ids of their own, spoken labels, and parents that list them', () => {
    const rows = allRows(tree);
    const ids = rows.map((row) => tree.getTreeItem(row).id);
    assert.equal(new Set(ids).size, rows.length);
    for (const row of rows) {
      assert.ok(tree.getTreeItem(row).accessibilityInformation?.label);
      const siblings = tree.getChildren(tree.getParent(row)).map(({ id }) => id);
      assert.ok(siblings.includes(row.id), row.id);
    }
  });

  it('labels functions as lspci prints them and names the owner', async () => {
    await vscode.commands.executeCommand(
      Command.openDump,
      await fileWith('nic.txt', networkDump('00:03.0') + networkDump('00:04.0')),
    );
    const row = tree.getChildren(tree.getChildren()[0])[0];
    assert.ok(row);
    assert.equal(
      labelOf(tree, row),
      '00:03.0 Ethernet controller: Intel Corporation 82540EM Gigabit Ethernet Controller (rev 03)',
    );
    assert.equal(tree.getTreeItem(row).contextValue, 'function.free');
    await vscode.commands.executeCommand(Command.assign, '00:03.0');
    const item = tree.getTreeItem(row);
    assert.equal(item.contextValue, 'function.assigned');
    assert.equal(item.description, 'pciback · guest 1 00:00.0');
    const tooltip = tree.resolveTreeItem(tree.getTreeItem(row), row).tooltip;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /8086:100e/);
  });

  it('a change touches the rows of its functions only, and keeps their identity', async () => {
    const [first] = current.machine.functions();
    assert.ok(first);
    allRows(tree);
    const row = tree.functionRow(first.bdf);
    const changed = await nextEvent(tree.onDidChangeTreeData, () =>
      vscode.commands.executeCommand(Command.seize, formatBdf(first.bdf)),
    );
    assert.ok(row && (changed === undefined || (Array.isArray(changed) && changed.includes(row))));
  });

  it('a register that is written touches no row, in either view, nor a badge', async () => {
    const [first] = current.machine.functions();
    assert.ok(first);
    allRows(tree);
    const guests = new GuestsTree(current);
    const decorations = new FunctionDecorations(current);
    const told: string[] = [];
    tree.onDidChangeTreeData(() => told.push('machine'));
    guests.onDidChangeTreeData(() => told.push('guests'));
    decorations.onDidChangeFileDecorations(() => told.push('badges'));
    const CACHE_LINE_SIZE = 0x0c;
    const changed = await nextEvent(current.onDidChange, () =>
      current.machine.hardwareWrite(first.bdf, CACHE_LINE_SIZE, 1, 0x10),
    );
    assert.equal(changed.action, 'hardwareWrite');
    assert.deepEqual(told, []);
    await vscode.commands.executeCommand(Command.seize, formatBdf(first.bdf));
    assert.deepEqual(told, ['machine', 'guests', 'badges']);
    guests.dispose();
    decorations.dispose();
  });

  it('says nothing after it was disposed of', async () => {
    let heard = 0;
    tree.onDidChangeTreeData(() => heard++);
    tree.dispose();
    await vscode.commands.executeCommand(Command.openSample);
    assert.equal(heard, 0);
  });

  it('shows domains only where there are several', async () => {
    assert.equal(
      allRows(tree).some((row) => row.kind === 'domain'),
      false,
    );
    await vscode.commands.executeCommand(
      Command.openDump,
      await fileWith('domains.txt', networkDump('0000:00:03.0') + networkDump('10000:00:03.0')),
    );
    const roots = tree.getChildren();
    assert.deepEqual(
      roots.map((row) => row.kind),
      ['domain', 'domain'],
    );
    const labels = allRows(tree)
      .filter((row) => row.kind === 'function')
      .map((row) => labelOf(tree, row).split(' ')[0]);
    assert.deepEqual(labels, ['0000:00:03.0', '10000:00:03.0']);
  });
});

describe('Guests view and badges', () => {
  let current: Session;
  let host: Bdf;
  beforeEach(async () => {
    current = await sampleSession();
    await vscode.commands.executeCommand(Command.openDump, await fileWith('nic.txt', networkDump('00:03.0')));
    const [first] = current.machine.functions();
    assert.ok(first);
    host = first.bdf;
  });
  after(sampleSession);

  it('lists the guest and the functions in its slots', async () => {
    const tree = new GuestsTree(current);
    const [guest] = tree.getChildren();
    assert.ok(guest);
    assert.match(String(tree.getTreeItem(guest).description), /domid 1 · PV · vpci/);
    assert.deepEqual(tree.getChildren(guest), []);
    await vscode.commands.executeCommand(Command.assign, formatBdf(host));
    const [slot] = tree.getChildren(guest);
    assert.ok(slot);
    assert.equal(tree.getTreeItem(slot).label, '00:00.0');
    assert.match(String(tree.getTreeItem(slot).description), /^00:03\.0 Ethernet controller/);
    assert.deepEqual(tree.getParent(slot), guest);
    tree.dispose();
  });

  it('badges tell seized and assigned functions from free ones', async () => {
    const decorations = new FunctionDecorations(current);
    const badge = (): string | undefined => decorations.provideFileDecoration(functionUri(host))?.badge;
    assert.equal(badge(), undefined);
    await vscode.commands.executeCommand(Command.seize, formatBdf(host));
    assert.equal(badge(), 'P');
    await vscode.commands.executeCommand(Command.assign, formatBdf(host));
    assert.equal(badge(), 'G');
    await vscode.commands.executeCommand(Command.setPermissive, formatBdf(host));
    assert.equal(badge(), 'G!');
    decorations.dispose();
  });
});
