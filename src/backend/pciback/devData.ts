import type { PciDev, SavedState } from '../host/pciDev';

/** Per-device private data of the stub driver (xen_pcibk_dev_data), made when the device is seized. */
export class DevData {
  permissive = false;
  allowInterruptControl = false;
  /** The one warning about a write to a read-only field has been printed. */
  warnedOnWrite = false;
  /** The guest has switched the device on. */
  enableIntx = false;
  /** The fake interrupt handler is on; acknowledges; has handled this many. */
  isrOn = false;
  ackIntr = false;
  handled = 0;
  /** Line that the fake handler is installed on; 0 = none. */
  irq = 0;
  readonly irqName: string;
  savedState: SavedState | undefined;

  constructor(dev: PciDev) {
    this.irqName = `xen-pciback[${dev.name}]`;
  }
}
