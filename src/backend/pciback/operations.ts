import { COMMAND_MEMORY, PCI_COMMAND } from '../spec/kernelRegisters';
import { EALREADY, EINVAL, ENXIO } from '../host/codes';
import { KERN_WARNING } from '../host/kernelLog';
import { disableMsi, disableMsix, enableMsi, enableMsix } from '../host/msi';
import { u32 } from '../spec/uint';
import {
  OP_MSIX_ENTRIES,
  OP_VALUE,
  SH_INFO_MAX_VEC,
  XEN_PCI_ERR_op_failed,
  XEN_PCI_OP_disable_msi,
  XEN_PCI_OP_disable_msix,
  XEN_PCI_OP_enable_msi,
  XEN_PCI_OP_enable_msix,
} from '../xen/pciif';
import type { DriverProfile } from './profiles';
import type { SeizedDevice } from './seizedDevice';

/**
 * MSI and MSI-X operations of a guest (pciback_ops.c).
 * Policy: enabling goes through the kernel, which maps vectors for the owning domain; the guest gets PIRQs. An MSI
 * failure is told as op_failed, an MSI-X failure as the raw errno. Disabling always succeeds.
 * Functions: xen_pcibk_enable_msi, xen_pcibk_disable_msi, xen_pcibk_enable_msix, xen_pcibk_disable_msix.
 */

/** Functions whose warnings are rate-limited. */
export type WarningPlace = 'xen_pcibk_enable_msi' | 'xen_pcibk_enable_msix';

/** What the handlers need besides the device: who asks, and which PIRQ an irq has (0 for irq 0). */
export interface OperationContext {
  readonly domid: number;
  readonly pirqOf: (irq: number) => number;
  readonly profile: DriverProfile;
  /** False when the message has been held back by the rate limit. */
  readonly mayWarn: (place: WarningPlace) => boolean;
}

/** Works on the private copy of the request (137 words of xen_pci_op); returns the value for `err`. */
export type Operation = (context: OperationContext, device: SeizedDevice, op: Int32Array) => number;

const pirq = (context: OperationContext, irq: number): number =>
  irq === 0 && context.profile.lineZeroSkipped ? 0 : context.pirqOf(irq);

const enableMsiOp: Operation = (context, { dev, data }, op) => {
  let status: number;
  if (context.profile.msiSanity && dev.msiEnabled) status = -EALREADY;
  else if (context.profile.msiSanity && dev.msixEnabled) status = -ENXIO;
  else status = enableMsi(dev);
  if (status !== 0) {
    if (context.mayWarn('xen_pcibk_enable_msi'))
      dev.log(KERN_WARNING, `xen_pciback: error enabling MSI for guest ${context.domid}: err ${status}`);
    op[OP_VALUE] = 0;
    return XEN_PCI_ERR_op_failed;
  }
  op[OP_VALUE] = pirq(context, dev.irq);
  data.ackIntr = false;
  return 0;
};

const disableMsiOp: Operation = (context, { dev, data }, op) => {
  if (dev.msiEnabled || !context.profile.msiSanity) {
    disableMsi(dev);
    data.ackIntr = true;
  }
  op[OP_VALUE] = pirq(context, dev.irq);
  return 0;
};

const enableMsixOp: Operation = (context, { dev, data }, op) => {
  const count = u32(op[OP_VALUE]!);
  if (count > SH_INFO_MAX_VEC) return -EINVAL;
  const { profile } = context;
  if (profile.msiSanity) {
    if (dev.msixEnabled) return -EALREADY;
    // A VF's memory decoding is its PF's.
    const decoder = profile.vfMemoryOfPf ? (dev.physfn ?? dev) : dev;
    if (dev.msiEnabled || !(decoder.read(PCI_COMMAND, 2) & COMMAND_MEMORY)) return -ENXIO;
  }
  const entries: number[] = [];
  for (let i = 0; i < count; i++) entries.push(op[OP_MSIX_ENTRIES + i]! >>> 16);
  const result = enableMsix(dev, entries, profile.msixCountFirst);
  if (result === 0) {
    // Before XSA-155 the count was read again from the page: a guest that had raised it made the driver copy from
    // behind its table. What lies there is not simulated; it reads as zero.
    const copied = profile.privateOpCopy ? count : Math.min(u32(op[OP_VALUE]!), SH_INFO_MAX_VEC);
    for (let i = 0; i < copied; i++)
      op[OP_MSIX_ENTRIES + i] =
        ((entries[i] ?? 0) << 16) | (pirq(context, dev.vectors[i]?.irq ?? 0) & 0xffff);
  } else if (context.mayWarn('xen_pcibk_enable_msix'))
    dev.log(KERN_WARNING, `xen_pciback: error enabling MSI-X for guest ${context.domid}: err ${result}!`);
  op[OP_VALUE] = result;
  data.ackIntr = false;
  return result;
};

const disableMsixOp: Operation = (context, { dev, data }, op) => {
  if (dev.msixEnabled || !context.profile.msiSanity) {
    disableMsix(dev);
    data.ackIntr = true;
  }
  op[OP_VALUE] = pirq(context, dev.irq);
  return 0;
};

/** By command code; commands that are not here are not implemented. */
export const INTERRUPT_OPERATIONS: ReadonlyMap<number, Operation> = new Map([
  [XEN_PCI_OP_enable_msi, enableMsiOp],
  [XEN_PCI_OP_disable_msi, disableMsiOp],
  [XEN_PCI_OP_enable_msix, enableMsixOp],
  [XEN_PCI_OP_disable_msix, disableMsixOp],
]);
