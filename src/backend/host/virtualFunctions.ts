import { EBUSY, EINVAL, EIO, ENODEV, ENOENT, ENOMEM, ENOSYS, EPERM, ERANGE } from './codes';
import { enableDecoding } from './enable';
import { KERN_ERR, KERN_INFO, KERN_WARNING } from './kernelLog';
import type { PciDev } from './pciDev';
import { setNumVfs, type Sriov } from './sriov';
import { devfnOf } from '../spec/bdf';
import {
  COMMAND_MEMORY,
  SRIOV_CAP_VFM,
  SRIOV_CTRL,
  SRIOV_CTRL_MSE,
  SRIOV_CTRL_VFE,
  SRIOV_INITIAL_VF,
} from '../spec/kernelRegisters';
import { hex } from '../spec/uint';

/**
 * Virtual functions come and go: sriov_numvfs_store, pci_sriov_configure_simple, sriov_enable, sriov_disable,
 * pci_iov_remove. What the kernel waits for is not waited for.
 */

/** The bus on which a PF's VFs are found and lost. */
export interface VirtualFunctionBus {
  /** Finds VF `n`: 0 or a negative errno. */
  add(pf: PciDev, n: number): number;
  /** Loses VF `n`, with whatever driver it has; nothing when it is not there. */
  remove(pf: PciDev, n: number): void;
  /** Highest bus number that the bridge above the PF passes on; 0xff on a root bus. */
  lastBus(pf: PciDev): number;
}

/** What a write returned: 0 or a negative errno, with what the kernel said of it. */
export interface Refusal {
  readonly err: number;
  readonly said: string | undefined;
}

const DONE: Refusal = { err: 0, said: undefined };

const refuse = (dev: PciDev, level: number, said: string, err: number): Refusal => {
  dev.log(level, said);
  return { err: -err, said };
};
const silent = (err: number): Refusal => ({ err: -err, said: undefined });

const busRange = (first: number, last: number): string =>
  first === last ? `[bus ${hex(first, 2)}]` : `[bus ${hex(first, 2)}-${hex(last, 2)}]`;

const writeControl = (dev: PciDev, sriov: Sriov, control: number): void => {
  sriov.control = control;
  dev.configWrite(sriov.at + SRIOV_CTRL, 2, control);
};

/** The PF that this one depends on: 0, or why there is none. */
const checkLink = (dev: PciDev, { link }: Sriov): number => {
  if (link === devfnOf(dev.bdf)) return 0;
  const { domain, bus } = dev.bdf;
  const other = dev.host.devices.find(
    ({ bdf }) => bdf.domain === domain && bdf.bus === bus && devfnOf(bdf) === link,
  );
  if (other === undefined) return ENODEV;
  return other.sriov === undefined ? ENOSYS : 0;
};

/** sriov_enable for 1 or more VFs. */
const enableSriov = (dev: PciDev, sriov: Sriov, count: number, bus: VirtualFunctionBus): Refusal => {
  if (sriov.numVFs !== 0) return silent(EINVAL);
  const initial = dev.read(sriov.at + SRIOV_INITIAL_VF, 2);
  const migration = (sriov.capabilities & SRIOV_CAP_VFM) !== 0;
  if (initial > sriov.totalVFs || (!migration && initial !== sriov.totalVFs)) return silent(EIO);
  if (count > sriov.totalVFs) return silent(EINVAL);
  if (sriov.resources.some(({ flags, claimed }) => flags !== 0 && !claimed))
    return refuse(dev, KERN_ERR, 'not enough MMIO resources for SR-IOV', ENOMEM);
  const lastRoutingId = (dev.bdf.bus << 8) + devfnOf(dev.bdf) + sriov.offset + sriov.stride * (count - 1);
  const last = bus.lastBus(dev);
  if (lastRoutingId >> 8 > last)
    return refuse(
      dev,
      KERN_ERR,
      `can't enable ${count} VFs (bus ${hex(lastRoutingId >> 8, 2)} out of range of ${busRange(dev.bdf.bus, last)})`,
      ENOMEM,
    );
  enableDecoding(dev, COMMAND_MEMORY);
  const link = checkLink(dev, sriov);
  if (link !== 0) return silent(link);

  setNumVfs(dev, sriov, count);
  writeControl(dev, sriov, sriov.control | SRIOV_CTRL_VFE | SRIOV_CTRL_MSE);
  const failed = addVfs(dev, Math.min(count, initial), bus);
  if (failed === 0) {
    sriov.numVFs = count;
    return DONE;
  }
  writeControl(dev, sriov, sriov.control & ~(SRIOV_CTRL_VFE | SRIOV_CTRL_MSE));
  setNumVfs(dev, sriov, 0);
  return { err: failed, said: undefined };
};

