import type { MachineDescription } from '../description';
import { HostFunctions } from './hostFunctions';
import { PvGuest } from './pvGuest';
import { XenHost } from './xenHost';

/** The guest that every machine begins with. */
export const FIRST_DOMID = 1;

export interface Assembled {
  readonly host: XenHost;
  readonly hostFunctions: HostFunctions;
  readonly guests: readonly PvGuest[];
}

/** A machine as it is when it is opened: devices, host kernel, pciback loaded with nothing seized, one PV guest without devices. */
export const assemble = (description: MachineDescription): Assembled => {
  const host = new XenHost();
  const hostFunctions = new HostFunctions(host, description.functions);
  host.driver.load('');
  return { host, hostFunctions, guests: [new PvGuest(host, FIRST_DOMID, 'guest1')] };
};
