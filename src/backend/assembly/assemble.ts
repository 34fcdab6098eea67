import type { MachineDescription } from '../description';
import { BusTree } from './buses';
import { addFunctions, type MachineFunction } from './functions';
import { foundBound } from './hostDriver';
import { PvGuest } from './pvGuest';
import { XenHost } from './xenHost';

/** The guest that every machine begins with. */
export const FIRST_DOMID = 1;

export interface Assembled {
  readonly host: XenHost;
  readonly tree: BusTree;
  readonly members: readonly MachineFunction[];
  readonly guests: readonly PvGuest[];
}

/** A machine as it is when it is opened: devices, host kernel, pciback loaded with nothing seized, one PV guest without devices. */
export const assemble = (description: MachineDescription): Assembled => {
  const host = new XenHost();
  const tree = new BusTree(description.functions);
  const members = addFunctions(host, description.functions, tree);
  for (const { dev, description: d } of members) if (d.driver !== undefined) foundBound(dev, d.driver);
  host.driver.load('');
  return { host, tree, members, guests: [new PvGuest(host, FIRST_DOMID, 'guest1')] };
};
