import { setMaster } from '../host/command';
import { disableDevice, enableDevice, isEnabled } from '../host/enable';
import { disableMsi, disableMsix } from '../host/msi';
import type { PciDev } from '../host/pciDev';
import {
  COMMAND_MASTER,
  MSI_FLAGS,
  MSI_FLAGS_ENABLE,
  MSIX_FLAGS,
  MSIX_FLAGS_ENABLE,
  PCI_COMMAND,
} from '../spec/kernelRegisters';

/**
 * The driver that a function had on its host before it is seized, as far as configuration space shows it: an
 * ordinary driver that enabled the device, and that switches MSI and bus mastering off when it is unbound. What a
 * particular driver does beyond that is not known from a dump.
 */

/** The function was found bound: the kernel's counters follow what the registers say. Nothing is written. */
export const foundBound = (dev: PciDev, driver: string): void => {
  dev.driver = driver;
  dev.enableCount = 1;
  dev.currentState = 0;
  dev.isBusMaster = (dev.read(PCI_COMMAND, 2) & COMMAND_MASTER) !== 0;
  dev.pinIrq = dev.irq;
  dev.msiEnabled = dev.msiCap !== 0 && (dev.read(dev.msiCap + MSI_FLAGS, 2) & MSI_FLAGS_ENABLE) !== 0;
  dev.msixEnabled = dev.msixCap !== 0 && (dev.read(dev.msixCap + MSIX_FLAGS, 2) & MSIX_FLAGS_ENABLE) !== 0;
};

/** Unbinds the function's own driver. */
export const unbindHostDriver = (dev: PciDev): void => {
  if (dev.driver === undefined) return;
  disableMsix(dev);
  disableMsi(dev);
  if (isEnabled(dev)) disableDevice(dev);
  dev.driver = undefined;
};

/** Binds the function's own driver again. */
export const bindHostDriver = (dev: PciDev, driver: string): void => {
  dev.driver = driver;
  if (enableDevice(dev) === 0) setMaster(dev);
};
