import { findExtendedCapability } from './capability';
import { isRootComplexEndpoint } from './express';
import { KERN_WARNING } from './kernelLog';
import type { PciDev } from './pciDev';
import {
  absentResource,
  formatResource,
  IORESOURCE_MEM_64,
  IORESOURCE_UNSET,
  type Resource,
} from './resource';
import { ExtCapId } from '../spec/capabilityIds';
import { NOT_ADDRESS } from '../spec/headers/baseAddress';
import {
  SRIOV_BAR,
  SRIOV_CAP,
  SRIOV_CTRL,
  SRIOV_CTRL_ARI,
  SRIOV_CTRL_MSE,
  SRIOV_CTRL_VFE,
  SRIOV_FUNC_LINK,
  SRIOV_NUM_VF,
  SRIOV_SUP_PGSIZE,
  SRIOV_SYS_PGSIZE,
  SRIOV_TOTAL_VF,
  SRIOV_VF_DID,
  SRIOV_VF_OFFSET,
  SRIOV_VF_STRIDE,
} from '../spec/kernelRegisters';
import { u32 } from '../spec/uint';

/** What the kernel keeps of a physical function's SR-IOV capability (struct pci_sriov), and how it writes it back. */

export const VF_BARS = 6;

export interface Sriov {
  /** Offset of the capability. */
  readonly at: number;
  /** SR-IOV Capabilities, as read. */
  readonly capabilities: number;
  /** SR-IOV Control as the kernel wrote it last. */
  control: number;
  readonly totalVFs: number;
  /** `sriov_totalvfs`: as many as the driver of the PF allows. */
  driverMaxVFs: number;
  /** `sriov_numvfs`. */
  numVFs: number;
  /** First VF Offset and VF Stride, which may change with NumVFs. */
  offset: number;
  stride: number;
  readonly vfDevice: number;
  readonly pageSize: number;
  /** devfn of the PF that this one depends on; its own where it depends on none. */
  readonly link: number;
  /** VF BARs, each for all TotalVFs functions together. Set by the caller of enumeration. */
  readonly resources: Resource[];
}

const readPlacement = (dev: PciDev, at: number): Pick<Sriov, 'offset' | 'stride'> => ({
  offset: dev.read(at + SRIOV_VF_OFFSET, 2),
  stride: dev.read(at + SRIOV_VF_STRIDE, 2),
});

/**
 * sriov_init, on a function whose VFs may be enabled already: nothing is written. undefined where the kernel takes the
 * function for no PF: without the capability, without VFs or page sizes, with VFs that would have the PF's address.
 */
export const findSriov = (dev: PciDev): Sriov | undefined => {
  const at = dev.expressCap === 0 ? 0 : findExtendedCapability(dev, ExtCapId.SRIOV);
  if (at === 0) return undefined;
  const totalVFs = dev.read(at + SRIOV_TOTAL_VF, 2);
  const supported = dev.read(at + SRIOV_SUP_PGSIZE, 4);
  const { offset, stride } = readPlacement(dev, at);
  if (totalVFs === 0 || supported === 0 || offset === 0 || (totalVFs > 1 && stride === 0)) return undefined;
  const control = dev.read(at + SRIOV_CTRL, 2);
  const link = dev.read(at + SRIOV_FUNC_LINK, 1);
  return {
    at,
    capabilities: dev.read(at + SRIOV_CAP, 4),
    control,
    totalVFs,
    driverMaxVFs: totalVFs,
    numVFs: control & SRIOV_CTRL_VFE ? dev.read(at + SRIOV_NUM_VF, 2) : 0,
    offset,
    stride,
    vfDevice: dev.read(at + SRIOV_VF_DID, 2),
    // The smallest that is supported; the kernel's own pages are as small as any.
    pageSize: u32(supported & -supported),
    link: isRootComplexEndpoint(dev) ? (dev.bdf.device << 3) | link : link,
    resources: Array.from({ length: VF_BARS }, absentResource),
  };
};

/** pci_iov_set_numvfs */
export const setNumVfs = (dev: PciDev, sriov: Sriov, count: number): void => {
  dev.configWrite(sriov.at + SRIOV_NUM_VF, 2, count);
  const { offset, stride } = readPlacement(dev, sriov.at);
  sriov.offset = offset;
  sriov.stride = stride;
};

/** pci_iov_update_resource: a VF BAR from its resource. VFs that are enabled keep theirs. */
const updateVfBar = (dev: PciDev, sriov: Sriov, index: number, r: Resource): void => {
  const enabled = SRIOV_CTRL_VFE | SRIOV_CTRL_MSE;
  if ((dev.read(sriov.at + SRIOV_CTRL, 2) & enabled) === enabled) {
    dev.log(KERN_WARNING, `can't update enabled VF BAR${index} ${formatResource(r)}`);
    return;
  }
  if (r.flags === 0 || r.flags & IORESOURCE_UNSET) return;
  const register = sriov.at + SRIOV_BAR + 4 * index;
  dev.configWrite(register, 4, u32(r.startLow | (r.flags & NOT_ADDRESS.memory32)));
  if (r.flags & IORESOURCE_MEM_64) dev.configWrite(register + 4, 4, r.startHigh);
};

/** The part of pci_restore_bars that a physical function has more than others. */
export const restoreVfBars = (dev: PciDev): void => {
  const { sriov } = dev;
  if (sriov === undefined) return;
  for (const [i, r] of sriov.resources.entries()) updateVfBar(dev, sriov, i, r);
};

/** pci_restore_iov_state: all of it, unless VFs are enabled, which says that nothing was lost. */
export const restoreSriov = (dev: PciDev): void => {
  const { sriov } = dev;
  if (sriov === undefined) return;
  const control = dev.read(sriov.at + SRIOV_CTRL, 2);
  if (control & SRIOV_CTRL_VFE) return;
  dev.configWrite(sriov.at + SRIOV_CTRL, 2, (control & ~SRIOV_CTRL_ARI) | (sriov.control & SRIOV_CTRL_ARI));
  restoreVfBars(dev);
  dev.configWrite(sriov.at + SRIOV_SYS_PGSIZE, 4, sriov.pageSize);
  setNumVfs(dev, sriov, sriov.numVFs);
  dev.configWrite(sriov.at + SRIOV_CTRL, 2, sriov.control);
};
