import { describe, expect, it } from 'vitest';
import type { BusState } from '../../../src/backend/view';
import { at, bridgeTo, functionOf, IGB, machineOf, NIC, sampleMachine } from './machines';

const GUEST = 1;

describe('what the guest sees of a function', () => {
  it('is undefined until the guest has it', () => {
    const machine = sampleMachine();
    expect(machine.guestImage(GUEST, NIC)).toBeUndefined();
    machine.assign(GUEST, NIC);
    expect(machine.guestImage(GUEST, NIC)?.bytes).toHaveLength(4096);
  });

  it('differs from the hardware only where the driver has fields', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, IGB);
    machine.confWrite(GUEST, at('0000:00:00.0'), 0x10, 4, 0xffffffff);
    machine.confWrite(GUEST, at('0000:00:00.0'), 0x04, 2, 0x0540);
    const seen = machine.guestImage(GUEST, IGB)!.bytes;
    const real = machine.realImage(IGB).bytes;
    const differing = Array.from(seen, (byte, i) => (byte === real[i] ? -1 : i)).filter((i) => i >= 0);
    expect(differing.length).toBeGreaterThan(2);
    const PMC_HIGH = 0x43;
    for (const i of differing) expect([4, 5, 0x10, 0x11, 0x12, 0x13, 0x3c, PMC_HIGH]).toContain(i);
  });

  it('of a 64-byte dump, unknown bytes stay unknown; what the driver makes up is known', () => {
    const machine = machineOf(
      functionOf(
        '0000:01:00.0',
        [
          [0x00, 4, 0x10d38086],
          [0x04, 2, 0x0007],
          [0x08, 4, 0x02000000],
        ],
        { known: 0x40 },
      ),
    );
    machine.assign(GUEST, at('0000:01:00.0'));
    const image = machine.guestImage(GUEST, at('0000:01:00.0'))!;
    expect(Array.from(image.known.subarray(0, 0x40)).every((k) => k === 1)).toBe(true);
    expect(Array.from(image.known.subarray(0x40)).some((k) => k === 1)).toBe(false);
  });

  it('of a dump without the BARs, they are known to the guest all the same: the driver made them up', () => {
    const machine = machineOf(functionOf('0000:01:00.0', [[0x00, 4, 0x10d38086]], { known: 0x10 }));
    machine.assign(GUEST, at('0000:01:00.0'));
    const { known } = machine.guestImage(GUEST, at('0000:01:00.0'))!;
    expect([0x00, 0x04, 0x10, 0x27, 0x3c].map((i) => known[i])).toEqual([1, 1, 1, 1, 1]);
    expect([0x28, 0x2c, 0x34, 0x3d, 0x40].map((i) => known[i])).toEqual([0, 0, 0, 0, 0]);
  });

  it('unknown bytes read as ones and are not taken for an address', () => {
    const machine = machineOf(functionOf('0000:01:00.0', [[0x00, 4, 0x10d38086]], { known: 0x10 }));
    expect(machine.realImage(at('0000:01:00.0')).bytes[0x3f]).toBe(0xff);
    expect(machine.function(at('0000:01:00.0'))).toMatchObject({ irq: 0, configSize: 256 });
  });

  it('is a copy', () => {
    const machine = sampleMachine();
    machine.realImage(NIC).bytes.fill(0);
    machine.realImage(NIC).known.fill(0);
    expect(machine.realImage(NIC).bytes[0]).toBe(0x86);
    expect(machine.realImage(NIC).known[0]).toBe(1);
  });
});

describe('the tree of buses', () => {
  it('has the buses of the sample behind their bridges', () => {
    const machine = sampleMachine();
    const [root] = machine.rootBuses();
    expect(root).toMatchObject({ domain: 0, bus: 0 });
    const behind = root!.functions.flatMap((f) => f.behind.map((b) => b.bus));
    expect(behind).toContain(3);
    const listed = (buses: readonly BusState[]): number =>
      buses.reduce((n, b) => n + b.functions.length + listed(b.functions.flatMap((f) => f.behind)), 0);
    expect(listed(machine.rootBuses())).toBe(machine.functions().length);
  });

  it.each([
    ['a bridge to its own bus', [bridgeTo('0000:00:01.0', 0)]],
    ['two bridges to each other’s bus', [bridgeTo('0000:01:00.0', 2), bridgeTo('0000:02:00.0', 1)]],
    [
      'three bridges in a ring',
      [bridgeTo('0000:01:00.0', 2), bridgeTo('0000:02:00.0', 3), bridgeTo('0000:03:00.0', 1)],
    ],
    [
      'two bridges to one bus',
      [bridgeTo('0000:00:01.0', 5), bridgeTo('0000:00:02.0', 5), bridgeTo('0000:05:00.0', 6)],
    ],
  ])('shows every function once, whatever the bridges say: %s', (_what, functions) => {
    const machine = machineOf(...functions);
    const all = (buses: readonly BusState[]): string[] =>
      buses.flatMap((b) => b.functions.flatMap((f) => [JSON.stringify(f.bdf), ...all(f.behind)]));
    const shown = all(machine.rootBuses());
    expect(shown.sort()).toEqual(functions.map((f) => JSON.stringify(f.bdf)).sort());
    for (const f of functions) expect(machine.assign(GUEST, f.bdf).ok).toBe(true);
  });
});
