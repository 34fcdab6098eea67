import { describe, expect, it } from 'vitest';
import type { ActionResult, MachineChange } from '../../../src/backend/view';
import { JOURNAL_LIMIT } from '../../../src/backend/journal/entry';
import { at, CARD, functionOf, IGB, machineOf, NIC, sampleMachine, VF } from './machines';

const GUEST = 1;
const NOTHING = { writes: [], log: [], xenstore: [], notifications: 0, eoi: [] };

/** The message of a refused action. */
const refusal = (result: ActionResult): string => {
  if (result.ok) throw new Error('the action was not refused');
  return result.message;
};

describe('assigning and detaching', () => {
  it('seizes, connects and gives the first virtual slot', () => {
    const machine = sampleMachine();
    const result = machine.assign(GUEST, NIC);
    expect(result.ok).toBe(true);
    expect(machine.function(NIC)).toMatchObject({
      driver: 'pciback',
      assignedTo: { domid: GUEST, guest: at('0000:00:00.0') },
      enableCount: 0,
    });
    expect(machine.guests()[0]).toMatchObject({
      backendState: 'Connected',
      frontendState: 'Connected',
      devices: [{ host: NIC, guest: at('0000:00:00.0') }],
    });
    expect(result.observed.log.map((l) => l.text)).toContain(
      'pciback 0000:03:00.0: xen_pciback: seizing device',
    );
  });

  it('writes what the configuration says of the function into xenstore, and permissive into the driver', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, CARD);
    machine.assign(GUEST, NIC, {
      msitranslate: true,
      powerManagement: true,
      permissive: true,
      rdmPolicy: 'relaxed',
      vdevfn: 0x85,
    });
    const written = Object.fromEntries(machine.xenstore());
    const directory = '/local/domain/0/backend/pci/1/0';
    expect(written[`${directory}/opts-0`]).toBe('msitranslate=0,power_mgmt=0,permissive=0,rdm_policy=strict');
    expect(written[`${directory}/vdevfn-0`]).toBeUndefined();
    expect(written[`${directory}/opts-1`]).toBe(
      'msitranslate=1,power_mgmt=1,permissive=1,rdm_policy=relaxed',
    );
    expect(written[`${directory}/vdevfn-1`]).toBe('85');
    expect(machine.function(CARD)?.permissive).toBe(false);
    expect(machine.function(NIC)?.permissive).toBe(true);
    expect(machine.detach(GUEST, CARD).ok).toBe(true);
    expect(Object.fromEntries(machine.xenstore())[`${directory}/vdevfn-0`]).toBe('85');
  });

  it('adds and removes further functions while connected', () => {
    const machine = sampleMachine();
    for (const bdf of [NIC, CARD, IGB]) expect(machine.assign(GUEST, bdf).ok).toBe(true);
    expect(machine.detach(GUEST, CARD).ok).toBe(true);
    expect(machine.guests()[0]?.devices.map((d) => d.host)).toEqual([NIC, IGB]);
    expect(machine.guests()[0]?.backendState).toBe('Connected');
    expect(machine.assign(GUEST, CARD).ok).toBe(true);
    expect(machine.function(CARD)?.assignedTo?.guest).toEqual(at('0000:00:01.0'));
  });

  it('leaves a detached function with the driver, and removes the guest directories with the last', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, NIC);
    expect(machine.detach(GUEST, NIC).ok).toBe(true);
    expect(machine.function(NIC)).toMatchObject({ driver: 'pciback', assignedTo: undefined });
    expect(machine.guests()[0]).toMatchObject({ backendState: undefined, devices: [] });
    expect(machine.xenstore().filter(([path]) => path.includes('/pci/'))).toEqual([]);
  });

  it('tells why a function cannot be assigned or detached, and does nothing', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, NIC);
    const before = machine.revision;
    const again = machine.assign(GUEST, NIC);
    expect(refusal(again)).toBe('0000:03:00.0 is already assigned to guest1');
    expect(again.observed).toEqual(NOTHING);
    expect(refusal(machine.detach(GUEST, CARD))).toBe('0000:05:01.0 is not assigned to guest1');
    expect(machine.revision).toBe(before);
  });

  it('a function that cannot be seized goes back to its driver, with the error told', () => {
    const machine = machineOf({
      ...functionOf('0000:01:00.0', [[0x0e, 1, 2]]),
      driver: 'yenta_cardbus',
    });
    const result = machine.assign(GUEST, at('0000:01:00.0'));
    expect(refusal(result)).toBe('binding 0000:01:00.0 to pciback failed with -19');
    expect(machine.function(at('0000:01:00.0'))).toMatchObject({
      driver: 'yenta_cardbus',
      assignedTo: undefined,
    });
    expect(machine.showSysfs('slots')).toBe('');
  });

  it('a function that is not in the machine, or a guest that is not, is a programmer’s mistake', () => {
    const machine = sampleMachine();
    expect(() => machine.assign(GUEST, at('0000:77:00.0'))).toThrow();
    expect(() => machine.assign(9, NIC)).toThrow();
  });
});

