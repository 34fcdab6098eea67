import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/backend/journal/entry';
import type { Machine } from '../../../src/backend/machine';
import { formatBdf, type Bdf } from '../../../src/backend/spec/bdf';
import type { Width } from '../../../src/backend/spec/uint';
import { at, CARD, IGB, NIC, NVME, ROOT_PORT, sampleMachine, VF } from './machines';

/** Everything that can be seen of a machine. */
const seen = (machine: Machine): unknown => ({
  functions: machine.functions(),
  guests: machine.guests(),
  driver: machine.driver(),
  xenstore: machine.xenstore(),
  sysfs: ['slots', 'quirks', 'permissive', 'irq_handlers'].map((a) => machine.showSysfs(a)),
  bytes: machine.functions().map((f) => Buffer.from(machine.realImage(f.bdf).bytes).toString('hex')),
  guestBytes: machine.guests().flatMap((g) =>
    g.devices.map((d) => {
      const image = machine.guestImage(g.domid, d.host);
      return image && [Buffer.from(image.bytes).toString('hex'), Buffer.from(image.known).toString('hex')];
    }),
  ),
});

type Action = (machine: Machine) => void;

const bdfs = fc.constantFrom<Bdf>(NIC, CARD, IGB, VF, NVME, ROOT_PORT);
const guestSlots = fc.nat(3).map((slot) => at(`0000:00:0${slot}.0`));
const widths = fc.constantFrom<Width>(1, 2, 4);
const offsets = fc.oneof(fc.nat(0xff), fc.nat(0xfff), fc.constantFrom(4, 0x10, 0x30, 0x3c));
const values = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 6, 0x406, 0xffffffff));

/** Acts on a function if it is there at that time: virtual functions come and go. */
const on = (act: (machine: Machine, bdf: Bdf) => unknown): fc.Arbitrary<Action> =>
  bdfs.map((b): Action => (m) => {
    if (m.function(b) !== undefined) act(m, b);
  });

const actions: fc.Arbitrary<Action> = fc.oneof(
  on((m, b) => m.seize(b)),
  on((m, b) => m.release(b)),
  { weight: 3, arbitrary: on((m, b) => m.assign(1, b)) },
  on((m, b) => m.detach(1, b)),
  on((m, b) => m.permissive(b)),
  on((m, b) => m.reset(b)),
  on((m, b) => m.raiseLine(b, 700, false)),
  fc.tuple(fc.constantFrom(IGB, NVME), fc.nat(8)).map(
    ([pf, count]): Action =>
      (m) =>
        m.createVirtualFunctions(pf, count),
  ),
  fc
    .tuple(bdfs, fc.constantFrom('permissive', 'allow_interrupt_control', 'new_slot', 'irq_handler_state'))
    .map(
      ([b, attribute]): Action =>
        (m) =>
          m.sysfs(attribute, formatBdf(b)),
    ),
  fc.tuple(bdfs, fc.nat(0xff), widths).map(
    ([b, reg, size]): Action =>
      (m) =>
        m.sysfs('quirks', `${formatBdf(b)}-${reg.toString(16)}:${size}:0`),
  ),
  {
    weight: 6,
    arbitrary: fc.tuple(guestSlots, offsets, widths, values).map(
      ([g, o, w, v]): Action =>
        (m) =>
          m.confWrite(1, g, o - (o % w), w, v),
    ),
  },
  fc.tuple(guestSlots, offsets, widths).map(
    ([g, o, w]): Action =>
      (m) =>
        m.confRead(1, g, o - (o % w), w),
  ),
  fc.tuple(bdfs, fc.nat(0xff), widths, values).map(([b, o, w, v]): Action => (m) => {
    if (m.function(b) !== undefined) m.hardwareWrite(b, o - (o % w), w, v);
  }),
);

