import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command } from '../../src/extension/ids';
import { nextEvent, sampleSession } from './api';

const NIC = '0000:02:00.0';
const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

/** The document that a command shows. */
const shownBy = async (command: string): Promise<vscode.TextDocument> => {
  await run(command);
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document);
  return document;
};

/** Waits until the document's text is as wanted; `start` is what makes it so. */
const follows = async (
  document: vscode.TextDocument,
  wanted: (text: string) => boolean,
  start: () => unknown,
): Promise<void> => {
  const arrived = new vscode.EventEmitter<void>();
  const subscription = vscode.workspace.onDidChangeTextDocument((change) => {
    if (change.document === document && wanted(document.getText())) arrived.fire();
  });
  await nextEvent(arrived.event, start);
  subscription.dispose();
};

describe('documents of the machine', () => {
  beforeEach(sampleSession);
  after(async () => {
    await run('workbench.action.closeAllEditors');
    await sampleSession();
  });

  it('xenstore stands as xenstore-ls -f prints it and follows', async () => {
    const document = await shownBy(Command.showXenstore);
    assert.equal(document.uri.toString(), 'pci:/xenstore');
    await follows(
      document,
      (text) => text.includes(`/local/domain/0/backend/pci/1/0/dev-0 = "${NIC}"\n`),
      () => void run(Command.assign, NIC),
    );
    assert.match(document.getText(), /^\/local\/domain\/0\/backend\/pci\/1\/0\/num_devs = "1"$/m);
    const lines = document.getText().split('\n');
    assert.ok(lines.indexOf('/local/domain/0/backend/pci = ""') >= 0);
    assert.ok(
      lines.indexOf('/local/domain/0/backend/pci/1 = ""') <
        lines.indexOf('/local/domain/0/backend/pci/1/0 = ""'),
    );
    for (const line of lines.slice(0, -1)) assert.match(line, /^\/\S+ = ".*"$/);
  });

  it('sysfs shows each attribute with its path and exact text, and follows', async () => {
    const document = await shownBy(Command.showSysfs);
    assert.equal(document.uri.toString(), 'pci:/sys/bus/pci/drivers/pciback');
    await follows(
      document,
      (text) => text.includes(`/sys/bus/pci/drivers/pciback/slots\n${NIC}\n`),
      () => void run(Command.seize, NIC),
    );
    const text = document.getText();
    assert.match(text, /^cat: \/sys\/bus\/pci\/drivers\/pciback\/new_slot: Permission denied$/m);
    assert.match(text, /^\/sys\/module\/xen_pciback\/parameters\/permissive\nN$/m);
    await follows(
      document,
      (text) => text.includes('parameters/permissive\nY'),
      () => void run(Command.toggleModulePermissive),
    );
  });

  it('attributes that a kernel does not have are not shown', async () => {
    const document = await shownBy(Command.showSysfs);
    assert.match(document.getText(), /allow_interrupt_control/);
    await follows(
      document,
      (text) => !text.includes('allow_interrupt_control'),
      () => void run(Command.selectProfile, '5.4'),
    );
  });

  it('can be read through the file system, and nothing else', async () => {
    await run(Command.seize, NIC);
    const { fs } = vscode.workspace;
    const uri = vscode.Uri.parse('pci:/sys/bus/pci/drivers/pciback');
    assert.match(new TextDecoder().decode(await fs.readFile(uri)), /\/slots\n0000:02:00\.0\n/);
    assert.deepEqual(await fs.readDirectory(vscode.Uri.parse('pci:/sys/bus/pci/drivers')), [
      ['pciback', vscode.FileType.File],
    ]);
    assert.equal((await fs.stat(vscode.Uri.parse('pci:/sys/bus'))).type, vscode.FileType.Directory);
    assert.equal(fs.isWritableFileSystem(uri.scheme), false);
    await assert.rejects(async () => fs.writeFile(uri, new Uint8Array()));
    await assert.rejects(async () => fs.readFile(vscode.Uri.parse(`pci:/${NIC}`)));
  });

  it('cannot be edited', async () => {
    const document = await shownBy(Command.showXenstore);
    const before = document.getText();
    await run('type', { text: 'x' });
    assert.equal(document.getText(), before);
  });
});
