// What a guest's kernel does through its frontend: scanning, sizing, switching interrupts, answering AER.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../../src/backend/machine';
import { formatBdf, parseBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { readSample } from '../../../src/sources/sample';

const sample = path.resolve(import.meta.dirname, '../../../media/sample-machine.json');
const machineWith = (...devices: string[]): Machine => {
  const machine = new Machine(readSample(JSON.parse(readFileSync(sample, 'utf8'))));
  for (const text of devices) expect(machine.assign(1, at(text)).ok).toBe(true);
  return machine;
};
const at = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new Error(text);
  return bdf;
};
const guestOf = (machine: Machine, host: string): Bdf => {
  const found = machine.function(at(host))?.assignedTo?.guest;
  if (found === undefined) throw new Error(`${host} is not assigned`);
  return found;
};

describe('a guest that scans its buses', () => {
  it('finds what it was given, with the sizes of the hardware, and leaves the BARs as they were', () => {
    const machine = machineWith('02:00.0', '05:01.0');
    const before = machine.realImage(at('02:00.0')).bytes;
    const { result, found } = machine.guestScan(1);
    expect(result).toMatchObject({ ok: true, told: 'guest1 found 2 functions' });
    expect(found.map((f) => [formatBdf(f.guest), f.vendorId, f.deviceId])).toEqual([
      ['0000:00:00.0', 0x8086, 0x10c9],
      ['0000:00:01.0', 0x10ec, 0x8139],
    ]);
    expect(found[0]?.bars).toEqual([
      { index: 0, kind: 'memory32', address: 0xfe600000n, size: 0x20000n },
      { index: 1, kind: 'memory32', address: 0xfe620000n, size: 0x20000n },
      { index: 2, kind: 'io', address: 0xe000n, size: 0x20n },
      { index: 3, kind: 'memory64', address: 0xfe640000n, size: 0x4000n },
    ]);
    expect(machine.realImage(at('02:00.0')).bytes).toEqual(before);
  });
  it('finds a virtual function by the ids that the kernel knows, though its registers read ffff', () => {
    const { found } = machineWith('02:10.0').guestScan(1);
    expect(found.map((f) => [f.vendorId, f.deviceId])).toEqual([[0x8086, 0x10ca]]);
  });
  it('without a device says so', () => {
    expect(machineWith().guestScan(1).result).toMatchObject({
      ok: false,
      message: 'guest1 has no PCI device',
    });
  });
});

describe('a guest driver', () => {
  it('gets MSI-X vectors, is refused MSI meanwhile, and can go back', () => {
    const machine = machineWith('02:00.0');
    const guest = guestOf(machine, '02:00.0');
    machine.confWrite(1, guest, 4, 2, 0x0006);
    expect(machine.guestMsix(1, guest, 3)).toMatchObject({ ok: true, told: 'MSI-X on, PIRQs 951, 950, 949' });
    expect(machine.function(at('02:00.0'))?.msixEnabled).toBe(true);
    expect(machine.guestMsi(1, guest, 1)).toMatchObject({ ok: false, message: 'enable_msi: -EINVAL' });
    expect(machine.guestMsix(1, guest, 0).ok).toBe(true);
    expect(machine.guestMsi(1, guest, 1)).toMatchObject({ ok: true, told: 'MSI on, PIRQ 951' });
  });
  it('answers an AER event, and a silent one gets the callback’s default after the time-out', () => {
    const machine = machineWith('02:00.0');
    const nic = at('02:00.0');
    expect(machine.aer(nic, 'error_detected', 1, 3)).toMatchObject({
      told: 'error_detected: the guest answered, verdict NEED_RESET',
    });
    expect(machine.aer(nic, 'slot_reset', 1, undefined)).toMatchObject({
      told: 'slot_reset: the guest did not answer, verdict RECOVERED',
    });
    const killed = machine.aer(nic, 'error_detected', 2, 4);
    expect(killed.observed.xenstore).toEqual([['/local/domain/0/backend/pci/1/0/aerState', 'aerfail']]);
  });
  it('of another kernel or topology is reached after the driver is loaded again', () => {
    const machine = machineWith('02:00.0');
    expect(machine.loadDriver('6.1', true, false)).toMatchObject({
      ok: false,
      message: 'guest1 has devices; detach them before the driver is loaded again',
    });
    machine.detach(1, at('02:00.0'));
    expect(machine.loadDriver('6.1', true, false).ok).toBe(true);
    expect(machine.driver()).toEqual({ profile: '6.1', topology: 'passthrough', permissive: false });
    expect(machine.function(at('02:00.0'))?.driver).toBe('pciback');
    expect(machine.assign(1, at('02:00.0')).ok).toBe(true);
    expect(formatBdf(guestOf(machine, '02:00.0'))).toBe('0000:02:00.0');
  });
  it('reaches registers raw as soon as the module is permissive, and no longer when it is not', () => {
    const machine = machineWith('03:00.0');
    const guest = guestOf(machine, '03:00.0');
    const write = (): number => machine.confWrite(1, guest, 0x3c, 1, 0).observed.writes.length;
    const headerType = (): number => machine.confWrite(1, guest, 0x0e, 1, 0).observed.writes.length;
    expect([write(), headerType()]).toEqual([0, 0]);
    expect(machine.modulePermissive(true)).toMatchObject({ told: 'module parameter permissive = Y' });
    expect([write(), headerType()]).toEqual([0, 1]);
    expect(machine.driver().permissive).toBe(true);
    machine.modulePermissive(false);
    expect(headerType()).toBe(0);
  });
  it('shares the host with others, each with its own page, slots and devices', () => {
    const machine = machineWith('02:00.0');
    expect(machine.createGuest('second')).toMatchObject({ ok: true, told: 'second has domid 2' });
    expect(machine.assign(2, at('05:01.0')).ok).toBe(true);
    expect(machine.assign(2, at('02:00.0'))).toMatchObject({ ok: false });
    expect(machine.confRead(2, guestOf(machine, '05:01.0'), 0, 4).value).toBe(0x813910ec);
    expect(machine.confRead(1, guestOf(machine, '02:00.0'), 0, 4).value).toBe(0x10c98086);
    expect(machine.destroyGuest(2)).toMatchObject({ ok: true, told: 'second destroyed, 1 function back' });
    expect(machine.function(at('05:01.0'))?.assignedTo).toBeUndefined();
    expect(machine.assign(1, at('05:01.0')).ok).toBe(true);
  });
});
