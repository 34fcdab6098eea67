import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Access } from '../../../src/backend/journal/access';
import { addressKey } from '../../../src/backend/journal/accessColumns';
import { AccessLog, type AccessRow } from '../../../src/backend/journal/accessLog';
import type { Machine } from '../../../src/backend/machine';
import { bdfOf, formatBdf } from '../../../src/backend/spec/bdf';
import type { ConfigOp } from '../../../src/backend/view';
import { at, IGB, NIC, sampleMachine } from '../machine/machines';

const GUEST = 1;
const SLOT = at('0000:00:00.0');
/** No field of pciback: Device Control of the 82576's Express capability. */
const NO_FIELD = 0xa8;
const INTERRUPT_LINE = 0x3c;

/** A machine whose guest has the 82576 and the e1000e, and the log of what happens from then on. */
const logged = (limit?: number): { machine: Machine; log: AccessLog } => {
  const machine = sampleMachine();
  machine.assign(GUEST, IGB);
  machine.assign(GUEST, NIC);
  const log = new AccessLog(limit);
  machine.onAccess(log);
  return { machine, log };
};

const rowsOf = (log: AccessLog): readonly AccessRow[] =>
  Array.from({ length: log.end - log.first }, (_, i) => {
    const row = log.row(log.first + i);
    if (row === undefined) throw new Error(`row ${log.first + i} is missing`);
    return row;
  });

/** What the machine answered, as a row has it. */
const asRow = ({ errName: _name, observed, ...op }: ConfigOp): Partial<AccessRow> => ({
  ...op,
  log: observed.log,
});

interface Operation {
  readonly write: boolean;
  readonly guest: Access['guest'];
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

const operations: fc.Arbitrary<Operation> = fc.record({
  write: fc.boolean(),
  guest: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(SLOT, at('0000:00:01.0')) },
    fc
      .tuple(fc.nat(0xffffffff), fc.nat(0xff), fc.nat(0xff))
      .map(([domain, bus, devfn]) => bdfOf(domain, bus, devfn)),
  ),
  offset: fc.oneof(
    { weight: 6, arbitrary: fc.nat(0x3ff).map((n) => 4 * n) },
    fc.nat(0xfff),
    fc.constantFrom(4, 0x10, NO_FIELD, -1, -0x80000000, 0x7fffffff),
  ),
  size: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(1, 2, 4) }, fc.constantFrom(0, 3, -1, 8)),
  value: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0xffffffff)),
});

const run = (machine: Machine, { write, guest, offset, size, value }: Operation): ConfigOp =>
  write ? machine.confWrite(GUEST, guest, offset, size, value) : machine.confRead(GUEST, guest, offset, size);

describe('the access log', () => {
  it('equals the operations that guests made, in order, whatever they asked', () => {
    fc.assert(
      fc.property(fc.array(operations, { minLength: 1, maxLength: 60 }), (sequence) => {
        const { machine, log } = logged();
        const done = sequence.map((operation) => run(machine, operation));
        expect(rowsOf(log)).toMatchObject(done.map((op, i) => ({ ...asRow(op), seq: i + 1, undone: false })));
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('keeps the newest rows whole, counts those that fell out, and numbers go on over a clear', () => {
    const steps = fc.array(fc.oneof({ weight: 30, arbitrary: operations }, fc.constant('clear' as const)), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 40 }), (sequence, limit) => {
        const { machine, log } = logged(limit);
        let model: Partial<AccessRow>[] = [];
        let seq = 0;
        let fallen = 0;
        for (const step of sequence) {
          if (step === 'clear') {
            log.clear();
            model = [];
            fallen = 0;
            continue;
          }
          model.push({ ...asRow(run(machine, step)), seq: ++seq });
          if (model.length > limit) {
            model.shift();
            fallen++;
          }
        }
        expect(rowsOf(log)).toMatchObject(model);
        expect(log.fallen).toBe(fallen);
        expect(log.row(log.first - 1)).toBeUndefined();
        expect(log.row(log.end)).toBeUndefined();
      }),
      { seed: 12, numRuns: 40 },
    );
  });

  it('grows past its first size without losing a part of a verdict', () => {
    const { machine, log } = logged();
    const done = Array.from({ length: 5000 }, (_, i) =>
      machine.confWrite(GUEST, SLOT, 4, 2, i % 3 === 0 ? 0x406 : i),
    );
    expect(rowsOf(log).map((row) => row.verdict)).toEqual(done.map((op) => op.verdict));
  });

  it('names the part of a verdict that decided', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, 4, 4, 0xffff0000 + 0x406);
    machine.confWrite(GUEST, SLOT, INTERRUPT_LINE, 1, 0x55);
    machine.confWrite(GUEST, SLOT, 5, 2, 0);
    machine.confRead(GUEST, SLOT, 0x10, 4);
    machine.confRead(GUEST, SLOT, 0x18, 1);
    expect(rowsOf(log).map((row) => row.decisive)).toEqual([
      'outside-field',
      'no-write-handler',
      'request-invalid',
      'read-bar-frozen',
      'read-bar-frozen',
    ]);
  });
});

