import { describe, expect, it } from 'vitest';
import { explained } from '../../../src/backend/assembly/explained';
import { profileNamed } from '../../../src/backend/pciback/profiles';
import type { DecisionCode } from '../../../src/backend/verdict/decision';
import { RULES, ruleText } from '../../../src/backend/verdict/rules';
import type { Verdict } from '../../../src/backend/verdict/verdict';
import { EXP, fresh, freshVf, MSI, PM, poke, seizedOf, store, VPD, type Fresh } from '../pciback/fixtures';

/**
 * Each code of the vocabulary, produced on a device whose registers are made for it. The last test holds the list
 * against the vocabulary: a rule without an access that shows it would be a claim.
 */

type Op = 'conf_read' | 'conf_write';
type Row = readonly [
  code: DecisionCode,
  what: string,
  prepare: (fixture: Fresh) => void,
  op: readonly [op: Op, offset: number, size: number, value?: number],
];

const nothing = (): void => undefined;
const permissive = ({ host, dev }: Fresh): void => void store(host, 'permissive', dev.name);
const control = ({ host, dev }: Fresh): void => void store(host, 'allow_interrupt_control', dev.name);
const write = (offset: number, size: number, value: number) => (f: Fresh) =>
  void f.guest.write(f.dev, offset, size, value);
const set = (offset: number, width: 1 | 2 | 4, value: number) => (f: Fresh) =>
  poke(f.dev, offset, width, value);
const all =
  (...steps: readonly ((f: Fresh) => void)[]) =>
  (f: Fresh) =>
    steps.forEach((step) => step(f));
const fail =
  (offset: number, readCode: number, writeCode: number) =>
  ({ dev }: Fresh) =>
    dev.fn.addFailingRange({ offset, length: 4, readCode, writeCode });

/** The same device with the driver of this kernel. */
const freshOn = (name: string): Fresh => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return fresh(undefined, [], { profile });
};

const W = 'conf_write';
const R = 'conf_read';

