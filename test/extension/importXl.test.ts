import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf } from '../../src/backend/spec/bdf';
import type { GuestState } from '../../src/backend/view';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { fileWith, sampleSession } from './api';

const NIC = '0000:02:00.0';

describe('import of an xl guest configuration', () => {
  let current: Session;
  const guest = (name: string): GuestState => {
    const found = current.machine.guests().find((g) => g.name === name);
    assert.ok(found, `guest ${name}`);
    return found;
  };
  const hosts = (name: string): string[] => guest(name).devices.map(({ host }) => formatBdf(host));
  const importFile = async (name: string, text: string): Promise<vscode.Uri> => {
    const uri = await fileWith(name, text);
    await vscode.commands.executeCommand(Command.importXl, uri);
    return uri;
  };
  const problems = (uri: vscode.Uri): string[] =>
    vscode.languages
      .getDiagnostics(uri)
      .map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
  beforeEach(async () => {
    current = await sampleSession();
  });
  afterEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  after(sampleSession);

  it('creates the guest and assigns its devices, with permissive where it says so', async () => {
    const uri = await importFile('du.cfg', `name = "du"\npci = [ '02:00.0,seize=1,permissive=1' ]\n`);
    assert.deepEqual(hosts('du'), [NIC]);
    assert.equal(current.machine.functions().find((f) => formatBdf(f.bdf) === NIC)?.permissive, true);
    assert.deepEqual(problems(uri), []);
  });

  it('writes options and the wished slot into xenstore, and says that pciback does not follow it', async () => {
    const uri = await importFile(
      'options.cfg',
      `name = 'options'\npci = [ '02:00.0@10,seize=1,msitranslate=1,rdm_policy=relaxed' ]\n`,
    );
    const keys = Object.fromEntries(current.machine.xenstore());
    const directory = `/local/domain/0/backend/pci/${guest('options').domid}/0`;
    assert.equal(keys[`${directory}/vdevfn-0`], '80');
    assert.equal(keys[`${directory}/opts-0`], 'msitranslate=1,power_mgmt=0,permissive=0,rdm_policy=relaxed');
    assert.deepEqual(problems(uri), [
      '2:10 pciback chooses the virtual slot; the one given stands in xenstore (vdevfn) and is for HVM guests.',
    ]);
  });

  it('takes every function of the device for *', async () => {
    const device = current.machine
      .functions()
      .filter(({ bdf }) => bdf.bus === 2 && bdf.device === 0)
      .map(({ bdf }) => formatBdf(bdf));
    await importFile('all.cfg', `pci_seize = 1\npci = [ '02:00.*' ]\n`);
    assert.deepEqual(hosts('all').sort(), device);
  });

  it('lists what is not in the machine, unknown options, and what xl would have needed, at their place', async () => {
    const uri = await importFile(
      'faulty.cfg',
      `name = 'faulty'\npci = [ '7f:00.0,seize=1',\n        '02:00.0,speed=11' ]\n`,
    );
    assert.deepEqual(hosts('faulty'), [NIC]);
    assert.deepEqual(problems(uri).sort(), [
      `2:10 0000:7f:00.0 is not in ${current.machine.name}.`,
      `3:10 0000:02:00.0 was not bound to pciback: xl needs seize=1 or xl pci-assignable-add first.`,
      `3:18 unknown option 'speed'`,
    ]);
  });

  it('gives devices to the guest of that name where there is one', async () => {
    await importFile('guest1.cfg', `name = 'guest1'\npci = [ '02:00.0,seize=1' ]\n`);
    assert.equal(current.machine.guests().length, 1);
    assert.deepEqual(hosts('guest1'), [NIC]);
  });

  it('of something else changes nothing', async () => {
    const { revision } = current.machine;
    await importFile('prose.cfg', 'this is no configuration\n');
    assert.equal(current.machine.revision, revision);
  });
});
