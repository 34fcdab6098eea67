import { isExpressRoot } from './express';
import type { PciDev } from './pciDev';
import {
  ERR_CAP,
  ERR_COR_MASK,
  ERR_COR_STATUS,
  ERR_ROOT_COMMAND,
  ERR_ROOT_STATUS,
  ERR_UNCOR_MASK,
  ERR_UNCOR_SEVER,
  ERR_UNCOR_STATUS,
} from '../spec/kernelRegisters';

/** Advanced Error Reporting over resets: pci_aer_clear_status, pci_save_aer_state, pci_restore_aer_state. */

const KEPT = [ERR_UNCOR_MASK, ERR_UNCOR_SEVER, ERR_COR_MASK, ERR_CAP];

/** Registers that are saved, in order. */
const keptBy = (dev: PciDev): readonly number[] => (isExpressRoot(dev) ? [...KEPT, ERR_ROOT_COMMAND] : KEPT);

/** Writes each status register back to itself, which clears what is set. */
export const clearErrorStatus = (dev: PciDev): void => {
  if (dev.aerCap === 0) return;
  const status = [ERR_COR_STATUS, ERR_UNCOR_STATUS];
  for (const register of isExpressRoot(dev) ? [ERR_ROOT_STATUS, ...status] : status)
    dev.configWrite(dev.aerCap + register, 4, dev.read(dev.aerCap + register, 4));
};

/** Masks, severity, control; undefined without the capability. */
export const saveErrorReporting = (dev: PciDev): readonly number[] | undefined =>
  dev.aerCap === 0 ? undefined : keptBy(dev).map((register) => dev.read(dev.aerCap + register, 4));

export const restoreErrorReporting = (dev: PciDev, saved: readonly number[]): void => {
  for (const [i, register] of keptBy(dev).entries()) dev.configWrite(dev.aerCap + register, 4, saved[i] ?? 0);
};