const ROWS: readonly Row[] = [
  ['request-invalid', 'three bytes', nothing, [W, 4, 3, 0]],
  ['no-field', 'Device Control', nothing, [W, EXP + 8, 2, 0]],
  ['no-field-permissive', 'Device Control', permissive, [W, EXP + 8, 2, 0]],
  ['outside-field', 'STATUS beside COMMAND', nothing, [W, 4, 4, 0xf9000007]],
  [
    'field-not-reached',
    'BIST after a cache line size that cannot be read',
    fail(0x0c, 0x86, 0),
    [W, 0x0c, 4, 0],
  ],
  ['no-write-handler', 'vendor id', nothing, [W, 0, 2, 0]],
  ['field-raw', 'cache line size', nothing, [W, 0x0c, 1, 8]],
  [
    'field-quirk',
    'Device Control',
    ({ host, dev }) => void store(host, 'quirks', `${dev.name}-${(EXP + 8).toString(16)}:2:0`),
    [W, EXP + 8, 2, 0],
  ],
  ['bus-failed', 'cache line size of a device that does not answer', fail(0x0c, 0x86, 0), [W, 0x0c, 1, 8]],
  ['bus-failed', 'BIST write that the bus refuses', fail(0x0c, 0, 0x88), [W, 0x0f, 1, 0x40]],
  ['command-enabled', 'memory', nothing, [W, 4, 2, 2]],
  ['command-disabled', 'off', write(4, 2, 2), [W, 4, 2, 0]],
  ['command-enable-kept', 'off while off', nothing, [W, 4, 2, 0]],
  [
    'command-enable-failed',
    'BAR without claim',
    ({ dev }) => void (dev.resources[0]!.claimed = false),
    [W, 4, 2, 2],
  ],
  [
    'command-not-reached',
    'BAR without claim',
    ({ dev }) => void (dev.resources[0]!.claimed = false),
    [W, 4, 2, 6],
  ],
  ['command-master', 'on', nothing, [W, 4, 2, 4]],
  ['command-mwi', 'on', nothing, [W, 4, 2, 0x16]],
  ['command-kernel-same', 'mastering stays off', nothing, [W, 4, 2, 2]],
  ['command-copy-same', 'MWI stays off', nothing, [W, 4, 2, 2]],
  ['command-device-same', 'all of COMMAND as it is', permissive, [W, 4, 2, 3]],
  ['command-intx', 'off', control, [W, 4, 2, 0x400]],
  ['command-intx-shadowed', 'off without control', nothing, [W, 4, 2, 0x400]],
  ['command-shadowed', 'parity', nothing, [W, 4, 2, 0x40]],
  ['command-permissive', 'fast back-to-back', permissive, [W, 4, 2, 0x200]],
  ['command-hardware-only', 'fast back-to-back', nothing, [W, 4, 2, 0x200]],
  ['bar-probe', 'all ones', nothing, [W, 0x10, 4, 0xffffffff]],
  ['bar-restored', 'the address back to a device that lost it', set(0x10, 4, 0), [W, 0x10, 4, 0xfeb80000]],
  [
    'bar-restore-failed',
    'the address back to a device that takes no writes',
    all(set(0x10, 4, 0), fail(0x10, 0, 0x88)),
    [W, 0x10, 4, 0xfeb80000],
  ],
  ['bar-same', 'the address', nothing, [W, 0x10, 4, 0xfeb80000]],
  ['bar-ignored', 'another address', nothing, [W, 0x10, 4, 0x12340000]],
  ['bar-ignored', 'another ROM address', nothing, [W, 0x30, 4, 0x12340000]],
  ['bist-written', 'start', nothing, [W, 0x0f, 1, 0x40]],
  ['bist-ignored', 'completion code', nothing, [W, 0x0f, 1, 0x05]],
  ['vpd-write-denied', 'flag', nothing, [W, VPD + 2, 2, 0x8000]],
  ['pm-written', 'data select', nothing, [W, PM + 4, 2, 0x2200]],
  ['pm-same', 'nothing but a power state', nothing, [W, PM + 4, 2, 0x2003]],
  ['pm-masked', 'PME enable', nothing, [W, PM + 4, 2, 0x2100]],
  ['pm-state', 'D3hot', nothing, [W, PM + 4, 2, 0x2003]],
  ['pm-state-refused', 'D1', nothing, [W, PM + 4, 2, 0x2001]],
  ['interrupt-same', 'MSI control as it is', nothing, [W, MSI + 2, 2, 0x0080]],
  ['interrupt-permissive', 'MSI on', permissive, [W, MSI + 2, 2, 0x0081]],
  ['interrupt-written', 'MSI on', control, [W, MSI + 2, 2, 0x0081]],
  ['interrupt-control-denied', 'MSI on', nothing, [W, MSI + 2, 2, 0x0081]],
  ['interrupt-bits-denied', 'two messages', control, [W, MSI + 2, 2, 0x0091]],
  [
    'interrupt-type-denied',
    'MSI-X beside MSI',
    all(control, write(MSI + 2, 2, 0x0081)),
    [W, 0xa2, 2, 0x8004],
  ],
  ['device-read-only', 'Device Capabilities', permissive, [W, EXP + 4, 4, 0]],
  ['device-started', 'function level reset', permissive, [W, EXP + 8, 2, 0xa810]],
  ['device-cleared', 'PME status with another data select', set(PM + 4, 2, 0xa008), [W, PM + 4, 2, 0xa208]],
  ['device-already-clear', 'PME status that is clear', nothing, [W, PM + 4, 2, 0xa200]],
  ['device-not-cleared', 'PME status written as 0', set(PM + 4, 2, 0xa008), [W, PM + 4, 2, 0x2208]],
  ['device-changed', 'the flag that VPD raises', nothing, [W, VPD + 2, 2, 0x0000]],
  ['read-hardware', 'Device Control', nothing, [R, EXP + 8, 2]],
  ['read-field-hardware', 'BIST', nothing, [R, 0x0f, 1]],
  ['read-kernel-id', 'vendor', nothing, [R, 0, 2]],
  ['read-kernel-irq', 'interrupt line', nothing, [R, 0x3c, 1]],
  ['read-command-shadow', 'COMMAND', nothing, [R, 4, 2]],
  ['read-bar-frozen', 'BAR 0', nothing, [R, 0x10, 4]],
  ['read-bar-size', 'BAR 0 while probed', write(0x10, 4, 0xffffffff), [R, 0x10, 4]],
  ['read-pme-hidden', 'power management capabilities', nothing, [R, PM + 2, 2]],
  [
    'read-ones',
    'latencies that cannot be read, beside the interrupt line',
    ({ dev }) => dev.fn.addFailingRange({ offset: 0x3e, length: 2, readCode: 0x86, writeCode: 0 }),
    [R, 0x3c, 4],
  ],
  ['read-failed', 'a device that does not answer', fail(0x0c, 0x86, 0), [R, 0x0c, 1]],
];