describe('the driver’s one warning', () => {
  it('is marked where it was printed, with its text, and counts what it hides', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0x1234);
    machine.confWrite(GUEST, SLOT, INTERRUPT_LINE, 1, 0x55);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0x4321);
    machine.confWrite(GUEST, SLOT, NO_FIELD + 2, 2, 0xf);
    machine.confWrite(GUEST, at('0000:00:01.0'), 0x40, 1, 1);
    expect(rowsOf(log).map((row) => row.warning)).toEqual([
      'printed',
      undefined,
      'hidden',
      'hidden',
      'printed',
    ]);
    expect(log.row(1)?.log).toEqual([
      {
        level: 4,
        text: expect.stringMatching(
          /^pciback 0000:02:00\.0: xen-pciback: Driver tried to write to a read-only configuration space field at offset 0xa8, size 2\. This may be harmless/,
        ) as string,
      },
    ]);
    expect(log.warningAt(1)).toMatchObject({ seq: 1, hides: 2 });
    expect(log.warningBefore(4)).toMatchObject({ seq: 1 });
    expect([...log.warnings()].map(([host, { seq, hides }]) => [host, seq, hides])).toEqual([
      [addressKey(IGB), 1, 2],
      [addressKey(NIC), 5, 0],
    ]);
  });

  it('comes again for a device that was released and seized', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 1);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 2);
    machine.detach(GUEST, IGB);
    machine.release(IGB);
    machine.assign(GUEST, IGB);
    const slot = machine.function(IGB)!.assignedTo!.guest;
    machine.confWrite(GUEST, slot, NO_FIELD, 2, 3);
    machine.confWrite(GUEST, slot, NO_FIELD, 2, 4);
    expect(rowsOf(log).map((row) => row.warning)).toEqual(['printed', 'hidden', 'printed', 'hidden']);
    expect([log.warningAt(1)?.hides, log.warningAt(3)?.hides]).toEqual([1, 1]);
  });

  it('is not there while permissive, and hides also when it was printed before the log began', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, IGB);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 1);
    const log = new AccessLog();
    machine.onAccess(log);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 2);
    expect([...log.warnings()]).toEqual([
      [addressKey(IGB), expect.objectContaining({ seq: undefined, hides: 1 })],
    ]);
    machine.permissive(IGB);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 3);
    expect(rowsOf(log).map((row) => row.warning)).toEqual(['hidden', undefined]);
  });
});

describe('undo', () => {
  it('marks the rows of the action that it takes back, and redo takes the mark away; neither logs anew', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0x1234);
    machine.confRead(GUEST, SLOT, 4, 2);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0x4321);
    const undone = (): boolean[] => rowsOf(log).map((row) => row.undone);
    machine.undo();
    expect(undone()).toEqual([false, false, true]);
    expect(log.warningAt(1)?.hides).toBe(0);
    expect(log.lostWritesOf(addressKey(IGB))).toBe(1);
    machine.undo();
    expect(undone()).toEqual([true, false, true]);
    expect([...log.warnings()]).toEqual([]);
    expect(log.lostWrites).toBe(0);
    machine.redo();
    machine.redo();
    expect(undone()).toEqual([false, false, false]);
    expect(log.warningAt(1)?.hides).toBe(1);
    expect(log.lostWrites).toBe(2);
  });

  it('leaves the mark on what a new action replaced', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 1);
    machine.undo();
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 2);
    machine.undo();
    machine.redo();
    expect(rowsOf(log).map((row) => [row.undone, row.warning])).toEqual([
      [true, 'printed'],
      [false, 'printed'],
    ]);
  });

  it('of a scan takes back every access of it', () => {
    const { machine, log } = logged();
    machine.guestScan(GUEST);
    machine.undo();
    const rows = rowsOf(log);
    expect(rows.length).toBeGreaterThan(256);
    expect(rows.every((row) => row.undone)).toBe(true);
  });

  it('counts right when rows of the action have fallen out', () => {
    const { machine, log } = logged(2);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 1);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 2);
    machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 3);
    for (let i = 0; i < 3; i++) machine.undo();
    expect(rowsOf(log).map((row) => row.undone)).toEqual([true, true]);
    expect(log.lostWrites).toBe(1);
  });
});

