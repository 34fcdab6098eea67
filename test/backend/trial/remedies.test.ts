import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/backend/machine';
import { formatBdf } from '../../../src/backend/spec/bdf';
import type { Width } from '../../../src/backend/spec/uint';
import { quirkLines, quirkLinesFor } from '../../../src/backend/trial/quirkGenerator';
import { remediesFor, shellLine, type Remedy } from '../../../src/backend/trial/remedies';
import { quirkText, tryWrite, type Circumstances, type TriedWrite } from '../../../src/backend/trial/trial';
import { at, IGB, sampleMachine } from '../machine/machines';

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

  it('for MSI enable are interrupt control and permissive', () => {
    const machine = machineWithIgb();
    const flags = machine.confRead(1, GUEST, 0x52, 2).value;
    const found = remedies(machine, writeOf(0x52, 2, flags | 1));
    expect(kinds(found)).toEqual(['interruptControl', 'permissive']);
    expect(shellLine('allow_interrupt_control', found[0]!.sysfs!.lines[0]!)).toBe(
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
          if (remedy.sysfs === undefined) continue;
          const machine = machineWithIgb();
          for (const line of remedy.sysfs.lines)
            expect(machine.sysfs(remedy.sysfs.attribute, line).ok).toBe(true);
          const { verdict } = machine.confWrite(1, GUEST, offset, 2, value);
          expect([verdict?.outcome, verdict?.done]).toEqual([remedy.outcome, remedy.done]);
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