/** The same with the driver of another kernel. */
const OLDER: readonly (readonly [profile: string, ...row: Row])[] = [
  ['4.4', 'field-missed', 'latency timer inside a dword', nothing, [W, 0x0c, 4, 0x2000]],
  ['4.4', 'read-field-missed', 'interrupt pin inside a dword', nothing, [R, 0x3c, 4]],
  ['4.4', 'read-bar-plain-size', 'BAR 0 while probed', write(0x10, 4, 0xffffffff), [R, 0x10, 4]],
  ['5.10', 'interrupt-intx-denied', 'MSI on while INTx is', control, [W, MSI + 2, 2, 0x0081]],
  ['5.10', 'bus-failed', 'MSI on, COMMAND unreadable', all(control, fail(4, 0x86, 0)), [W, MSI + 2, 2, 0x81]],
  [
    '5.10',
    'command-device-same',
    'INTx on where it is on',
    all(control, write(4, 2, 0x402), set(4, 2, 0x0003)),
    [W, 4, 2, 2],
  ],
];

/** Shown where their circumstances are: another kernel, another guest address. */
const ELSEWHERE: readonly DecisionCode[] = [
  'no-such-device',
  'command-mwi-failed',
  'command-intx-refused',
  'command-raw',
  'read-command-resources',
];

const verdictIn = (fixture: Fresh, [op, offset, size, sent = 0]: Row[3]): Verdict => {
  const { guest, dev, host } = fixture;
  return explained(seizedOf(host, dev), { op, offset, size, sent }, () => ({
    result: op === 'conf_read' ? guest.read(dev, offset, size) : guest.write(dev, offset, size, sent),
  })).verdict;
};
const codes = ({ parts }: Verdict): readonly DecisionCode[] => parts.map((part) => part.code);

