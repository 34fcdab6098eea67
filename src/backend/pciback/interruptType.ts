import type { PciDev } from '../host/pciDev';
import {
  COMMAND_INTX_DISABLE,
  MSI_FLAGS,
  MSI_FLAGS_ENABLE,
  MSIX_FLAGS_ENABLE,
  PCI_COMMAND,
} from '../spec/kernelRegisters';
import type { DriverProfile } from './profiles';

/** Which interrupt types a device has on (xen_pcibk_get_interrupt_type in conf_space.c). */

export const INTERRUPT_TYPE_NONE = 0;
export const INTERRUPT_TYPE_INTX = 1;
export const INTERRUPT_TYPE_MSI = 2;
export const INTERRUPT_TYPE_MSIX = 4;

const ALL_TYPES = INTERRUPT_TYPE_INTX | INTERRUPT_TYPE_MSI | INTERRUPT_TYPE_MSIX;
/** Whether an answer of interruptType names types, and is not the code of a read that failed. */
export const isInterruptType = (type: number): boolean => (type & ~ALL_TYPES) === 0;

/**
 * Interrupt types that are on, from real configuration space (a device model may have set bits behind the kernel's
 * back): a set of INTERRUPT_TYPE bits, or the PCIBIOS code or negative errno of a failed read.
 */
export const interruptType = (dev: PciDev, msiFields: DriverProfile['msiFields']): number => {
  let type = INTERRUPT_TYPE_NONE;
  for (const { at, flag, bit } of [
    { at: dev.msiCap, flag: MSI_FLAGS_ENABLE, bit: INTERRUPT_TYPE_MSI },
    { at: dev.msixCap, flag: MSIX_FLAGS_ENABLE, bit: INTERRUPT_TYPE_MSIX },
  ]) {
    if (at === 0) continue;
    const err = dev.configRead(at + MSI_FLAGS, 2);
    if (err !== 0) return err;
    if (dev.value & flag) type |= bit;
  }
  // Until 6.7 INTx counted beside MSI, so enabling MSI was refused while INTx was on.
  if (type !== INTERRUPT_TYPE_NONE && msiFields === 'msi-exclusive') return type;
  const err = dev.configRead(PCI_COMMAND, 2);
  if (err !== 0) return err;
  return dev.value & COMMAND_INTX_DISABLE ? type : type | INTERRUPT_TYPE_INTX;
};