describe('what is told', () => {
  it('is every request of the frontend’s own: the scan with its verdicts', () => {
    const { machine, log } = logged();
    const { found } = machine.guestScan(GUEST);
    const rows = rowsOf(log);
    expect(new Set(rows.map((row) => formatBdf(row.guest))).size).toBe(256);
    const sizing = rows.filter((row) => row.host !== undefined && row.op === 'conf_write');
    expect(sizing.map((row) => row.decisive)).toContain('bar-probe');
    expect(rows.every((row) => row.verdict !== undefined && !row.undone)).toBe(true);
    const nobody = rows.find((row) => row.host === undefined);
    expect(nobody).toMatchObject({ op: 'conf_read', err: -1, decisive: 'no-such-device' });
    expect(found).toHaveLength(2);
  });

  it('is the switching of interrupts, with what the kernel said of it', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, 4, 2, 6);
    machine.guestMsix(GUEST, SLOT, 3);
    machine.guestMsi(GUEST, SLOT, 1);
    machine.guestMsix(GUEST, SLOT, 0);
    const [, on, refused, off] = rowsOf(log);
    expect(on).toMatchObject({
      op: 'enable_msix',
      guest: SLOT,
      host: IGB,
      sent: 3,
      err: 0,
      verdict: undefined,
    });
    expect(refused).toMatchObject({ op: 'enable_msi', err: -5 });
    expect(refused?.log.map(({ text }) => text)).toEqual([
      'pciback 0000:02:00.0: xen_pciback: error enabling MSI for guest 1: err -6',
    ]);
    expect(off).toMatchObject({ op: 'disable_msix', err: 0 });
    expect(log.end).toBe(5);
  });

  it('is the answer to an AER request, and nothing when the guest does not answer', () => {
    const { machine, log } = logged();
    machine.aer(IGB, 'error_detected', 2, 5);
    machine.aer(IGB, 'mmio_enabled', 1, undefined);
    machine.aer(IGB, 'resume', 1, 4);
    expect(rowsOf(log)).toMatchObject([
      { op: 'aer_detected', guest: SLOT, host: IGB, sent: 2, value: 5 },
      { op: 'aer_resume', guest: SLOT, host: IGB, sent: 1, value: 4 },
    ]);
  });

  it('is not what the display reads, nor what a fork, a replay or undo does again', () => {
    const { machine, log } = logged();
    machine.confWrite(GUEST, SLOT, 4, 2, 6);
    const { end } = log;
    machine.guestImage(GUEST, IGB);
    machine.fork()?.machine.confWrite(GUEST, SLOT, 4, 2, 0);
    machine.undo();
    machine.redo();
    expect(log.end).toBe(end);
  });

  it('ends with the subscription', () => {
    const machine = sampleMachine();
    machine.assign(GUEST, IGB);
    const log = new AccessLog();
    const end = machine.onAccess(log);
    machine.confRead(GUEST, SLOT, 0, 4);
    end();
    machine.confRead(GUEST, SLOT, 0, 4);
    machine.guestScan(GUEST);
    expect(log.end).toBe(2);
  });
});

describe('memory', () => {
  it('of a full log stays below 12 MB, however many more accesses come', () => {
    const { machine, log } = logged();
    const sample = [
      { write: true, offset: 4, size: 4, value: 0x0406 },
      { write: false, offset: 0, size: 4, value: 0 },
      { write: true, offset: NO_FIELD, size: 2, value: 0xffff },
    ];
    const told: Access[] = [];
    machine.onAccess({ accessed: (a) => told.push(a), undone: () => undefined, redone: () => undefined });
    for (const operation of sample) run(machine, { ...operation, guest: SLOT });
    for (let i = 0; i < 250_000; i++)
      log.accessed({ ...told[i % told.length]!, log: [], warning: undefined });
    expect(log.end - log.first).toBe(100_000);
    expect(log.fallen).toBe(150_003);
    expect(log.bytes).toBeLessThan(12e6);
    expect(log.row(log.first)?.verdict).toEqual(told[(log.first - 4) % told.length]!.verdict);
  });
});
