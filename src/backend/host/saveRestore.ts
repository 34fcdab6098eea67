import { enableAccessControl } from './accessControl';
import { clearErrorStatus, restoreErrorReporting, saveErrorReporting } from './errorReporting';
import { expressReadWord, expressWriteWord } from './express';
import { restoreMsi } from './msi';
import type { PciDev, SavedState } from './pciDev';
import { restoreSriov } from './sriov';
import {
  EXP_DEVCTL,
  EXP_DEVCTL2,
  EXP_LNKCTL,
  EXP_LNKCTL2,
  EXP_RTCTL,
  EXP_SLTCTL,
  PCIX_CMD,
} from '../spec/kernelRegisters';

/**
 * Saving and restoring configuration: pci_save_state, pci_restore_state. Header, Express control words, PCI-X command,
 * MSI, AER. Access control and SR-IOV are not saved: the kernel knows what they have to be.
 */

const EXPRESS_WORDS = [EXP_DEVCTL, EXP_LNKCTL, EXP_SLTCTL, EXP_RTCTL, EXP_DEVCTL2, EXP_LNKCTL2] as const;
const HEADER_DWORDS = 16;

/** pci_save_state followed by pci_store_saved_state. */
export const saveState = (dev: PciDev): SavedState => {
  const header = Array.from({ length: HEADER_DWORDS }, (_, i) => dev.read(4 * i, 4));
  const express =
    dev.expressCap === 0
      ? undefined
      : EXPRESS_WORDS.map((register) => {
          expressReadWord(dev, register);
          return dev.value;
        });
  const pcixCommand = dev.pcixCap === 0 ? undefined : dev.read(dev.pcixCap + PCIX_CMD, 2);
  return { header, express, pcixCommand, errorReporting: saveErrorReporting(dev) };
};

const restoreDword = (dev: PciDev, offset: number, saved: number, retries: number, force: boolean): void => {
  if (!force && dev.read(offset, 4) === saved) return;
  for (let left = retries; ; left--) {
    dev.configWrite(offset, 4, saved);
    if (left <= 0) return;
    if (dev.read(offset, 4) === saved) return;
  }
};

interface DwordRange {
  readonly last: number;
  readonly first: number;
  readonly retries: number;
  readonly force: boolean;
}

/** Order in which header dwords are restored, highest first; BARs of endpoints are retried, bridge windows forced. */
const RESTORE_ORDER: Readonly<Record<number, readonly DwordRange[]>> = {
  0: [
    { last: 15, first: 10, retries: 0, force: false },
    { last: 9, first: 4, retries: 10, force: false },
    { last: 3, first: 0, retries: 0, force: false },
  ],
  1: [
    { last: 15, first: 12, retries: 0, force: false },
    { last: 11, first: 9, retries: 0, force: true },
    { last: 8, first: 0, retries: 0, force: false },
  ],
};
const RESTORE_ALL: readonly DwordRange[] = [{ last: 15, first: 0, retries: 0, force: false }];

/** pci_restore_state from a saved copy. */
export const restoreState = (dev: PciDev, saved: SavedState): void => {
  if (saved.express !== undefined)
    for (const [i, register] of EXPRESS_WORDS.entries())
      expressWriteWord(dev, register, saved.express[i] ?? 0);
  clearErrorStatus(dev);
  if (saved.errorReporting !== undefined) restoreErrorReporting(dev, saved.errorReporting);
  for (const range of RESTORE_ORDER[dev.headerType] ?? RESTORE_ALL)
    for (let i = range.last; i >= range.first; i--)
      restoreDword(dev, 4 * i, saved.header[i] ?? 0, range.retries, range.force);
  if (saved.pcixCommand !== undefined) dev.configWrite(dev.pcixCap + PCIX_CMD, 2, saved.pcixCommand);
  restoreMsi(dev);
  enableAccessControl(dev);
  restoreSriov(dev);
};
