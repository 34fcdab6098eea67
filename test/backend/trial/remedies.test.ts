import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/backend/machine';
import { formatBdf } from '../../../src/backend/spec/bdf';
import type { Width } from '../../../src/backend/spec/uint';
import { quirkLines, quirkLinesFor } from '../../../src/backend/trial/quirkGenerator';
import { remediesFor, shellLine, type Remedy } from '../../../src/backend/trial/remedies';
import { quirkText, tryWrite, type Circumstances, type TriedWrite } from '../../../src/backend/trial/trial';
import { at, functionOf, IGB, machineOf, NIC, sampleMachine, VF } from '../machine/machines';

/** The 82576 of the sample in guest 1: PM at 40, MSI at 50, MSI-X at 70, Express at a0. */
const GUEST = at('0000:00:00.0');

const machineWithIgb = (): Machine => {
  const machine = sampleMachine();
  expect(machine.assign(1, IGB).ok).toBe(true);
  return machine;
};
const writeOf = (offset: number, size: number, value: number): TriedWrite => ({
  domid: 1,
  guest: GUEST,
  offset,
  size,
  value,
});
const remedies = (machine: Machine, write: TriedWrite): readonly Remedy[] =>
  [...remediesFor(machine, write)].filter((remedy) => remedy !== undefined);
const kinds = (found: readonly Remedy[]): readonly string[] => [...new Set(found.map(({ kind }) => kind))];

