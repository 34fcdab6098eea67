import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Machine } from '../../src/backend/machine';
import { formatBdf } from '../../src/backend/spec/bdf';
import { MachineSession, type Origin } from '../../src/extension/session';
import { SessionStore } from '../../src/extension/sessionStore';
import { parseLspci } from '../../src/sources/lspci';
import { PciIds } from '../../src/sources/pciIds';
import { bdf, networkDump } from './api';

/** Workspace state as a window keeps it: what is stored comes back as plain data. */
class Memory implements vscode.Memento {
  private readonly kept = new Map<string, string>();
  keys(): readonly string[] {
    return [...this.kept.keys()];
  }
  get<T>(key: string, otherwise?: T): T | undefined {
    const text = this.kept.get(key);
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  }
  async update(key: string, value: unknown): Promise<void> {
    this.kept.set(key, JSON.stringify(value));
  }
}

const machineOf = (text: string): Machine => {
  const result = parseLspci(text, 'kept.txt');
  assert.ok(result.ok);
  return new Machine(result.machine);
};
const ORIGIN: Origin = { kind: 'dump', uri: vscode.Uri.file('/kept.txt') };

describe('the session over a reload', () => {
  const log = vscode.window.createOutputChannel('Confspace test', { log: true });
  after(() => log.dispose());

  const keep = async (memory: Memory, machine: Machine): Promise<void> => {
    const store = new SessionStore(memory, log);
    const session = new MachineSession(machine, ORIGIN, new PciIds(''));
    store.follow(session);
    await store.save();
    store.dispose();
    session.dispose();
  };
  const owners = (machine: Machine): (string | undefined)[] =>
    machine.functions().map(({ assignedTo }) => assignedTo && formatBdf(assignedTo.guest));

  it('starts with the sample where nothing was kept', () => {
    assert.deepEqual(new SessionStore(new Memory(), log).savedOrigin(), { kind: 'sample' });
  });

  it('brings back where the machine came from and who has which function', async () => {
    const memory = new Memory();
    const before = machineOf(networkDump('00:03.0') + networkDump('00:04.0'));
    assert.ok(before.assign(1, bdf('00:04.0')).ok);
    await keep(memory, before);
    const store = new SessionStore(memory, log);
    const origin = store.savedOrigin();
    assert.ok(origin.kind === 'dump' && origin.uri.path === '/kept.txt');
    const again = machineOf(networkDump('00:03.0') + networkDump('00:04.0'));
    store.restore(again);
    assert.deepEqual(owners(again), owners(before));
  });

  it('brings back register writes on the same bytes, and not on others', async () => {
    const memory = new Memory();
    const interruptLine = 0x3c;
    const target = bdf('00:03.0');
    const dump = networkDump('00:03.0');
    const before = machineOf(dump);
    assert.ok(before.hardwareWrite(target, interruptLine, 1, 0x5a).ok);
    assert.equal(before.realImage(target).bytes[interruptLine], 0x5a);
    await keep(memory, before);
    const same = machineOf(dump);
    new SessionStore(memory, log).restore(same);
    assert.equal(same.realImage(target).bytes[interruptLine], 0x5a);
    const edited = machineOf(dump.replace('00: 86 80 0e 10', '00: 86 80 0f 10'));
    new SessionStore(memory, log).restore(edited);
    assert.equal(edited.realImage(target).bytes[interruptLine], 0);
  });
});
