import type { PciDev } from './pciDev';
import { ACS_CAP, ACS_CR, ACS_CTRL, ACS_RR, ACS_SV, ACS_UF } from '../spec/kernelRegisters';

/** What the kernel asks of Access Control Services, where the function offers it. */
const WANTED = ACS_SV | ACS_RR | ACS_CR | ACS_UF;

/** pci_enable_acs, without the quirks of ports that have something else in its place. */
export const enableAccessControl = (dev: PciDev): void => {
  if (dev.acsCap === 0) return;
  const offered = dev.read(dev.acsCap + ACS_CAP, 2);
  const control = dev.read(dev.acsCap + ACS_CTRL, 2);
  dev.configWrite(dev.acsCap + ACS_CTRL, 2, control | (offered & WANTED));
};
