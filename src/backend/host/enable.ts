import { EINVAL, EIO } from './codes';
import { KERN_ERR, KERN_INFO } from './kernelLog';
import type { PciDev } from './pciDev';
import { D0, D3COLD } from './pciDev';
import { setPowerState } from './power';
import { hex } from '../spec/uint';
import {
  COMMAND_INTX_DISABLE,
  COMMAND_IO,
  COMMAND_MASTER,
  COMMAND_MEMORY,
  PCI_COMMAND,
  PCI_INTERRUPT_PIN,
  PM_CTRL,
  PM_CTRL_STATE_MASK,
} from '../spec/kernelRegisters';
import {
  formatResource,
  IORESOURCE_IO,
  IORESOURCE_MEM,
  IORESOURCE_ROM_ENABLE,
  IORESOURCE_UNSET,
  PCI_ROM_RESOURCE,
  resourceName,
} from './resource';

/** Enabling and disabling a device: pci_enable_device, pci_enable_resources, pci_disable_device. */

/** Re-reads the power state from PMCSR (pci_update_current_state). */
const refreshPowerState = (dev: PciDev): void => {
  if (dev.pmCap === 0) return;
  const pmcsr = dev.read(dev.pmCap + PM_CTRL, 2);
  dev.currentState = pmcsr === 0xffff ? D3COLD : pmcsr & PM_CTRL_STATE_MASK;
};

/** Switches on what COMMAND lacks of these bits. */
export const enableDecoding = (dev: PciDev, wanted: number): void => {
  const old = dev.read(PCI_COMMAND, 2);
  const command = old | wanted;
  if (command === old) return;
  dev.log(KERN_INFO, `enabling device (${hex(old, 4)} -> ${hex(command, 4)})`);
  dev.configWrite(PCI_COMMAND, 2, command);
};

const enableResources = (dev: PciDev): number => {
  let wanted = 0;
  for (const [i, r] of dev.resources.entries()) {
    if (!(r.flags & (IORESOURCE_IO | IORESOURCE_MEM))) continue;
    if (i === PCI_ROM_RESOURCE && !(r.flags & IORESOURCE_ROM_ENABLE)) continue;
    if (r.flags & IORESOURCE_UNSET || !r.claimed) {
      const why = r.flags & IORESOURCE_UNSET ? 'not assigned' : 'not claimed';
      dev.log(KERN_ERR, `${resourceName(i)} ${formatResource(r)}: ${why}; can't enable device`);
      return -EINVAL;
    }
    if (r.flags & IORESOURCE_IO) wanted |= COMMAND_IO;
    if (r.flags & IORESOURCE_MEM) wanted |= COMMAND_MEMORY;
  }
  enableDecoding(dev, wanted);
  return 0;
};

const doEnable = (dev: PciDev): number => {
  const power = setPowerState(dev, D0);
  if (power < 0 && power !== -EIO) return power;
  const resources = enableResources(dev);
  if (resources < 0) return resources;
  if (dev.msiEnabled || dev.msixEnabled) return 0;
  if (dev.read(PCI_INTERRUPT_PIN, 1) !== 0) {
    const command = dev.read(PCI_COMMAND, 2);
    if (command & COMMAND_INTX_DISABLE) dev.configWrite(PCI_COMMAND, 2, command & ~COMMAND_INTX_DISABLE);
  }
  return 0;
};

/** pci_enable_device: 0 or a negative errno. Counts; only the first caller touches the device. */
export const enableDevice = (dev: PciDev): number => {
  refreshPowerState(dev);
  if (++dev.enableCount > 1) return 0;
  const err = doEnable(dev);
  if (err < 0) dev.enableCount--;
  return err;
};

/** pci_disable_device: the last caller takes bus mastering away; memory and I/O decoding stay. */
export const disableDevice = (dev: PciDev): void => {
  if (--dev.enableCount !== 0) return;
  const command = dev.read(PCI_COMMAND, 2);
  if (command & COMMAND_MASTER) dev.configWrite(PCI_COMMAND, 2, command & ~COMMAND_MASTER);
  dev.isBusMaster = false;
};

/** pci_is_enabled */
export const isEnabled = (dev: PciDev): boolean => dev.enableCount > 0;
