import type { Pcifront } from '../../../src/backend/guest/pcifront';
import type { PciDev } from '../../../src/backend/host/pciDev';
import type { Bdf } from '../../../src/backend/spec/bdf';
import { readLe } from '../../../src/backend/spec/uint';
import type { RecordedHost } from './recordedHost';

/** What the recorded guest's PCI core writes when its frontend finds a device (Linux 6.1; pv-probes/b02-log.txt). */

const COMMAND = 0x04;
const DECODING = 0x3;
const INTX_DISABLE = 0x400;
const EXTENDED = 0x100;
const AER = 0x0001;
const AER_UNCORRECTABLE_STATUS = 0x04;
const AER_CORRECTABLE_STATUS = 0x10;
const DEVCTL = 0x08;
const ERROR_REPORTING = 0xf;

/**
 * Tests whether INTx can be masked, switches decoding off and on for sizing (the sizing itself leaves nothing behind),
 * clears the AER status and switches error reporting on.
 */
export const scanFunction = (front: Pcifront, at: Bdf, dev: PciDev): void => {
  const write = (offset: number, size: number, value: number): void => {
    front.configWrite(at, offset, size, value);
  };
  const command = front.configRead(at, COMMAND, 2).value & 0xffff;
  for (const value of [command ^ INTX_DISABLE, command, command & ~DECODING, command])
    write(COMMAND, 2, value);
  if (dev.fn.configSize > EXTENDED && readLe(dev.fn.config, EXTENDED, 2) === AER) {
    write(EXTENDED + AER_CORRECTABLE_STATUS, 4, 0);
    write(EXTENDED + AER_UNCORRECTABLE_STATUS, 4, 0);
    write(dev.expressCap + DEVCTL, 2, ERROR_REPORTING);
  }
};

/** Scans everything that the guest has. */
export const scanAsGuest = (recorded: RecordedHost, domid: number, front: Pcifront): void => {
  const topology = recorded.host.driver.backend(domid)?.backend.topology;
  for (const device of topology?.devices() ?? []) {
    const at = topology?.find(device);
    if (at !== undefined) scanFunction(front, at, device.dev);
  }
};
