import type { Machine } from '../machine';
import { CapId } from '../spec/capabilityIds';
import type { Bdf } from '../spec/bdf';
import { firstCapability } from '../spec/firstCapability';
import {
  COMMAND_INTX_DISABLE,
  MSI_FLAGS,
  MSI_FLAGS_ENABLE,
  MSIX_FLAGS,
  MSIX_FLAGS_ENABLE,
  MSIX_FLAGS_MASKALL,
  PCI_BIST,
  PCI_COMMAND,
  PCI_HEADER_TYPE,
  PM_CTRL,
  PM_CTRL_STATE_MASK,
  VPD_ADDR,
  VPD_ADDR_F,
} from '../spec/kernelRegisters';
import { and, andNot, hex, or, readLe, shl, shr, widthMask, xor, type Width } from '../spec/uint';
import type { DecisionCode } from '../verdict/decision';
import { isWidth } from './cuts';
import type { TriedWrite } from './trial';

/**
 * What the guest itself could do otherwise, by the rule that its write met: another value in the same register,
 * something else first, or a request to the driver instead of the write.
 */

/** Something done on a machine of its own; false when it was refused there. */
export type Step = (own: Machine) => boolean;

export interface OtherWay {
  readonly kind: 'value' | 'first' | 'request';
  /** What to do, for people, without a full stop. */
  readonly text: string;
  /** value: the write in place of the one that was asked. */
  readonly write?: TriedWrite;
  /** first: what goes before the write. request: what takes its place. */
  readonly step?: Step;
}

/** A function's registers as the steps need them: where they are, and what they hold. */
class Registers {
  private readonly bytes: Uint8Array;

  constructor(
    readonly machine: Machine,
    readonly host: Bdf,
  ) {
    this.bytes = machine.realImage(host).bytes;
  }

  read(offset: number, width: Width): number {
    return readLe(this.bytes, offset, width);
  }
  /** Offset of a register in the first capability with this id; undefined without one. */
  in(id: number, offset: number): number | undefined {
    const read = (at: number, width: Width): number => this.read(at, width);
    const found = firstCapability(read, and(this.read(PCI_HEADER_TYPE, 1), 0x7f), id);
    return found === 0 ? undefined : found + offset;
  }
}

/** The write with its bits in a register changed; undefined when it does not touch the register, or to no effect. */
const withRegister = (
  write: TriedWrite,
  at: number,
  width: Width,
  change: (value: number) => number,
): TriedWrite | undefined => {
  if (at >= write.offset + write.size || write.offset >= at + width || !isWidth(write.size)) return undefined;
  const bits = 8 * (at - write.offset);
  const [toWrite, toRegister] =
    bits >= 0
      ? [(v: number) => shl(v, bits), (v: number) => shr(v, bits)]
      : [(v: number) => shr(v, -bits), (v: number) => shl(v, -bits)];
  const mask = and(toWrite(widthMask(width)), widthMask(write.size));
  const changed = change(and(toRegister(and(write.value, mask)), widthMask(width)));
  const value = or(andNot(write.value, mask), and(toWrite(changed), mask));
  return value === write.value ? undefined : { ...write, value };
};

const valueText = (what: string, { value, size }: TriedWrite): string =>
  `${what}: write 0x${hex(value, 2 * size)}`;

/** MSI and MSI-X: where their control words are, and what of them interrupt control allows to change. */
const MESSAGE_TYPES = [
  {
    name: 'MSI',
    id: CapId.MSI,
    offset: MSI_FLAGS,
    enable: MSI_FLAGS_ENABLE,
    allowed: MSI_FLAGS_ENABLE,
    call: 'pci_enable_msi (XEN_PCI_OP_enable_msi)',
    ask: (own: Machine, { domid, guest }: TriedWrite, on: boolean) =>
      own.guestMsi(domid, guest, on ? 1 : 0).ok,
  },
  {
    name: 'MSI-X',
    id: CapId.MSIX,
    offset: MSIX_FLAGS,
    enable: MSIX_FLAGS_ENABLE,
    allowed: MSIX_FLAGS_ENABLE | MSIX_FLAGS_MASKALL,
    call: 'pci_enable_msix_range (XEN_PCI_OP_enable_msix)',
    ask: (own: Machine, { domid, guest }: TriedWrite, on: boolean) =>
      own.guestMsix(domid, guest, on ? 1 : 0).ok,
  },
] as const;

type Way = (registers: Registers, write: TriedWrite) => readonly OtherWay[];

const value = (what: string, write: TriedWrite | undefined): readonly OtherWay[] =>
  write === undefined ? [] : [{ kind: 'value', text: valueText(what, write), write }];

