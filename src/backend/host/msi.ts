import { intx } from './command';
import { EINVAL, ENOMEM, ENOSPC } from './codes';
import { KERN_INFO } from './kernelLog';
import { D0, type MsiVector, type PciDev } from './pciDev';
import {
  COMMAND_MEMORY,
  MSI_FLAGS,
  MSI_FLAGS_ENABLE,
  MSI_FLAGS_QSIZE,
  MSIX_FLAGS,
  MSIX_FLAGS_ENABLE,
  MSIX_FLAGS_MASKALL,
  MSIX_FLAGS_QSIZE,
  MSIX_TABLE,
  MSIX_TABLE_BIR,
  PCI_COMMAND,
} from '../spec/kernelRegisters';
import { IORESOURCE_UNSET } from './resource';

/**
 * The kernel's MSI core for a device without per-vector masking by the kernel (the hypervisor masks):
 * pci_enable_msi, pci_disable_msi, pci_enable_msix_exact, pci_disable_msix, pci_restore_msi_state.
 */

/** pci_intx_for_msi */
const intxForMsi = (dev: PciDev, enable: boolean): void => {
  if (!dev.flags.msiIntxBug) intx(dev, enable);
};

const setMsiEnable = (dev: PciDev, enable: boolean): void => {
  const flags = dev.read(dev.msiCap + MSI_FLAGS, 2) & ~MSI_FLAGS_ENABLE;
  dev.configWrite(dev.msiCap + MSI_FLAGS, 2, enable ? flags | MSI_FLAGS_ENABLE : flags);
};

const changeMsixFlags = (dev: PciDev, clear: number, set: number): void => {
  const flags = dev.read(dev.msixCap + MSIX_FLAGS, 2);
  dev.configWrite(dev.msixCap + MSIX_FLAGS, 2, (flags & ~clear) | set);
};

const freeVectors = (dev: PciDev): void => {
  for (const v of dev.vectors) dev.host.vectorMapper?.unmap(v.irq);
  dev.vectors = [];
};

/** Maps the entries in order; on failure frees what was mapped and returns the errno. */
const mapVectors = (dev: PciDev, msix: boolean, entries: readonly number[]): number => {
  const mapper = dev.host.vectorMapper;
  if (mapper === undefined) throw new Error('the platform has no vector mapper');
  const vectors: MsiVector[] = [];
  dev.vectors = vectors;
  for (const entry of entries) {
    const irq = mapper.map(dev, msix, entry);
    if (irq < 0) {
      freeVectors(dev);
      return irq;
    }
    vectors.push({ entry, irq });
  }
  return 0;
};

/** pci_enable_msi, one vector: 0 or a negative errno. On success dev.irq is the MSI's. */
export const enableMsi = (dev: PciDev): number => {
  if (dev.flags.noMsi || dev.currentState !== D0) return -EINVAL;
  if (dev.msixEnabled) {
    dev.log(KERN_INFO, "can't enable MSI (MSI-X already enabled)");
    return -EINVAL;
  }
  if (dev.msiEnabled || dev.msiCap === 0) return -EINVAL;
  setMsiEnable(dev, false);
  const err = mapVectors(dev, false, [0]);
  if (err !== 0) return err;
  dev.msiEnabled = true;
  intxForMsi(dev, false);
  setMsiEnable(dev, true);
  dev.pinIrq = dev.irq;
  dev.irq = dev.vectors[0]?.irq ?? dev.irq;
  return 0;
};

/** pci_disable_msi: nothing when MSI is off. */
export const disableMsi = (dev: PciDev): void => {
  if (!dev.msiEnabled) return;
  setMsiEnable(dev, false);
  intxForMsi(dev, true);
  dev.msiEnabled = false;
  dev.irq = dev.pinIrq;
  freeVectors(dev);
};

/** The BAR that holds the MSI-X table must have a resource (msix_map_region). */
const tableMapped = (dev: PciDev): boolean => {
  const bir = dev.read(dev.msixCap + MSIX_TABLE, 4) & MSIX_TABLE_BIR;
  const flags = dev.resources[bir]?.flags ?? 0;
  return flags !== 0 && !(flags & IORESOURCE_UNSET);
};

/**
 * pci_enable_msix_exact for these table entries: 0 or a negative errno. Vectors are then in dev.vectors in order
 * of entry number, whatever order was asked for. countFirst: a count above the table is told before duplicates are.
 */
export const enableMsix = (dev: PciDev, entries: readonly number[], countFirst = false): number => {
  if (dev.msiEnabled) {
    dev.log(KERN_INFO, "can't enable MSI-X (MSI already enabled)");
    return -EINVAL;
  }
  if (dev.msixEnabled) return -EINVAL;
  if (dev.flags.noMsi || entries.length < 1 || dev.currentState !== D0) return -EINVAL;
  if (dev.msixCap === 0) return -EINVAL;
  const tableSize = (dev.read(dev.msixCap + MSIX_FLAGS, 2) & MSIX_FLAGS_QSIZE) + 1;
  const tooMany = entries.length > tableSize;
  if (countFirst && tooMany) return -ENOSPC;
  if (new Set(entries).size !== entries.length) return -EINVAL;
  if (tooMany) return -ENOSPC;

  changeMsixFlags(dev, 0, MSIX_FLAGS_MASKALL | MSIX_FLAGS_ENABLE);
  const sorted = [...entries].sort((a, b) => a - b);
  const err = tableMapped(dev) ? mapVectors(dev, true, sorted) : -ENOMEM;
  if (err !== 0) {
    changeMsixFlags(dev, MSIX_FLAGS_MASKALL | MSIX_FLAGS_ENABLE, 0);
    return err;
  }
  dev.msixEnabled = true;
  intxForMsi(dev, false);
  changeMsixFlags(dev, MSIX_FLAGS_MASKALL, 0);
  return 0;
};

/** pci_disable_msix: nothing when MSI-X is off. A device that is gone is only marked. */
export const disableMsix = (dev: PciDev): void => {
  if (!dev.msixEnabled) return;
  if (!dev.fn.isGone) {
    changeMsixFlags(dev, MSIX_FLAGS_ENABLE, 0);
    intxForMsi(dev, true);
  }
  dev.msixEnabled = false;
  freeVectors(dev);
};

/** pci_restore_msi_state: control words again, message and mask registers untouched. */
export const restoreMsi = (dev: PciDev): void => {
  if (dev.msiEnabled) {
    intxForMsi(dev, false);
    setMsiEnable(dev, false);
    const flags = dev.read(dev.msiCap + MSI_FLAGS, 2) & ~MSI_FLAGS_QSIZE;
    dev.configWrite(dev.msiCap + MSI_FLAGS, 2, flags | MSI_FLAGS_ENABLE);
  }
  if (dev.msixEnabled) {
    intxForMsi(dev, false);
    changeMsixFlags(dev, 0, MSIX_FLAGS_ENABLE | MSIX_FLAGS_MASKALL);
    // The table needs memory decoding while messages are restored; both writes happen even when it is on.
    const command = dev.read(PCI_COMMAND, 2);
    dev.configWrite(PCI_COMMAND, 2, command | COMMAND_MEMORY);
    dev.configWrite(PCI_COMMAND, 2, command);
    changeMsixFlags(dev, MSIX_FLAGS_MASKALL, 0);
  }
};
