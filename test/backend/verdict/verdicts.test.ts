import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/backend/machine';
import { formatBdf } from '../../../src/backend/spec/bdf';
import type { Width } from '../../../src/backend/spec/uint';
import type { DecisionCode } from '../../../src/backend/verdict/decision';
import type { Outcome, Verdict } from '../../../src/backend/verdict/verdict';
import { at, IGB, sampleMachine } from '../machine/machines';

/** The 82576 of the sample in guest 1: PM at 40, MSI at 50, MSI-X at 70, Express at a0, VPD at e0, AER at 100. */
const GUEST = at('0000:00:00.0');

interface Circumstances {
  readonly profile?: string;
  readonly permissive?: boolean;
  readonly interruptControl?: boolean;
  readonly quirk?: string;
  readonly before?: (machine: Machine) => void;
}

const machineWith = (circumstances: Circumstances): Machine => {
  const machine = sampleMachine();
  const { profile, permissive, interruptControl, quirk, before } = circumstances;
  if (profile !== undefined) expect(machine.loadDriver(profile, false, false).ok).toBe(true);
  expect(machine.assign(1, IGB)).toMatchObject({ ok: true });
  if (permissive === true) machine.permissive(IGB);
  if (interruptControl === true) machine.sysfs('allow_interrupt_control', formatBdf(IGB));
  if (quirk !== undefined) expect(machine.sysfs('quirks', `${formatBdf(IGB)}-${quirk}`).ok).toBe(true);
  before?.(machine);
  return machine;
};

const write = (machine: Machine, offset: number, size: number, value: number): Verdict => {
  const { verdict } = machine.confWrite(1, GUEST, offset, size, value);
  if (verdict === undefined) throw new Error('the write was not explained');
  return verdict;
};
const read = (machine: Machine, offset: number, size: number): number =>
  machine.confRead(1, GUEST, offset, size).value;
const codeOf = (verdict: Verdict, bit: number): DecisionCode | undefined =>
  verdict.parts.find((part) => ((part.mask >>> bit) & 1) === 1)?.code;