describe('seizing and releasing', () => {
  it('takes the function from its driver, switched off, and gives it back enabled', () => {
    const machine = sampleMachine();
    expect(machine.function(IGB)).toMatchObject({ driver: 'igb', enableCount: 1 });
    expect(machine.seize(IGB).ok).toBe(true);
    expect(machine.function(IGB)).toMatchObject({
      driver: 'pciback',
      originalDriver: 'igb',
      enableCount: 0,
      busMaster: false,
      msixEnabled: false,
    });
    expect(machine.release(IGB).ok).toBe(true);
    expect(machine.function(IGB)).toMatchObject({ driver: 'igb', enableCount: 1, busMaster: true });
    expect(machine.showSysfs('slots')).toBe('');
  });

  it('tells why not', () => {
    const machine = sampleMachine();
    expect(refusal(machine.release(NIC))).toBe('0000:03:00.0 is not bound to pciback');
    machine.seize(NIC);
    expect(refusal(machine.seize(NIC))).toBe('0000:03:00.0 is already bound to pciback');
    machine.assign(GUEST, NIC);
    expect(refusal(machine.release(NIC))).toBe('0000:03:00.0 is in use by guest1; detach it first');
  });

  it('permissive needs a seized function, warns, and ends only with releasing', () => {
    const machine = sampleMachine();
    expect(refusal(machine.permissive(NIC))).toBe('0000:03:00.0 is not bound to pciback');
    machine.seize(NIC);
    expect(machine.permissive(NIC).observed.log).toHaveLength(2);
    expect(machine.function(NIC)?.permissive).toBe(true);
    machine.assign(GUEST, NIC);
    machine.detach(GUEST, NIC);
    expect(machine.function(NIC)?.permissive).toBe(true);
    machine.release(NIC);
    machine.seize(NIC);
    expect(machine.function(NIC)?.permissive).toBe(false);
  });

  it('every function of the sample can be given to the guest and taken back', () => {
    const machine = sampleMachine();
    // VFs before their PF, whose driver takes them away when it is unbound.
    for (const { bdf } of [...machine.functions()].reverse()) {
      expect(machine.assign(GUEST, bdf).ok).toBe(true);
      expect(machine.guestImage(GUEST, bdf)).toBeDefined();
      expect(machine.detach(GUEST, bdf).ok).toBe(true);
      expect(machine.release(bdf).ok).toBe(true);
    }
    expect(machine.functions().map((f) => f.driver)).toEqual(
      machine.functions().map((f) => f.originalDriver),
    );
  });
});