describe('a trial', () => {
  it('leaves the machine as it is', () => {
    const machine = machineWithIgb();
    const [bytes, revision, journal] = [machine.realImage(IGB).bytes, machine.revision, machine.journal()];
    expect(tryWrite(machine, writeOf(4, 2, 0x46), { permissive: true })?.ops).toHaveLength(1);
    expect(machine.realImage(IGB).bytes).toEqual(bytes);
    expect(machine.function(IGB)?.permissive).toBe(false);
    expect([machine.revision, machine.journal()]).toEqual([revision, journal]);
  });

  it('as it is comes out as the write itself does', () => {
    const circumstances: Circumstances = {};
    fc.assert(
      fc.property(fc.nat(0x3ff), fc.constantFrom(1, 2, 3, 4), fc.nat(0xffffffff), (offset, size, value) => {
        const machine = machineWithIgb();
        const tried = tryWrite(machine, writeOf(offset, size, value), circumstances)!;
        const made = machine.confWrite(1, GUEST, offset, size, value);
        expect(tried.ops).toEqual([made]);
        expect(tried.outcome).toBe(made.verdict?.outcome);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('in other widths covers the same bytes and keeps the ones beside them', () => {
    const machine = machineWithIgb();
    const bytes = tryWrite(machine, writeOf(0xa8, 4, 0x11223344), { width: 1 })!;
    expect(bytes.ops.map((op) => [op.offset, op.size, op.sent])).toEqual([
      [0xa8, 1, 0x44],
      [0xa9, 1, 0x33],
      [0xaa, 1, 0x22],
      [0xab, 1, 0x11],
    ]);
    const read = machine.confRead(1, GUEST, 0xa8, 4).value;
    const wide = tryWrite(machine, writeOf(0xa9, 1, 0x5a), { width: 4 })!;
    expect(wide.ops.map((op) => [op.offset, op.size, op.sent])).toEqual([
      [0xa8, 4, ((read & 0xffff00ff) | 0x5a00) >>> 0],
    ]);
  });

  it('shows what an access of the wrong width costs: STATUS beside COMMAND, permissive', () => {
    const machine = machineWithIgb();
    machine.permissive(IGB);
    const command = machine.confRead(1, GUEST, 4, 2).value;
    const write = writeOf(4, 4, command + 0x01000000);
    const bit24 = (circumstances: Circumstances) =>
      tryWrite(machine, write, circumstances)!.ops.flatMap((op) => op.verdict?.parts ?? []);
    expect(bit24({}).some((part) => part.code === 'outside-field')).toBe(true);
    expect(bit24({ width: 2 }).some((part) => part.code === 'outside-field')).toBe(false);
  });

  it("says in the driver's terms why circumstances cannot be had", () => {
    const machine = machineWithIgb();
    const result = tryWrite(machine, writeOf(0x52, 2, 0x81), { profile: '5.4', interruptControl: true });
    expect(result?.impossible).toContain('allow_interrupt_control: error -2');
  });

  it('gives up on a machine whose journal is full', () => {
    const machine = machineWithIgb();
    for (let i = 0; i < 20_000; i++) machine.modulePermissive(i % 2 === 0);
    expect(tryWrite(machine, writeOf(4, 2, 0), {})).toBeUndefined();
    expect(machine.undo()).toMatchObject({ ok: false });
  });
});

describe('remedies', () => {
  it('for a register without a field are a quirk and permissive, narrow first', () => {
    const machine = machineWithIgb();
    const found = remedies(machine, writeOf(0xa8, 2, 0x000f));
    expect(kinds(found)).toEqual(['quirk', 'permissive']);
    expect(found[0]?.sysfs).toEqual({ attribute: 'quirks', lines: ['0000:02:00.0-a8:2:ffff'] });
    expect(found.map(({ outcome }) => outcome)).toEqual(['all', 'all']);
  });

  it('for MSI enable are to ask the driver, then interrupt control and permissive', () => {
    const machine = machineWithIgb();
    const flags = machine.confRead(1, GUEST, 0x52, 2).value;
    const found = remedies(machine, writeOf(0x52, 2, flags | 1));
    expect(kinds(found)).toEqual(['request', 'interruptControl', 'permissive']);
    expect(found[0]).toMatchObject({ outcome: 'all', done: 1 });
    expect(found[0]?.text).toContain('XEN_PCI_OP_enable_msi');
    expect(shellLine('allow_interrupt_control', found[1]!.sysfs!.lines[0]!)).toBe(
      'echo 0000:02:00.0 > /sys/bus/pci/drivers/pciback/allow_interrupt_control',
    );
  });

  it('for INTx disable without interrupt control is to allow it', () => {
    const machine = machineWithIgb();
    machine.confWrite(1, GUEST, 4, 2, 2);
    expect(kinds(remedies(machine, writeOf(4, 2, 0x402)))).toContain('interruptControl');
  });

  it('for parity are only the kernels before XSA-120', () => {
    const machine = machineWithIgb();
    machine.confWrite(1, GUEST, 4, 2, 2);
    const found = remedies(machine, writeOf(4, 2, 0x42));
    expect(kinds(found)).toEqual(['profile']);
    expect(found.map(({ circumstances }) => circumstances.profile)).toEqual(['3.1', '3.18']);
  });

  it('for MSI-X beside MSI is to switch MSI off first, with interrupt control where that is missing', () => {
    const machine = machineWithIgb();
    machine.guestMsi(1, GUEST, 1);
    const flags = machine.confRead(1, GUEST, 0x72, 2).value;
    const write = writeOf(0x72, 2, flags | 0x8000);
    const together = remedies(machine, write).find(({ kind }) => kind === 'interruptControl');
    expect(together).toMatchObject({ also: 'first', outcome: 'all', done: 0x8000 });
    expect(together?.text).toContain('Switch MSI off first.');
    machine.sysfs('allow_interrupt_control', formatBdf(IGB));
    const found = remedies(machine, write);
    expect(kinds(found)).toEqual(['first', 'permissive']);
    expect(found[0]?.text).toMatch(/^Switch MSI off first\./);
    // What it says: nothing is on after but MSI-X.
    machine.guestMsi(1, GUEST, 0);
    expect(machine.confWrite(1, GUEST, 0x72, 2, flags | 0x8000).err).toBe(0);
  });

  it('for MSI beside INTx, before that was allowed, is to disable INTx first', () => {
    const machine = sampleMachine();
    machine.loadDriver('5.10', false, false);
    machine.assign(1, IGB);
    machine.confWrite(1, GUEST, 4, 2, 2);
    machine.sysfs('allow_interrupt_control', formatBdf(IGB));
    const flags = machine.confRead(1, GUEST, 0x52, 2).value;
    const found = remedies(machine, writeOf(0x52, 2, flags | 1));
    expect(found[0]).toMatchObject({ kind: 'first', outcome: 'all' });
    expect(found[0]?.text).toContain('Disable INTx first');
    expect(found.filter(({ kind }) => kind === 'profile').every(({ older }) => older === false)).toBe(true);
  });

  it('for more bits of MSI control than are allowed is to change the enable bit alone', () => {
    const machine = machineWithIgb();
    machine.sysfs('allow_interrupt_control', formatBdf(IGB));
    const flags = machine.confRead(1, GUEST, 0x52, 2).value;
    const [found] = remedies(machine, writeOf(0x52, 2, (flags ^ 0x10) | 1));
    expect(found).toMatchObject({ kind: 'value', outcome: 'partly', done: 1 });
    expect(found?.text).toContain(`0x${(flags | 1).toString(16).padStart(4, '0')}`);
  });

  it('for PME status alone is another data select in the same write', () => {
    const registers = [
      [0x00, 4, 0x00018086],
      [0x06, 2, 0x0010],
      [0x34, 1, 0x40],
      [0x40, 4, 0xc8030001],
      // PME status, and no soft reset, so that it is still there after seizing.
      [0x44, 2, 0x8008],
    ] as const;
    const machine = machineOf(functionOf('0000:03:00.0', registers));
    machine.createGuest('guest');
    const { domid } = machine.guests()[0]!;
    expect(machine.assign(domid, NIC).ok).toBe(true);
    const [found] = remedies(machine, { ...writeOf(0x44, 2, 0x8008), domid });
    expect(found).toMatchObject({ kind: 'value', outcome: 'all', done: 0x8000 });
    expect(found?.text).toContain('write 0x8208');
    machine.confWrite(domid, GUEST, 0x44, 2, 0x8208);
    expect(machine.confRead(domid, GUEST, 0x44, 2).value & 0x8000).toBe(0);
  });

  it('say what they change beside the write: a function level reset is more than its bit', () => {
    const machine = machineWithIgb();
    machine.confWrite(1, GUEST, 4, 2, 6);
    const found = remedies(machine, writeOf(0xa8, 2, 0x8000));
    expect(found[0]).toMatchObject({ kind: 'quirk' });
    expect(found[0]?.text).toMatch(/It changes \d+ other bytes of the device too\.$/);
  });

  it('are not wider accesses where narrow ones do as much', () => {
    const machine = machineWithIgb();
    machine.permissive(IGB);
    const misshapen = remedies(machine, writeOf(0xa9, 2, 0x0028));
    expect(misshapen.filter(({ kind }) => kind === 'width').map(({ text }) => text)).toEqual([
      'Write single bytes instead of 2 bytes at 0xa9.',
    ]);
  });

  it('for an access that the driver refuses for its form are aligned pieces, with a quirk where it needs one', () => {
    const machine = machineWithIgb();
    const write = writeOf(0xa8, 3, 0x00000f);
    const quirk = remedies(machine, write).find(({ kind }) => kind === 'quirk');
    expect(quirk?.circumstances.width).toBe('pieces');
    expect(quirk?.text).toContain('Write aligned pieces instead of 3 bytes at 0xa8.');
    for (const line of quirk?.sysfs?.lines ?? []) expect(machine.sysfs('quirks', line).ok).toBe(true);
    expect(machine.confWrite(1, GUEST, 0xa8, 2, 0x0f).verdict?.outcome).toBe('all');
  });

  it('of older drivers say that they are older', () => {
    const machine = machineWithIgb();
    machine.confWrite(1, GUEST, 4, 2, 2);
    const found = remedies(machine, writeOf(4, 2, 0x42));
    expect(found.map(({ older }) => older)).toEqual([true, true]);
    expect(found[0]?.text).toContain('no advice to go back');
  });

  it('for a virtual function that believes in memory decoding are not needed, and say so', () => {
    const machine = sampleMachine();
    expect(machine.assign(1, VF).ok).toBe(true);
    machine.confWrite(1, GUEST, 4, 2, 0);
    const [found] = remedies(machine, writeOf(4, 2, 2));
    expect(found).toMatchObject({ kind: 'advice' });
    expect(found?.text).toContain('physical function 0000:02:00.0');
  });

  it('for a field without a write handler do not exist, nor for what the device itself keeps', () => {
    const machine = machineWithIgb();
    expect(remedies(machine, writeOf(0x3c, 1, 0x55))).toEqual([]);
    expect(remedies(machine, writeOf(0xa4, 4, 0xffffffff))).toEqual([]);
  });

  it('are true: applied to the machine, the write does what was said', () => {
    const offsets = fc.constantFrom(4, 6, 0x0c, 0x3e, 0x44, 0x52, 0x72, 0xa8, 0xb0, 0x106);
    fc.assert(
      fc.property(offsets, fc.nat(0xffff), (offset, value) => {
        const write = writeOf(offset, 2, value);
        for (const remedy of remedies(machineWithIgb(), write)) {
          if (remedy.sysfs === undefined || remedy.also !== undefined) continue;
          const machine = machineWithIgb();
          for (const line of remedy.sysfs.lines)
            expect(machine.sysfs(remedy.sysfs.attribute, line).ok).toBe(true);
          const { verdict } = machine.confWrite(1, GUEST, offset, 2, value);
          expect([verdict?.outcome === 'all', verdict?.done]).toEqual([
            remedy.outcome === 'all',
            remedy.done,
          ]);
        }
      }),
      { seed: 21, numRuns: 40 },
    );
  });
});

describe('quirk lines', () => {
  const aligned = fc
    .tuple(fc.nat(0x3f), fc.constantFrom<Width>(1, 2, 4))
    .map(([offset, size]) => ({ offset: offset - (offset % size), size }));
  const places = fc.array(
    aligned.map(({ offset, size }) => ({ start: offset, end: offset + size })),
    { maxLength: 5 },
  );

  it('cover every lost byte without a field once, and no other', () => {
    fc.assert(
      fc.property(fc.array(aligned, { maxLength: 12 }), places, (accesses, fields) => {
        const has = (ranges: readonly { start: number; end: number }[], at: number): number =>
          ranges.filter(({ start, end }) => start <= at && at < end).length;
        const lines = quirkLines(accesses, fields).map(({ reg, size }) => ({ start: reg, end: reg + size }));
        const lost = accesses.map(({ offset, size }) => ({ start: offset, end: offset + size }));
        for (let byte = 0; byte < 0x40; byte++)
          expect(has(lines, byte)).toBe(has(lost, byte) > 0 && has(fields, byte) === 0 ? 1 : 0);
      }),
      { seed: 5 },
    );
  });

  it('are one line for accesses within each other, and let all of them through', () => {
    const machine = machineWithIgb();
    const lines = quirkLinesFor(machine, IGB, [
      { offset: 0xa8, size: 2 },
      { offset: 0xa8, size: 1 },
      { offset: 0xb0, size: 2 },
    ]);
    expect(lines.map((line) => quirkText(IGB, line))).toEqual([
      `${formatBdf(IGB)}-a8:2:ffff`,
      `${formatBdf(IGB)}-b0:2:ffff`,
    ]);
    for (const line of lines) machine.sysfs('quirks', quirkText(IGB, line));
    expect(machine.confWrite(1, GUEST, 0xa8, 1, 0x1f).verdict?.parts[0]?.code).toBe('field-quirk');
  });
});