/** One row for each code: what the guest writes where, the bit to look at, and what becomes of it. */
const ROWS: readonly (readonly [
  DecisionCode,
  string,
  Circumstances,
  readonly [offset: number, size: number, value: number | ((machine: Machine) => number)],
  bit: number,
  Outcome,
])[] = [
  ['request-invalid', 'three bytes', {}, [0x04, 3, 0], 0, 'refused'],
  ['request-invalid', 'unaligned', {}, [0x05, 2, 0], 0, 'refused'],
  ['no-field', 'Device Control of Express', {}, [0xa8, 2, 0xffff], 0, 'nothing'],
  ['no-field-permissive', 'the same when permissive', { permissive: true }, [0xa8, 2, 0xf], 0, 'all'],
  ['outside-field', 'STATUS beside COMMAND', {}, [0x04, 4, (m) => read(m, 4, 2) + 0x01000000], 24, 'nothing'],
  [
    'outside-field',
    'STATUS beside COMMAND, permissive too',
    { permissive: true },
    [0x04, 4, (m) => read(m, 4, 2) + 0x01000000],
    24,
    'nothing',
  ],
  ['no-write-handler', 'interrupt line', {}, [0x3c, 1, 0x55], 0, 'nothing'],
  ['no-write-handler', 'interrupt line, permissive too', { permissive: true }, [0x3c, 1, 0x55], 0, 'nothing'],
  ['no-write-handler', 'vendor id', {}, [0x00, 2, 0x1234], 2, 'nothing'],
  ['field-raw', 'cache line size', {}, [0x0c, 1, 0x10], 4, 'all'],
  ['field-quirk', 'Device Control through a quirk', { quirk: 'a8:2:0' }, [0xa8, 2, 0xf], 0, 'all'],
  [
    'command-enabled',
    'I/O and memory',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 0) },
    [0x04, 2, 3],
    1,
    'all',
  ],
  [
    'command-disabled',
    'decoding off',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 3) },
    [0x04, 2, 0],
    1,
    'believed',
  ],
  [
    'command-enable-kept',
    'I/O beside memory',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 2) },
    [0x04, 2, 3],
    0,
    // The kernel switched I/O on with memory: the device has it, and the guest reads it from now on.
    'all',
  ],
  ['command-master', 'mastering', { before: (m) => m.confWrite(1, GUEST, 4, 2, 2) }, [0x04, 2, 6], 2, 'all'],
  [
    'command-kernel-same',
    'mastering again',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 6) },
    [0x04, 2, 6],
    2,
    'same',
  ],
  [
    'command-intx-shadowed',
    'INTx disable',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 2) },
    [0x04, 2, 0x402],
    10,
    'believed',
  ],
  [
    'command-intx',
    'INTx disable with interrupt control',
    { interruptControl: true, before: (m) => m.confWrite(1, GUEST, 4, 2, 2) },
    [0x04, 2, 0x402],
    10,
    'all',
  ],
  [
    'command-shadowed',
    'parity',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 2) },
    [0x04, 2, 0x42],
    6,
    'believed',
  ],
  [
    'command-hardware-only',
    'fast back-to-back',
    { before: (m) => m.confWrite(1, GUEST, 4, 2, 2) },
    [0x04, 2, 0x202],
    9,
    'nothing',
  ],
  ['command-raw', 'parity before XSA-120', { profile: '3.18' }, [0x04, 2, 0x42], 6, 'all'],
  ['bar-probe', 'size probe', {}, [0x10, 4, 0xffffffff], 4, 'all'],
  ['bar-ignored', 'another address', {}, [0x10, 4, 0xdead0000], 20, 'nothing'],
  [
    'bar-same',
    'the address back',
    { before: (m) => m.confWrite(1, GUEST, 0x10, 4, 0xffffffff) },
    [0x10, 4, (m) => m.realImage(IGB).bytes[0x12]! * 0x10000 + m.realImage(IGB).bytes[0x13]! * 0x1000000],
    20,
    'all',
  ],
  ['bist-ignored', 'BIST completion code', {}, [0x0f, 1, 0x05], 0, 'nothing'],
  ['vpd-write-denied', 'VPD write', {}, [0xe2, 2, 0x8000], 15, 'refused'],
  ['pm-masked', 'PME enable', {}, [0x44, 2, 0x0100], 8, 'nothing'],
  ['pm-state', 'D3hot', {}, [0x44, 2, 0x0003], 0, 'all'],
  ['pm-state-refused', 'D1, which the device does not have', {}, [0x44, 2, 0x0001], 0, 'refused'],
  ['pm-same', 'PME status beside a power state', {}, [0x44, 2, 0x0003], 15, 'all'],
  ['pm-written', 'data select, which this device does not have', {}, [0x44, 2, 0x0200], 15, 'nothing'],
  ['bist-written', 'BIST start', {}, [0x0f, 1, 0x40], 0, 'nothing'],
  [
    'bar-restored',
    'the address back after the device lost it',
    { before: (m) => m.hardwareWrite(IGB, 0x10, 4, 0) },
    [0x10, 4, (m) => read(m, 0x10, 4)],
    20,
    'same',
  ],
  [
    'command-intx-refused',
    'INTx on while MSI is, before 6.7',
    {
      profile: '5.10',
      interruptControl: true,
      before: (m) => {
        m.confWrite(1, GUEST, 4, 2, 0x402);
        m.confWrite(1, GUEST, 0x52, 2, read(m, 0x52, 2) | 1);
      },
    },
    [0x04, 2, 0x0002],
    10,
    'refused',
  ],
  ['interrupt-control-denied', 'MSI enable', {}, [0x52, 2, (m) => read(m, 0x52, 2) | 1], 0, 'refused'],
  [
    'interrupt-bits-denied',
    'multiple messages',
    { interruptControl: true },
    [0x52, 2, (m) => read(m, 0x52, 2) ^ 0x10],
    4,
    'refused',
  ],
  [
    'interrupt-written',
    'MSI enable',
    { interruptControl: true },
    [0x52, 2, (m) => read(m, 0x52, 2) | 1],
    0,
    'all',
  ],
  [
    'interrupt-type-denied',
    'MSI-X beside MSI',
    { interruptControl: true, before: (m) => m.confWrite(1, GUEST, 0x52, 2, read(m, 0x52, 2) | 1) },
    [0x72, 2, (m) => read(m, 0x72, 2) | 0x8000],
    15,
    'refused',
  ],
  [
    'interrupt-permissive',
    'MSI enable when permissive',
    { permissive: true },
    [0x52, 2, (m) => read(m, 0x52, 2) | 1],
    0,
    'all',
  ],
  ['interrupt-same', 'the value that is there', {}, [0x52, 2, (m) => read(m, 0x52, 2)], 0, 'same'],
  [
    'device-read-only',
    'Device Capabilities when permissive',
    { permissive: true },
    [0xa4, 4, 0xffffffff],
    3,
    'nothing',
  ],
];

