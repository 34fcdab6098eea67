import type { PciDev } from '../host/pciDev';
import type { ConfigSpace } from './confSpace';
import type { DevData } from './devData';

/** A host function that the stub driver holds (struct pcistub_device). */
export interface SeizedDevice {
  readonly dev: PciDev;
  readonly data: DevData;
  readonly configSpace: ConfigSpace;
  /** The guest's backend device that has it; null when not given to a guest. One owner at a time. */
  owner: { readonly domid: number } | null;
}
