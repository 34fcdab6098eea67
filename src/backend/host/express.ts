import type { PciDev } from './pciDev';
import {
  EXP_DEVCTL,
  EXP_DEVCTL2,
  EXP_DEVSTA,
  EXP_LNKCTL,
  EXP_LNKCTL2,
  EXP_RTCTL,
  EXP_SLTCTL,
} from '../spec/kernelRegisters';

/** PCI Express capability words through the kernel's pcie_capability_read_word/_write_word: absent registers read 0 and swallow writes. */

const ENDPOINT = 0;
const LEGACY_ENDPOINT = 1;
const ROOT_PORT = 4;
const UPSTREAM = 5;
const DOWNSTREAM = 6;
const PCI_BRIDGE = 7;
const PCIE_BRIDGE = 8;
const ROOT_COMPLEX_ENDPOINT = 9;
const ROOT_COMPLEX_EVENT_COLLECTOR = 10;
const FLAGS_SLOT = 0x0100;

const LINK_TYPES = [ENDPOINT, LEGACY_ENDPOINT, ROOT_PORT, UPSTREAM, DOWNSTREAM, PCI_BRIDGE, PCIE_BRIDGE];
const SLOT_TYPES = [ROOT_PORT, DOWNSTREAM, PCIE_BRIDGE];
const ROOT_TYPES = [ROOT_PORT, ROOT_COMPLEX_EVENT_COLLECTOR];

const version = (dev: PciDev): number => dev.expressFlags & 0xf;
const portType = (dev: PciDev): number => (dev.expressFlags >> 4) & 0xf;
/** Root ports and event collectors collect the errors below them. */
export const isExpressRoot = (dev: PciDev): boolean =>
  dev.expressCap !== 0 && ROOT_TYPES.includes(portType(dev));
export const isRootComplexEndpoint = (dev: PciDev): boolean =>
  dev.expressCap !== 0 && portType(dev) === ROOT_COMPLEX_ENDPOINT;
const hasLink = (dev: PciDev): boolean => LINK_TYPES.includes(portType(dev));

/** Which registers a device has, by port type and structure version (pcie_capability_reg_implemented). */
const IMPLEMENTED: ReadonlyMap<number, (dev: PciDev) => boolean> = new Map([
  [EXP_DEVCTL, () => true],
  [EXP_DEVSTA, () => true],
  [EXP_LNKCTL, hasLink],
  [EXP_SLTCTL, (dev) => SLOT_TYPES.includes(portType(dev)) && (dev.expressFlags & FLAGS_SLOT) !== 0],
  [EXP_RTCTL, isExpressRoot],
  [EXP_DEVCTL2, (dev) => version(dev) > 1],
  [EXP_LNKCTL2, (dev) => hasLink(dev) && version(dev) > 1],
]);

const implemented = (dev: PciDev, register: number): boolean =>
  dev.expressCap !== 0 && (IMPLEMENTED.get(register)?.(dev) ?? false);

/** Reads into dev.value (0 when absent or failing); returns the accessor's status. */
export const expressReadWord = (dev: PciDev, register: number): number => {
  dev.value = 0;
  if (!implemented(dev, register)) return 0;
  const status = dev.configRead(dev.expressCap + register, 2);
  if (status !== 0) dev.value = 0;
  return status;
};

export const expressWriteWord = (dev: PciDev, register: number, value: number): number =>
  implemented(dev, register) ? dev.configWrite(dev.expressCap + register, 2, value) : 0;
