import { CapId, ExtCapId } from '../spec/capabilityIds';
import type { PciFunction } from '../device/pciFunction';
import { findCapability, findExtendedCapability } from './capability';
import type { HostKernel } from './hostKernel';
import { PciDev } from './pciDev';
import {
  EXP_DEVCAP,
  EXP_FLAGS,
  PCI_CLASS_REVISION,
  PCI_DEVICE_ID,
  PCI_HEADER_TYPE,
  PCI_STATUS,
  PCI_SUBSYSTEM_ID,
  PCI_SUBSYSTEM_VENDOR_ID,
  PCI_VENDOR_ID,
  PM_CAP_D1,
  PM_CAP_D2,
  PM_CAP_VER_MASK,
  PM_PMC,
  STATUS_IMM_READY,
} from '../spec/kernelRegisters';
import { probeResetMethods } from './reset';
import { findSriov } from './sriov';

/**
 * The kernel's view of a function when it is found: pci_setup_device and the capability init calls.
 * Nothing is written; the enumeration-time MSI-off and PME writes of a real boot are not replayed.
 */

const MAX_PM_VERSION = 3;
const SSVID_VENDOR = 4;
const SSVID_DEVICE = 6;

export interface EnumerationFacts {
  readonly irq: number;
  /** Ids the kernel knows for a virtual function. */
  readonly vendorId?: number | undefined;
  readonly deviceId?: number | undefined;
  readonly physfn?: PciDev | undefined;
  readonly flags?: PciDev['flags'];
}

/** Makes the device and adds it to the host. Resources are set by the caller. */
export const enumerate = (host: HostKernel, fn: PciFunction, facts: EnumerationFacts): PciDev => {
  const dev = new PciDev(host, fn);
  if (facts.flags !== undefined) dev.flags = facts.flags;
  dev.physfn = facts.physfn;
  dev.irq = facts.irq;
  dev.vendor = facts.vendorId ?? dev.read(PCI_VENDOR_ID, 2);
  dev.device = facts.deviceId ?? dev.read(PCI_DEVICE_ID, 2);
  const classRevision = dev.read(PCI_CLASS_REVISION, 4);
  dev.classCode = classRevision >>> 8;
  dev.revision = classRevision & 0xff;
  dev.headerType = dev.read(PCI_HEADER_TYPE, 1) & 0x7f;
  if (dev.headerType === 0) {
    dev.subsystemVendor = dev.read(PCI_SUBSYSTEM_VENDOR_ID, 2);
    dev.subsystemDevice = dev.read(PCI_SUBSYSTEM_ID, 2);
  }
  if (dev.headerType === 1 && host.options.bridgeSubsystem) {
    const ssvid = findCapability(dev, CapId.SSVID);
    if (ssvid !== 0) {
      dev.subsystemVendor = dev.read(ssvid + SSVID_VENDOR, 2);
      dev.subsystemDevice = dev.read(ssvid + SSVID_DEVICE, 2);
    }
  }
  dev.immediateReady = (dev.read(PCI_STATUS, 2) & STATUS_IMM_READY) !== 0;

  const pm = findCapability(dev, CapId.PM);
  const pmc = pm === 0 ? 0 : dev.read(pm + PM_PMC, 2);
  if (pm !== 0 && (pmc & PM_CAP_VER_MASK) <= MAX_PM_VERSION) {
    dev.pmCap = pm;
    dev.d1Support = (pmc & PM_CAP_D1) !== 0 && !dev.flags.noD1D2;
    dev.d2Support = (pmc & PM_CAP_D2) !== 0 && !dev.flags.noD1D2;
  }
  dev.msiCap = findCapability(dev, CapId.MSI);
  dev.msixCap = findCapability(dev, CapId.MSIX);
  dev.pcixCap = findCapability(dev, CapId.PCIX);
  dev.expressCap = findCapability(dev, CapId.EXP);
  if (dev.expressCap !== 0) {
    dev.expressFlags = dev.read(dev.expressCap + EXP_FLAGS, 2);
    dev.expressDevCap = dev.read(dev.expressCap + EXP_DEVCAP, 4);
  }
  if (host.options.aer) dev.aerCap = findExtendedCapability(dev, ExtCapId.AER);
  if (host.options.acs) dev.acsCap = findExtendedCapability(dev, ExtCapId.ACS);
  if (host.options.iov) dev.sriov = findSriov(dev);
  dev.resetMethods = probeResetMethods(dev);
  host.devices.push(dev);
  return dev;
};
