import { NOT_ADDRESS, ROM_ENABLE } from '../spec/headers/baseAddress';
import { hex, u32 } from '../spec/uint';
import { EINVAL, EIO } from './codes';
import { KERN_ERR, KERN_INFO } from './kernelLog';
import { D0, D3COLD, D3HOT, POWER_NAMES, type PciDev } from './pciDev';
import {
  COMMAND_MEMORY,
  PCI_BASE_ADDRESS_0,
  PCI_COMMAND,
  PCI_ROM_ADDRESS,
  PCI_ROM_ADDRESS1,
  PM_CTRL,
  PM_CTRL_NO_SOFT_RESET,
  PM_CTRL_STATE_MASK,
} from '../spec/kernelRegisters';
import {
  IORESOURCE_IO,
  IORESOURCE_MEM_64,
  IORESOURCE_ROM_ENABLE,
  IORESOURCE_UNSET,
  PCI_ROM_RESOURCE,
  resourceName,
  type Resource,
} from './resource';
import { restoreVfBars } from './sriov';

/** Power states: pci_set_power_state with pci_power_up, and pci_restore_bars after D3hot. No platform power control, no delays. */

const stateName = (state: number): string => POWER_NAMES[state] ?? 'unknown';

/** pci_std_update_resource: rewrites one BAR from its resource; 64-bit ones with memory decoding off meanwhile. */
const updateResource = (dev: PciDev, index: number, r: Resource): void => {
  if (dev.isVirtualFunction || r.flags === 0 || r.flags & IORESOURCE_UNSET) return;
  const rom = index === PCI_ROM_RESOURCE;
  if (rom && !(r.flags & IORESOURCE_ROM_ENABLE)) return;
  const io = (r.flags & IORESOURCE_IO) !== 0;
  const flagBits = io ? NOT_ADDRESS.io : NOT_ADDRESS.memory32;
  const compare = u32(~(rom ? NOT_ADDRESS.rom : flagBits));
  const romRegister = dev.headerType === 1 ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;
  const register = rom ? romRegister : PCI_BASE_ADDRESS_0 + 4 * index;
  const value = u32(r.startLow | (rom ? ROM_ENABLE : r.flags & flagBits));

  const wide = (r.flags & IORESOURCE_MEM_64) !== 0;
  const command = wide ? dev.read(PCI_COMMAND, 2) : 0;
  if (wide) dev.configWrite(PCI_COMMAND, 2, command & ~COMMAND_MEMORY);
  dev.configWrite(register, 4, value);
  const check = dev.read(register, 4);
  if (u32((value ^ check) & compare) !== 0)
    dev.log(KERN_ERR, `${resourceName(index)}: error updating (0x${hex(value, 8)} != 0x${hex(check, 8)})`);
  if (wide) {
    dev.configWrite(register + 4, 4, r.startHigh);
    const high = dev.read(register + 4, 4);
    if (high !== r.startHigh)
      dev.log(
        KERN_ERR,
        `${resourceName(index)}: error updating (high 0x${hex(r.startHigh, 8)} != 0x${hex(high, 8)})`,
      );
    dev.configWrite(PCI_COMMAND, 2, command);
  }
};

const restoreBars = (dev: PciDev): void => {
  for (const [i, r] of dev.resources.entries()) updateResource(dev, i, r);
  restoreVfBars(dev);
};

const inaccessible = (dev: PciDev, target: number): void => {
  dev.log(
    KERN_ERR,
    `Unable to change power state from ${stateName(dev.currentState)} to ${stateName(target)}, device inaccessible`,
  );
  dev.currentState = D3COLD;
};

const refused = (dev: PciDev, target: number): void =>
  dev.log(
    KERN_INFO,
    `Refused to change power state from ${stateName(dev.currentState)} to ${stateName(target)}`,
  );

/** pci_power_up: 1 = BARs may be lost, 0 = in D0, negative errno. */
const powerUp = (dev: PciDev): number => {
  if (dev.pmCap === 0) {
    dev.currentState = D0;
    return -EIO;
  }
  const pmcsr = dev.read(dev.pmCap + PM_CTRL, 2);
  if (pmcsr === 0xffff) {
    inaccessible(dev, D0);
    return -EIO;
  }
  const state = pmcsr & PM_CTRL_STATE_MASK;
  const lost = (state === D3HOT || dev.currentState >= D3HOT) && !(pmcsr & PM_CTRL_NO_SOFT_RESET);
  if (state !== D0) dev.configWrite(dev.pmCap + PM_CTRL, 2, 0);
  dev.currentState = D0;
  return lost ? 1 : 0;
};

const setFullPower = (dev: PciDev): number => {
  const up = powerUp(dev);
  if (up < 0) return dev.currentState === D0 ? 0 : up;
  dev.currentState = dev.read(dev.pmCap + PM_CTRL, 2) & PM_CTRL_STATE_MASK;
  if (dev.currentState !== D0) refused(dev, D0);
  else if (up > 0) restoreBars(dev);
  return 0;
};

const setLowPower = (dev: PciDev, state: number): number => {
  if (dev.pmCap === 0) return -EIO;
  if (dev.currentState <= D3COLD && dev.currentState > state) return -EINVAL;
  if ((state === 1 && !dev.d1Support) || (state === 2 && !dev.d2Support)) return -EIO;
  const pmcsr = dev.read(dev.pmCap + PM_CTRL, 2);
  if (pmcsr === 0xffff) {
    inaccessible(dev, state);
    return -EIO;
  }
  dev.configWrite(dev.pmCap + PM_CTRL, 2, (pmcsr & ~PM_CTRL_STATE_MASK) | state);
  dev.currentState = dev.read(dev.pmCap + PM_CTRL, 2) & PM_CTRL_STATE_MASK;
  if (dev.currentState !== state) refused(dev, state);
  return 0;
};

/** pci_set_power_state for D0..D3hot (0..3): 0 or a negative errno. */
export const setPowerState = (dev: PciDev, state: number): number => {
  if ((state === 1 || state === 2) && dev.flags.noD1D2) return 0;
  if (dev.currentState === state) return 0;
  if (state === D0) return setFullPower(dev);
  if (state >= D3HOT && dev.flags.noD3) return 0;
  return setLowPower(dev, state);
};