/** sriov_add_vfs: all or none. */
const addVfs = (dev: PciDev, count: number, bus: VirtualFunctionBus): number => {
  for (let n = 0; n < count; n++) {
    const err = bus.add(dev, n);
    if (err === 0) continue;
    while (--n >= 0) bus.remove(dev, n);
    return err;
  }
  return 0;
};

/** sriov_disable */
const disableSriov = (dev: PciDev, sriov: Sriov, bus: VirtualFunctionBus): void => {
  if (sriov.numVFs === 0) return;
  for (let n = 0; n < sriov.numVFs; n++) bus.remove(dev, n);
  writeControl(dev, sriov, sriov.control & ~(SRIOV_CTRL_VFE | SRIOV_CTRL_MSE));
  sriov.numVFs = 0;
  setNumVfs(dev, sriov, 0);
};

/** pci_vfs_assigned: some driver has marked a VF as given away, as pciback does with every VF that it seizes. */
const someVfAssigned = (dev: PciDev): boolean =>
  dev.host.devices.some(({ physfn, assigned }) => physfn === dev && assigned);

/** What is known of a PF's driver: how it differs from one that uses pci_sriov_configure_simple. */
export interface SriovDriver {
  /** Most VFs that it manages; absent: as many as the PF has. */
  readonly limit?: number;
  /** Its words and errno where it is to remove VFs that are given away. */
  readonly refusal?: { readonly said: string; readonly err: number };
  /** Its words where VFs that are given away outlive it; absent: those of `refusal`. */
  readonly unbindWarning?: string;
  /** Removes VFs whoever has them: when it is unbound, or always. */
  readonly takesVfs?: 'unbinding' | 'always';
  /** VFs outlive it. */
  readonly leavesVfs?: true;
}

const SIMPLE = { said: 'Cannot modify SR-IOV while VFs are assigned', err: EPERM };

/** sriov_configure of the driver. */
const configure = (
  dev: PciDev,
  sriov: Sriov,
  count: number,
  driver: SriovDriver,
  bus: VirtualFunctionBus,
): Refusal => {
  const { said, err } = driver.refusal ?? SIMPLE;
  if (driver.takesVfs !== 'always' && someVfAssigned(dev)) return refuse(dev, KERN_WARNING, said, err);
  if (count !== 0) return enableSriov(dev, sriov, count, bus);
  disableSriov(dev, sriov, bus);
  return DONE;
};

/**
 * sriov_numvfs_store on a PF. `driver`: what is known of the driver that is bound; undefined for one that does not
 * switch SR-IOV.
 */
export const storeNumVfs = (
  dev: PciDev,
  sriov: Sriov,
  count: number,
  driver: SriovDriver | undefined,
  bus: VirtualFunctionBus,
): Refusal => {
  if (count > sriov.driverMaxVFs) return silent(ERANGE);
  if (count === sriov.numVFs) return DONE;
  if (dev.driver === undefined)
    return refuse(dev, KERN_INFO, 'no driver bound to device; cannot configure SR-IOV', ENOENT);
  if (driver === undefined)
    return refuse(dev, KERN_INFO, 'driver does not support SR-IOV configuration via sysfs', ENOENT);
  if (count !== 0 && sriov.numVFs !== 0)
    return refuse(
      dev,
      KERN_WARNING,
      `${sriov.numVFs} VFs already enabled. Disable before enabling ${count} VFs`,
      EBUSY,
    );
  return configure(dev, sriov, count, driver, bus);
};

/** A driver begins to manage the PF: pci_sriov_set_totalvfs, which VFs that are there keep from having an effect. */
export const limitVfs = (dev: PciDev, limit: number | undefined): void => {
  const { sriov } = dev;
  if (sriov === undefined || limit === undefined || limit > sriov.totalVFs) return;
  if (!(sriov.control & SRIOV_CTRL_VFE)) sriov.driverMaxVFs = limit;
};

/** What the driver does with its VFs when it is unbound. */
const unbindVfs = (dev: PciDev, sriov: Sriov, driver: SriovDriver, bus: VirtualFunctionBus): void => {
  if (driver.leavesVfs || sriov.numVFs === 0) return;
  if (driver.takesVfs !== undefined || !someVfAssigned(dev)) disableSriov(dev, sriov, bus);
  else dev.log(KERN_WARNING, driver.unbindWarning ?? (driver.refusal ?? SIMPLE).said);
};

/** The PF's driver is unbound, and then the PCI core's pci_iov_remove. */
export const leaveSriov = (dev: PciDev, driver: SriovDriver | undefined, bus: VirtualFunctionBus): void => {
  const { sriov } = dev;
  if (sriov === undefined) return;
  if (driver !== undefined) unbindVfs(dev, sriov, driver, bus);
  sriov.driverMaxVFs = sriov.totalVFs;
  if (sriov.numVFs !== 0) dev.log(KERN_WARNING, 'driver left SR-IOV enabled after remove');
};