describe('a journal', () => {
  it('gives the same machine: bytes, states, guests, xenstore', () => {
    fc.assert(
      fc.property(fc.array(actions, { minLength: 1, maxLength: 40 }), (sequence) => {
        const original = sampleMachine();
        for (const action of sequence) action(original);
        const copy = sampleMachine();
        copy.replay(original.journal());
        expect(seen(copy)).toEqual(seen(original));
        expect(copy.journal()).toEqual(original.journal());
      }),
      { seed: 42, numRuns: 40 },
    );
  });

  it('is plain data', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.confWrite(1, at('0000:00:00.0'), 4, 2, 7);
    expect(JSON.parse(JSON.stringify(machine.journal()))).toEqual(machine.journal());
  });

  it('of errors and their answers gives the same machine', () => {
    const original = sampleMachine();
    original.assign(1, NIC);
    original.aer(NIC, 'error_detected', 2, 5);
    original.aer(NIC, 'mmio_enabled', 1, 4);
    original.createGuest('second');
    original.assign(2, CARD);
    original.destroyGuest(1);
    original.detach(2, CARD);
    original.loadDriver('5.4', true, true);
    original.assign(2, CARD);
    const copy = sampleMachine();
    expect(copy.replay(original.journal())).toBe(0);
    expect(seen(copy)).toEqual(seen(original));
  });

  it('of an assignment has its options', () => {
    const original = sampleMachine();
    original.assign(1, NIC, {
      msitranslate: true,
      powerManagement: false,
      permissive: true,
      rdmPolicy: 'relaxed',
      vdevfn: 0x30,
    });
    const copy = sampleMachine();
    expect(copy.replay(JSON.parse(JSON.stringify(original.journal())) as JournalEntry[])).toBe(0);
    expect(seen(copy)).toEqual(seen(original));
  });

  it('counts what it cannot apply and goes on', () => {
    const machine = sampleMachine();
    const refused = machine.replay([
      { action: 'seize', bdf: at('0000:77:00.0') },
      { action: 'assign', domid: 9, bdf: NIC },
      { action: 'detach', domid: 1, bdf: NIC },
      { action: 'assign', domid: 1, bdf: NIC },
    ]);
    expect(refused).toBe(3);
    expect(machine.function(NIC)?.assignedTo?.domid).toBe(1);
  });
});

describe('undo and redo', () => {
  it('lead back through every state and forth again', () => {
    fc.assert(
      fc.property(fc.array(actions, { minLength: 1, maxLength: 12 }), (sequence) => {
        const machine = sampleMachine();
        const states = [seen(machine)];
        for (const action of sequence) {
          const before = machine.journal().length;
          action(machine);
          if (machine.journal().length > before) states.push(seen(machine));
        }
        for (const state of states.slice(0, -1).reverse()) {
          expect(machine.undo().ok).toBe(true);
          expect(seen(machine)).toEqual(state);
        }
        expect(machine.undo().ok).toBe(false);
        for (const state of states.slice(1)) {
          expect(machine.redo().ok).toBe(true);
          expect(seen(machine)).toEqual(state);
        }
        expect(machine.redo().ok).toBe(false);
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  it('say what was taken back, and tell listeners once', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.confWrite(1, at('0000:00:00.0'), 4, 2, 7);
    const told: string[] = [];
    machine.onDidChange(({ action }) => told.push(action));
    expect(machine.undoable().undo).toBe('conf_write 0000:00:00.0 offset 0x04 size 2 value 0x0007');
    expect(machine.undo()).toMatchObject({
      ok: true,
      told: 'undone: conf_write 0000:00:00.0 offset 0x04 size 2 value 0x0007',
    });
    expect(told).toEqual(['undo']);
  });

  it('end with a new action', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.undo();
    machine.seize(CARD);
    expect(machine.redo()).toMatchObject({ ok: false, message: 'there is nothing to redo' });
  });

  it('do not print what the kernel said then once more', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.confWrite(1, at('0000:00:00.0'), 0x40, 1, 1);
    machine.confWrite(1, at('0000:00:00.0'), 4, 2, 7);
    const lines: string[] = [];
    machine.onLog(({ text }) => lines.push(text));
    machine.undo();
    expect(lines).toEqual([]);
    machine.permissive(NIC);
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe('a fork', () => {
  it('is in the same state and goes its own way', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.confWrite(1, at('0000:00:00.0'), 4, 2, 7);
    const before = seen(machine);
    const fork = machine.fork()!.machine;
    expect(seen(fork)).toEqual(before);
    fork.confWrite(1, at('0000:00:00.0'), 4, 2, 0);
    expect(seen(machine)).toEqual(before);
    expect(seen(fork)).not.toEqual(before);
  });

  it('under another driver lives through the same actions, and counts those that it refuses', () => {
    const machine = sampleMachine();
    machine.assign(1, NIC);
    machine.sysfs('allow_interrupt_control', formatBdf(NIC));
    const old = machine.fork('5.4')!;
    expect(old.machine.driver().profile).toBe('5.4');
    expect(old.machine.function(NIC)?.assignedTo?.domid).toBe(1);
    expect(old.refused).toBe(1);
  });
});
