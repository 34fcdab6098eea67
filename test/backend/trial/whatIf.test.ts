import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/backend/machine';
import { changeOf, totalOf } from '../../../src/backend/trial/comparison';
import type { Access } from '../../../src/backend/trial/cuts';
import { planQuirks } from '../../../src/backend/trial/quirkPlan';
import type { SequenceTrial } from '../../../src/backend/trial/trial';
import {
  axesFor,
  cellCount,
  whatIf,
  type Axes,
  type Cell,
  type Policy,
  type Question,
} from '../../../src/backend/trial/whatIf';
import { releaseRanges, summaryOf } from '../../../src/backend/trial/whatIfSummary';
import { at, functionOf, IGB, machineOf, sampleMachine, VF } from '../machine/machines';

/** The 82576 of the sample in guest 1: PM at 40, MSI at 50, MSI-X at 70, Express at a0. */
const GUEST = at('0000:00:00.0');
const DEVCTL = 0xa8;
const COMMAND = 4;

const machineWithIgb = (): Machine => {
  const machine = sampleMachine();
  expect(machine.assign(1, IGB).ok).toBe(true);
  return machine;
};
const write = (offset: number, size: number, value: number): Access => ({ offset, size, value });
const asking = (...writes: readonly Access[]): Question => ({ domid: 1, guest: GUEST, writes });

interface Answered {
  readonly axes: Axes;
  readonly cells: readonly Cell[];
  readonly at: (place: Partial<Pick<Cell, 'profile' | 'policy' | 'width'>>) => Cell;
  readonly summary: readonly string[];
}

const answer = (machine: Machine, question: Question): Answered => {
  const axes = axesFor(machine, question)!;
  const cells = [...whatIf(machine, question, axes)];
  return {
    axes,
    cells,
    at: ({ profile = axes.loaded, policy = 'asIs', width = 'asked' }) =>
      cells.find((c) => c.profile === profile && c.policy === policy && c.width === width)!,
    summary: summaryOf(axes, cells, question.writes.length),
  };
};
const bits = (cell: Cell): string => {
  const { outcome, done, wanted } = totalOf(cell.trial);
  return `${outcome} ${done}/${wanted}`;
};