describe('the verdict of a write', () => {
  it.each(ROWS)('%s: %s', (code, _what, circumstances, [offset, size, value], bit, outcome) => {
    const machine = machineWith(circumstances);
    const verdict = write(machine, offset, size, typeof value === 'number' ? value : value(machine));
    expect({ code: codeOf(verdict, bit), outcome: verdict.outcome }).toEqual({ code, outcome });
  });

  it('of a device that the guest does not have is told so', () => {
    const machine = machineWith({});
    const { verdict } = machine.confWrite(1, at('0000:00:07.0'), 4, 2, 0);
    expect(verdict).toMatchObject({ outcome: 'refused', parts: [{ code: 'no-such-device', mask: 0xffff }] });
  });

  it('of a read before XSA-120 tells which COMMAND bits the driver made up', () => {
    const machine = machineWith({ profile: '3.18', before: (m) => m.confWrite(1, GUEST, 4, 2, 2) });
    expect(machine.confRead(1, GUEST, 4, 2).verdict?.parts[0]).toMatchObject({
      code: 'read-command-resources',
      mask: 3,
    });
  });

  it('covers every bit of the request once, whatever is written where', () => {
    const setups = fc.record({
      profile: fc.constantFrom('3.1', '4.4', '5.4', '5.10', '6.12'),
      permissive: fc.boolean(),
      interruptControl: fc.boolean(),
    });
    const ops = fc.array(
      fc.record({
        offset: fc.oneof(fc.nat(0xff), fc.constantFrom(4, 6, 0x0c, 0x10, 0x30, 0x3c, 0x44, 0x52, 0x72, 0xe0)),
        size: fc.constantFrom<Width>(1, 2, 4),
        value: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 6, 0x406, 0xffffffff)),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(setups, ops, (setup, sequence) => {
        const machine = machineWith(setup);
        for (const { offset, size, value } of sequence) {
          const verdict = write(machine, offset - (offset % size), size, value);
          const request = 2 ** (8 * size) - 1;
          let covered = 0;
          for (const { mask } of verdict.parts) {
            expect(covered & mask).toBe(0);
            covered = (covered | mask) >>> 0;
          }
          expect(covered).toBe(request);
          expect((verdict.done & verdict.believed) >>> 0).toBe(0);
          expect(((verdict.done | verdict.believed) & ~verdict.wanted) >>> 0).toBe(0);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('is true: bits that came about read back as written, bits that did not do not', () => {
    const values = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 6, 0x402, 0xffff));
    const places = fc.constantFrom(4, 0x0c, 0x44, 0x52, 0x72, 0xa8, 0xe2, 0x106, 0x118);
    fc.assert(
      fc.property(
        places,
        values,
        fc.boolean(),
        fc.boolean(),
        (offset, value, permissive, interruptControl) => {
          const machine = machineWith({ permissive, interruptControl });
          const { before, after, parts, wanted, done } = write(machine, offset, 2, value);
          const cleared = parts.reduce(
            (mask, part) => (part.fate === 'cleared' ? mask | part.mask : mask),
            0,
          );
          const started = parts.reduce(
            (mask, part) => (part.code === 'device-started' ? mask | part.mask : mask),
            0,
          );
          const plain = done & ~cleared & ~started;
          expect(after.device! & plain).toBe(value & plain);
          expect(after.device! & cleared).toBe(0);
          // What did not come about is as it was in the device, or became something else than what was written.
          const missed = wanted & ~done & ~cleared;
          expect((after.device! ^ value) & missed & (before.device! ^ value)).toBe(
            missed & (before.device! ^ value),
          );
        },
      ),
      { seed: 12, numRuns: 300 },
    );
  });
});