describe('rules', () => {
  it.each(ROWS)('%s: %s', (code, _what, prepare, op) => {
    const fixture = fresh();
    prepare(fixture);
    expect(codes(verdictIn(fixture, op))).toContain(code);
  });

  it.each(OLDER)('Linux %s, %s: %s', (profile, code, _what, prepare, op) => {
    const fixture = freshOn(profile);
    prepare(fixture);
    expect(codes(verdictIn(fixture, op))).toContain(code);
  });

  it('command-mwi-failed: no cache line size that suits', () => {
    const verdict = verdictIn(fresh(undefined, [], { cacheLine: 0 }), [W, 4, 2, 0x16]);
    expect(verdict).toMatchObject({ outcome: 'partly' });
    expect(codes(verdict)).toContain('command-mwi-failed');
  });

  it("a virtual function: the ids are the kernel's, memory decoding is believed", () => {
    const fixture = freshVf();
    const ids = verdictIn(fixture, [R, 0, 4]);
    expect(ids.parts.map((part) => part.code)).toEqual(['read-kernel-id', 'read-kernel-id']);
    expect(ids.after.device).not.toBe(ids.after.guest);
    expect(verdictIn(fixture, [W, 4, 2, 2])).toMatchObject({ outcome: 'believed', believed: 2 });
  });

  it('clearing PME status alone does nothing: pciback finds the bit as it was and does not write', () => {
    const fixture = fresh();
    poke(fixture.dev, PM + 4, 2, 0xa008);
    expect(verdictIn(fixture, [W, PM + 4, 2, 0xa008])).toMatchObject({ outcome: 'nothing', wanted: 0x8000 });
  });

  it('disabling the device is what takes bus mastering away, not a bit that was so already', () => {
    const fixture = fresh();
    fixture.guest.write(fixture.dev, 4, 2, 6);
    const verdict = verdictIn(fixture, [W, 4, 2, 0]);
    expect(verdict.parts.find(({ mask }) => (mask & 4) !== 0)).toMatchObject({ code: 'command-disabled' });
    expect(verdict.done & 4).toBe(4);
  });

  it("permissive puts mastering right where the device has not what the kernel's flag says", () => {
    const fixture = fresh();
    permissive(fixture);
    fixture.guest.write(fixture.dev, 4, 2, 6);
    poke(fixture.dev, 4, 2, 0x0003);
    const verdict = verdictIn(fixture, [W, 4, 2, 6]);
    expect(verdict.parts.find(({ mask }) => (mask & 4) !== 0)).toMatchObject({ code: 'command-permissive' });
    expect(verdict.outcome).toBe('all');
  });

  it('a refused INTx leaves the copy of COMMAND as it was, decoding bits and all', () => {
    const fixture = freshOn('5.10');
    control(fixture);
    fixture.guest.write(fixture.dev, 4, 2, 0x402);
    fixture.guest.write(fixture.dev, MSI + 2, 2, 0x0081);
    const verdict = verdictIn(fixture, [W, 4, 2, 0x0003]);
    expect(verdict.outcome).toBe('refused');
    expect(verdict.parts.find(({ mask }) => (mask & 1) !== 0)).toMatchObject({ code: 'command-not-reached' });
  });

  it('a refusal that a later field of the request hides is told as such', () => {
    const verdict = verdictIn(fresh(), [W, PM + 4, 4, 0x2009]);
    expect(verdict).toMatchObject({ outcome: 'nothing', wanted: 1 });
    expect(codes(verdict)).toContain('pm-state-refused');
    expect(ruleText('pm-state-refused', false)).toContain('told success all the same');
    expect(ruleText('pm-state-refused', true)).toBe(RULES['pm-state-refused'].text);
  });

  it('of a read that fails in part and succeeds, the rest is ones that nobody refused', () => {
    const fixture = fresh();
    fixture.dev.fn.addFailingRange({ offset: 0x3e, length: 2, readCode: 0x86, writeCode: 0 });
    const verdict = verdictIn(fixture, [R, 0x3c, 4]);
    expect(verdict.outcome).toBe('read');
    expect(verdict.parts.map(({ code, mask }) => [code, mask])).toEqual([
      ['read-kernel-irq', 0xff],
      ['read-field-hardware', 0xff00],
      ['read-ones', 0xffff0000],
    ]);
    expect(verdict.after.guest).toBe(0xffff0110);
  });

  it('a bit of the copy that the device holds all the same has come about', () => {
    const fixture = fresh();
    fixture.guest.write(fixture.dev, 4, 2, 2);
    expect(verdictIn(fixture, [W, 4, 2, 3])).toMatchObject({ outcome: 'all', done: 1, believed: 0 });
  });

  it('a function level reset comes about though its bit reads 0', () => {
    const fixture = fresh();
    permissive(fixture);
    expect(verdictIn(fixture, [W, EXP + 8, 2, 0xa810])).toMatchObject({ outcome: 'all', done: 0x8000 });
    expect(fixture.dev.fn.resets).toBeGreaterThan(0);
  });

  it('a request of three bytes wants what differs in its three bytes', () => {
    expect(verdictIn(fresh(), [W, 0x2c, 3, 0x1f8086])).toMatchObject({ outcome: 'refused', wanted: 0 });
    expect(verdictIn(fresh(), [W, 0x2c, 3, 0x1e8086])).toMatchObject({
      outcome: 'refused',
      wanted: 0x10000,
      parts: [{ code: 'request-invalid', mask: 0xffffff }],
    });
  });

  it('every code has an access that shows it', () => {
    const shown = new Set<string>([
      ...ROWS.map(([code]) => code),
      ...OLDER.map(([, code]) => code),
      ...ELSEWHERE,
    ]);
    expect(Object.keys(RULES).filter((code) => !shown.has(code))).toEqual([]);
    expect([...shown].filter((code) => !(code in RULES))).toEqual([]);
  });
});