describe('what if', () => {
  it('tries each cell of the table once, what happens now first', () => {
    const { axes, cells } = answer(machineWithIgb(), asking(write(DEVCTL, 2, 0xf)));
    expect(axes.profiles).toEqual(['6.12', '6.1', '5.10', '5.4', '4.4', '3.18', '3.1']);
    expect(axes.policies).toEqual(['asIs', 'interruptControl', 'quirk', 'permissive']);
    expect(axes.widths).toEqual(['asked', 1, 4]);
    expect(cells).toHaveLength(cellCount(axes));
    expect(new Set(cells.map((c) => [c.profile, c.policy, c.width].join())).size).toBe(cells.length);
    expect(cells[0]).toMatchObject({ profile: '6.12', policy: 'asIs', width: 'asked' });
  });

  it('leaves the machine as it is, down to its journal', () => {
    const machine = machineWithIgb();
    machine.confWrite(1, GUEST, COMMAND, 2, 2);
    const shown = () => [
      machine.realImage(IGB).bytes,
      machine.guestImage(1, IGB)?.bytes,
      machine.revision,
      machine.journal(),
      machine.function(IGB),
      machine.showSysfs('quirks'),
      machine.driver(),
    ];
    const before = shown();
    answer(machine, asking(write(DEVCTL, 2, 0xf), write(COMMAND, 2, 0x147)));
    expect(shown()).toEqual(before);
  });

  it('as it is agrees with making the writes', () => {
    const offsets = fc.constantFrom(0x00, 0x04, 0x06, 0x0c, 0x10, 0x44, 0x52, 0x72, 0xa8, 0xa9, 0x108);
    const any = fc.record({ offset: offsets, size: fc.constantFrom(1, 2, 3, 4), value: fc.nat(0xffffffff) });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), (writes) => {
        const machine = machineWithIgb();
        const question = asking(...writes);
        const now = whatIf(machine, question, axesFor(machine, question)!).next().value as Cell;
        const made = writes.map((w) => machine.confWrite(1, GUEST, w.offset, w.size, w.value));
        expect(now.trial.writes.map(({ ops }) => ops)).toEqual(made.map((op) => [op]));
        expect(now.trial.writes.map(({ outcome }) => outcome)).toEqual(made.map((op) => op.verdict?.outcome));
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it('plays several writes in order on one machine: the second meets what the first left', () => {
    const machine = machineWithIgb();
    machine.permissive(IGB);
    const { at: cell } = answer(machine, asking(write(DEVCTL, 2, 0xf), write(DEVCTL, 2, 0xf)));
    expect(cell({}).trial.writes.map(({ outcome }) => outcome)).toEqual(['all', 'same']);
    expect(cell({ policy: 'normal' }).trial.writes.map(({ outcome }) => outcome)).toEqual([
      'nothing',
      'nothing',
    ]);
  });

  it('has no column for what the device has already, and one for its having nothing', () => {
    const policies = (prepare: (machine: Machine) => void): readonly Policy[] => {
      const machine = machineWithIgb();
      prepare(machine);
      return axesFor(machine, asking(write(COMMAND, 2, 0)))!.policies;
    };
    expect(policies((m) => m.permissive(IGB))).toEqual(['asIs', 'normal', 'interruptControl', 'quirk']);
    expect(policies((m) => m.modulePermissive(true))).toEqual([
      'asIs',
      'normal',
      'interruptControl',
      'quirk',
    ]);
    expect(policies((m) => m.sysfs('allow_interrupt_control', '0000:02:00.0'))).toEqual([
      'asIs',
      'normal',
      'quirk',
      'permissive',
    ]);
    expect(policies((m) => m.sysfs('quirks', '0000:02:00.0-a8:2:ffff'))).toContain('normal');
  });

  it('normal is without anything that was given, by whatever way', () => {
    const given: readonly ((machine: Machine) => unknown)[] = [
      (m) => m.permissive(IGB),
      (m) => m.sysfs('permissive', '0000:02:00.0'),
      (m) => m.modulePermissive(true),
      (m) => m.sysfs('quirks', '02:00.0-a8:2:ffff'),
    ];
    const loadedPermissive = sampleMachine();
    loadedPermissive.loadDriver('6.12', false, true);
    loadedPermissive.assign(1, IGB);
    const machines = given.map((give) => {
      const machine = machineWithIgb();
      give(machine);
      return machine;
    });
    for (const machine of [...machines, loadedPermissive]) {
      const { at: cell } = answer(machine, asking(write(DEVCTL, 2, 0xf)));
      expect([bits(cell({})), bits(cell({ policy: 'normal' }))]).toEqual(['all 4/4', 'nothing 0/4']);
    }
  });

  it('a request that the driver refuses for its form is tried in aligned pieces too', () => {
    const { axes, at: cell } = answer(machineWithIgb(), asking(write(0xa9, 3, 0x0f0f0f)));
    expect(axes.widths).toEqual(['asked', 'pieces', 1, 2, 4]);
    expect(cell({}).trial.writes[0]?.outcome).toBe('refused');
    const opsIn = (width: Cell['width']) =>
      cell({ width }).trial.writes[0]?.ops.map(({ offset, size }) => [offset, size]);
    expect(opsIn('pieces')).toEqual([
      [0xa9, 1],
      [0xaa, 2],
    ]);
    expect(opsIn(2)).toEqual([
      [0xa8, 2],
      [0xaa, 2],
    ]);
    // Its quirk opens the pieces, not what stands beside them.
    expect(cell({ policy: 'quirk' }).quirks).toEqual([
      { reg: 0xa9, size: 1 },
      { reg: 0xaa, size: 2 },
    ]);
  });

  it('widths that change nothing are left out, and a request that no access can carry has none', () => {
    const widths = (...writes: readonly Access[]) => axesFor(machineWithIgb(), asking(...writes))!.widths;
    expect(widths(write(0xa8, 1, 0))).toEqual(['asked', 2, 4]);
    expect(widths(write(0xa8, 1, 0), write(0xa8, 2, 0))).toEqual(['asked', 1, 2, 4]);
    // Its pieces are bytes anyway.
    expect(widths(write(0xa9, 2, 0))).toEqual(['asked', 1, 2, 4]);
    expect(widths(write(0xa8, 8, 0))).toEqual(['asked']);
    expect(widths(write(0x1000, 1, 0))).toEqual(['asked']);
  });

  it('says which bytes of the device change that the write does not name', () => {
    // Two bytes of error bits that a written 1 clears, beside a control byte, in no structure.
    const plain = functionOf('0000:00:05.0', [
      [0x00, 4, 0x00011234],
      [0x80, 4, 0x00ffff00],
    ]);
    const [rw, w1c] = [new Uint8Array(256), new Uint8Array(256)];
    rw[0x80] = 0xff;
    w1c.fill(0xff, 0x81, 0x83);
    const machine = machineOf({ ...plain, rw, w1c });
    expect(machine.assign(1, plain.bdf).ok).toBe(true);
    machine.permissive(plain.bdf);
    const { at: cell, summary } = answer(machine, asking(write(0x80, 1, 0x5a)));
    expect(cell({}).trial.beside).toEqual([]);
    expect(cell({ width: 2 }).trial.beside).toEqual([{ offset: 0x81, before: 0xff, after: 0 }]);
    expect(cell({ width: 4 }).trial.beside).toHaveLength(2);
    expect(summary).toEqual([
      'As it is, all 4 bits come about.',
      "With the driver's normal rules nothing comes about, though the guest is told success.",
      'In words or dwords bytes of the device beside it change too.',
      'The kernel version makes no difference.',
    ]);
  });

  it('follows a device that another driver gives another address in the guest', () => {
    const machine = sampleMachine();
    // Until 5.12 the second VF went into the slot of the first.
    const second = at('0000:02:10.2');
    expect(machine.assign(1, VF).ok).toBe(true);
    expect(machine.assign(1, second).ok).toBe(true);
    const { guest } = machine.function(second)!.assignedTo!;
    expect(machine.fork('5.4')!.machine.function(second)?.assignedTo?.guest).not.toEqual(guest);
    const question: Question = { domid: 1, guest, writes: [write(0x0c, 1, 0x10)] };
    for (const { trial } of answer(machine, question).cells)
      for (const { ops } of trial.writes) for (const op of ops) expect(op.host).toEqual(second);
  });

  it('has nothing to say of a device that the guest does not have, nor of a machine with a full journal', () => {
    const machine = machineWithIgb();
    expect(axesFor(machine, { ...asking(), guest: at('0000:00:1f.0') })).toBeUndefined();
    const question = asking(write(DEVCTL, 2, 0xf));
    const axes = axesFor(machine, question)!;
    for (let i = 0; i < 20_000; i++) machine.modulePermissive(false);
    expect([...whatIf(machine, question, axes)]).toEqual([]);
    expect(planQuirks(machine, question)).toBeUndefined();
  });
});

describe('the summary', () => {
  const of = (prepare: (machine: Machine) => void, ...writes: readonly Access[]): readonly string[] => {
    const machine = machineWithIgb();
    prepare(machine);
    return answer(machine, asking(...writes)).summary;
  };
  const nothing = (): void => undefined;

  it('of a register without a field', () => {
    expect(of(nothing, write(DEVCTL, 2, 0xf))).toEqual([
      'As it is, nothing comes about, though the guest is told success.',
      'All of it comes about only with a quirk or permissive.',
      'The width and the kernel version make no difference.',
    ]);
  });

  it('of COMMAND, where the kernels before XSA-120 wrote what the guest gave', () => {
    expect(of(nothing, write(COMMAND, 2, 0x547))).toEqual([
      'As it is, 1 of 3 bits comes about; 2 more only in what the guest reads back.',
      'With interrupt control more of it comes about (2 of 3 bits).',
      'All of it comes about only in Linux 3.1 and 3.18.',
      'In Linux 4.4 as many bits come about, but guest or device end up otherwise.',
      'The width makes no difference.',
    ]);
  });

  it('of MSI-X enable', () => {
    expect(of(nothing, write(0x72, 2, 0x8009))).toEqual([
      'As it is, the write is refused with XEN_PCI_ERR_access_denied.',
      'All of it comes about with interrupt control or permissive.',
      'In Linux 3.1 to 5.4 nothing comes about, though the guest is told success.',
      'The width makes no difference.',
    ]);
  });

  it('of a request that is not aligned: two things have to change', () => {
    expect(of(nothing, write(0xa9, 2, 0x000f))).toEqual([
      'As it is, the write is refused with XEN_PCI_ERR_invalid_offset.',
      'In bytes, words or dwords nothing comes about, though the guest is told success.',
      expect.stringMatching(/^\d of \d bits come about only when two things change, for instance with /),
      'The kernel version matters only with a quirk.',
    ]);
  });

  it('of a field without a write handler: nothing helps', () => {
    expect(of(nothing, write(0x3c, 1, 0x55))).toEqual([
      'As it is, nothing comes about, though the guest is told success.',
      'Nothing that can be changed here makes more of it come about.',
      'The policy, the width and the kernel version make no difference.',
    ]);
  });

  it('of a write that asks for nothing new', () => {
    expect(of(nothing, write(DEVCTL, 1, 0))[0]).toBe(
      'As it is, the guest asks for no change: it reads this value already.',
    );
  });

  it('of a permissive device says what it would lose', () => {
    expect(of((m) => m.permissive(IGB), write(DEVCTL, 2, 0xf))).toEqual([
      'As it is, all 4 bits come about.',
      "With the driver's normal rules nothing comes about, though the guest is told success.",
      'The width and the kernel version make no difference.',
    ]);
  });

  it('of a size probe: it needs its width', () => {
    expect(of(nothing, write(0x10, 4, 0xffffffff))).toContain(
      'In bytes or words nothing comes about, though the guest is told success.',
    );
  });

  it('of several writes counts their bits together', () => {
    expect(of(nothing, write(0x108, 4, 0x55), write(DEVCTL, 2, 0x1f))).toEqual([
      'As it is, none of the 11 bits in 2 writes comes about, though the guest is told success.',
      'With quirks or permissive more of it comes about (8 of 11 bits).',
      'The width and the kernel version make no difference.',
    ]);
  });

  it('never says that an axis makes no difference where two cells along it differ', () => {
    const offsets = fc.constantFrom(0x04, 0x06, 0x0c, 0x10, 0x30, 0x44, 0x52, 0x72, 0xa8, 0xa9, 0x108);
    const size = fc.constantFrom(1, 2, 4);
    const named = { policy: 'policy', width: 'width', profile: 'kernel version' } as const;
    fc.assert(
      fc.property(offsets, size, fc.nat(0xffffffff), (offset, bytes, value) => {
        const { cells, summary } = answer(machineWithIgb(), asking(write(offset, bytes, value)));
        const claim = summary.find((text) => text.endsWith('no difference.')) ?? '';
        for (const axis of ['policy', 'width', 'profile'] as const) {
          if (!claim.toLowerCase().includes(`the ${named[axis]}`)) continue;
          const others = (['policy', 'width', 'profile'] as const).filter((other) => other !== axis);
          for (const one of cells)
            for (const other of cells)
              if (others.every((key) => one[key] === other[key]) && tried(one) && tried(other))
                expect(changeOf(one.trial, other.trial)).toBe('same');
        }
      }),
      { seed: 8, numRuns: 12 },
    );
  });

  const tried = ({ trial }: { readonly trial: SequenceTrial }): boolean => trial.impossible === undefined;

  it('names releases as ranges', () => {
    const all = ['3.1', '3.18', '4.4', '5.4', '5.10'];
    expect(releaseRanges(['3.1'], all)).toEqual(['3.1']);
    expect(releaseRanges(['3.1', '3.18', '5.10'], all)).toEqual(['3.1', '3.18', '5.10']);
    expect(releaseRanges(['3.18', '4.4', '5.4'], all)).toEqual(['3.18 to 5.4']);
  });
});

describe('a quirk plan', () => {
  it('has the fewest lines for the writes that are lost, and their effect is what comes of applying them', () => {
    const machine = machineWithIgb();
    const question = asking(write(DEVCTL, 2, 0x1f), write(DEVCTL, 1, 0x0f), write(0xb0, 2, 0x40));
    const plan = planQuirks(machine, question)!;
    expect(plan.lines.map(({ text }) => text)).toEqual(['0000:02:00.0-a8:2:ffff', '0000:02:00.0-b0:2:ffff']);
    expect(plan.writes.map(({ effect }) => effect)).toEqual(['opened', 'opened', 'opened']);
    for (const { text } of plan.lines) expect(machine.sysfs('quirks', text).ok).toBe(true);
    const made = question.writes.map((w) => machine.confWrite(1, GUEST, w.offset, w.size, w.value));
    expect(made.map(({ verdict }) => [verdict?.outcome, verdict?.done])).toEqual(
      plan.writes.map(({ after }) => [after.outcome, after.done]),
    );
  });

  it('opens nothing where a field stands, and says what holds the write back', () => {
    const { lines, writes } = planQuirks(
      machineWithIgb(),
      asking(write(0x3c, 1, 0x55), write(0x52, 2, 0x81), write(0xa9, 2, 0xf), write(DEVCTL, 1, 0)),
    )!;
    expect(lines).toEqual([]);
    expect(writes.map(({ effect, left }) => [effect, ...left])).toEqual([
      ['closed', 'no-write-handler'],
      ['closed', 'interrupt-control-denied'],
      ['closed', 'request-invalid'],
      ['unneeded'],
    ]);
  });

  it('keeps a line for what reaches a device that does not take it, and says so', () => {
    const { lines, writes } = planQuirks(machineWithIgb(), asking(write(0xa2, 2, 0xffff)))!;
    expect(lines).toEqual([{ reg: 0xa2, size: 2, text: '0000:02:00.0-a2:2:ffff', gained: 0 }]);
    expect(writes.map(({ effect, left }) => [effect, ...left])).toEqual([['reaches', 'device-read-only']]);
  });

  it('says of what a quirk opened before that it reaches the device, not that it is closed', () => {
    const machine = machineWithIgb();
    const question = asking(write(0xa2, 2, 0xffff));
    for (const { text } of planQuirks(machine, question)!.lines) machine.sysfs('quirks', text);
    const { lines, writes } = planQuirks(machine, question)!;
    expect(lines).toEqual([]);
    expect(writes.map(({ effect }) => effect)).toEqual(['reaches']);
  });

  it('never changes the machine, and every line brings no less than before', () => {
    const offset = fc.constantFrom(0x04, 0x0c, 0x3e, 0x44, 0x52, 0xa0, 0xa8, 0xac, 0xb0, 0x104, 0x108);
    const any = fc.record({ offset, size: fc.constantFrom(1, 2, 4), value: fc.nat(0xffffffff) });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (writes) => {
        const machine = machineWithIgb();
        const before = [machine.revision, machine.showSysfs('quirks')];
        const plan = planQuirks(machine, asking(...writes))!;
        expect([machine.revision, machine.showSysfs('quirks')]).toEqual(before);
        expect(plan.writes).toHaveLength(writes.length);
        if (plan.lines.length === 0) for (const { effect } of plan.writes) expect(effect).not.toBe('opened');
      }),
      { seed: 4, numRuns: 30 },
    );
  });
});