describe('what guests and hardware do', () => {
  it('conf_write shows what was sent, what came back, what reached the device', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, NIC);
    const op = machine.confWrite(GUEST, at('0000:00:00.0'), 0x04, 2, 0x0006);
    expect(op).toMatchObject({ err: 0, errName: 'XEN_PCI_ERR_success', host: NIC, sent: 6, value: 6 });
    expect(op.observed).toMatchObject({ notifications: 1, eoi: [0] });
    expect(op.observed.writes).toEqual([{ bdf: NIC, offset: 4, width: 2, value: 0x0107 }]);
    expect(machine.function(NIC)).toMatchObject({ busMaster: true, enableCount: 1 });
  });

  it('a guest without that function gets dev_not_found', () => {
    const machine = sampleMachine();
    expect(machine.confRead(GUEST, at('0000:00:00.0'), 0, 4)).toMatchObject({ err: -1, host: undefined });
    machine.assign(GUEST, NIC);
    expect(machine.confRead(GUEST, at('0000:00:05.0'), 0, 4)).toMatchObject({
      errName: 'XEN_PCI_ERR_dev_not_found',
      host: undefined,
    });
  });

  it('a VF has its ids and no line', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, VF);
    expect(machine.confRead(GUEST, at('0000:00:00.0'), 0, 4).value).toBe(0x10ca8086);
    expect(machine.function(VF)).toMatchObject({ irq: 0, physicalFunction: IGB });
  });

  it('hardware writes obey the masks, and a function-level reset resets', () => {
    const machine = sampleMachine();
    expect(machine.hardwareWrite(NIC, 0x00, 4, 0).ok).toBe(true);
    expect(machine.realImage(NIC).bytes[0]).toBe(0x86);
    const deviceControl = 0xa8;
    machine.hardwareWrite(IGB, 0x04, 2, 0x0007);
    expect(machine.realImage(IGB).bytes[4]! & 0x07).toBe(0x07);
    machine.hardwareWrite(IGB, deviceControl, 2, 0x8000);
    expect(machine.realImage(IGB).bytes[4]! & 0x07).toBe(0);
  });

  it.each([
    [0x01, 2],
    [0x1000, 4],
    [-4, 4],
  ] as const)('a hardware write at 0x%x of %i bytes is refused', (offset, width) => {
    const machine = sampleMachine();
    expect(refusal(machine.hardwareWrite(NIC, offset, width, 0))).toContain('is not a');
  });

  it('fires the interrupt line only where there is one', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, NIC);
    machine.confWrite(GUEST, at('0000:00:00.0'), 0x04, 2, 0x0006);
    expect(machine.raiseLine(NIC, 3, true)).toMatchObject({
      ok: true,
      told: 'IRQ 11 fired 3 times, 3 handled by pciback',
    });
    expect(machine.function(NIC)?.irqHandler).toEqual({ on: true, acknowledging: true, handled: 3 });
    expect(refusal(machine.raiseLine(VF, 1, true))).toBe('the function has no interrupt line');
  });
});

describe('telling and remembering', () => {
  it('listeners hear of every action with its functions, until they leave', () => {
    const machine = sampleMachine();
    const heard: MachineChange[] = [];
    const end = machine.onDidChange((change) => heard.push(change));
    machine.seize(NIC);
    machine.assign(GUEST, NIC);
    machine.confWrite(GUEST, at('0000:00:00.0'), 0x04, 2, 0);
    machine.confWrite(GUEST, at('0000:00:09.0'), 0x04, 2, 0);
    end();
    machine.detach(GUEST, NIC);
    expect(heard).toEqual([
      { revision: 1, action: 'seize', functions: [NIC] },
      { revision: 2, action: 'assign', functions: [NIC] },
      { revision: 3, action: 'confWrite', functions: [NIC] },
      { revision: 4, action: 'confWrite', functions: undefined },
    ]);
    expect(machine.revision).toBe(5);
  });

  it('reading is no change and leaves no trace in the journal', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, NIC);
    const { revision } = machine;
    machine.confRead(GUEST, at('0000:00:00.0'), 0, 4);
    machine.guestImage(GUEST, NIC);
    expect([machine.revision, machine.journal().length]).toEqual([revision, 1]);
  });

  it('the journal ends at its limit while the machine goes on', () => {
    const machine = sampleMachine();
    for (let i = 0; i <= JOURNAL_LIMIT; i++) machine.hardwareWrite(CARD, 0x3c, 1, i & 0xff);
    expect(machine.journal()).toHaveLength(JOURNAL_LIMIT);
    expect(machine.realImage(CARD).bytes[0x3c]).toBe(JOURNAL_LIMIT & 0xff);
    expect(machine.revision).toBe(JOURNAL_LIMIT + 1);
  });

  it('kernel messages are heard as they are printed', () => {
    const machine = sampleMachine();
    const texts: string[] = [];
    machine.onLog((line) => texts.push(line.text));
    machine.seize(NIC);
    machine.onLog(undefined);
    machine.permissive(NIC);
    expect(texts).toContain('pciback 0000:03:00.0: xen_pciback: seizing device');
    expect(texts.some((t) => t.includes('permissive'))).toBe(false);
  });
});