/** Off as the guest's driver asks for it, and in the register where a guest has written it there itself. */
const messagesOff: Way = (registers, write) => {
  const on = MESSAGE_TYPES.flatMap((type) => {
    const at = registers.in(type.id, type.offset);
    return at !== undefined && and(registers.read(at, 2), type.enable) !== 0 ? [{ ...type, at }] : [];
  });
  if (on.length === 0) return [];
  const step: Step = (own) =>
    on.every(({ at, enable, ask }) => {
      ask(own, write, false);
      const flags = readLe(own.realImage(registers.host).bytes, at, 2);
      if (and(flags, enable) === 0) return true;
      return own.confWrite(write.domid, write.guest, at, 2, andNot(flags, enable)).err === 0;
    });
  return [{ kind: 'first', text: `Switch ${on.map(({ name }) => name).join(' and ')} off first`, step }];
};

const intxOff: Way = (_registers, { domid, guest }) => [
  {
    kind: 'first',
    text: 'Disable INTx first (bit 10 of COMMAND)',
    step: (own) => {
      const command = own.confRead(domid, guest, PCI_COMMAND, 2).value;
      return own.confWrite(domid, guest, PCI_COMMAND, 2, or(command, COMMAND_INTX_DISABLE)).err === 0;
    },
  },
];

const fullPower: Way = (registers, { domid, guest }) => {
  const at = registers.in(CapId.PM, PM_CTRL);
  if (at === undefined || and(registers.read(at, 2), PM_CTRL_STATE_MASK) === 0) return [];
  const step: Step = (own) =>
    own.confWrite(domid, guest, at, 2, andNot(registers.read(at, 2), PM_CTRL_STATE_MASK)).err === 0;
  return [{ kind: 'first', text: 'Go to D0 first', step }];
};

const enableOnly: Way = (registers, write) =>
  MESSAGE_TYPES.flatMap(({ id, offset, allowed }) => {
    const at = registers.in(id, offset);
    if (at === undefined) return [];
    const old = registers.read(at, 2);
    const asOld = (v: number): number => or(andNot(old, allowed), and(v, allowed));
    return value('Leave the other bits as they are', withRegister(write, at, 2, asOld));
  });

const askDriver: Way = (registers, write) =>
  MESSAGE_TYPES.flatMap(({ id, offset, enable, name, call, ask }): readonly OtherWay[] => {
    const at = registers.in(id, offset);
    const asked = at === undefined ? undefined : withRegister(write, at, 2, (v) => xor(v, enable));
    // Only a write of the enable bit has a request that means the same.
    if (at === undefined || asked === undefined) return [];
    const bit = 8 * (at - write.offset);
    const inWrite = bit >= 0 ? shl(enable, bit) : shr(enable, -bit);
    const on = and(write.value, inWrite) !== 0;
    if (on === (and(registers.read(at, 2), enable) !== 0)) return [];
    const text = on
      ? `Let the guest's kernel enable ${name} with ${call} instead: that also maps the vectors`
      : `Let the guest's kernel switch ${name} off through the driver instead of in the register`;
    return [{ kind: 'request', text, step: (own) => ask(own, write, on) }];
  });

const DATA_SELECT = 0x0200;
const BIST_START = 0x40;

const otherDataSelect: Way = (registers, write) => {
  const at = registers.in(CapId.PM, PM_CTRL);
  if (at === undefined) return [];
  const other = withRegister(write, at, 2, (v) => xor(v, DATA_SELECT));
  return value('Change the data select in the same write, and write it back after', other);
};

const startAlone: Way = (_registers, write) =>
  value(
    'Write just the start bit',
    withRegister(write, PCI_BIST, 1, (v) => and(v, BIST_START)),
  );

const vpdRead: Way = (registers, write) => {
  const at = registers.in(CapId.VPD, VPD_ADDR);
  if (at === undefined) return [];
  return value(
    'Leave the flag clear, which reads VPD',
    withRegister(write, at, 2, (v) => andNot(v, VPD_ADDR_F)),
  );
};

const WAYS: Readonly<Partial<Record<DecisionCode, readonly Way[]>>> = {
  'interrupt-control-denied': [askDriver],
  'interrupt-bits-denied': [enableOnly],
  'interrupt-type-denied': [messagesOff],
  'interrupt-intx-denied': [intxOff],
  'command-intx-refused': [messagesOff],
  'pm-state-refused': [fullPower],
  'pm-same': [otherDataSelect],
  'bist-ignored': [startAlone],
  'vpd-write-denied': [vpdRead],
};

/** What could be done otherwise about a write that met these rules on this machine. Nothing of it is tried yet. */
export const otherWays = (
  machine: Machine,
  host: Bdf,
  write: TriedWrite,
  codes: ReadonlySet<DecisionCode>,
): readonly OtherWay[] => {
  const registers = new Registers(machine, host);
  return [...codes].flatMap((code) => (WAYS[code] ?? []).flatMap((way) => way(registers, write)));
};
