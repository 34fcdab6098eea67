import type { PvGuest } from '../../../src/backend/assembly/pvGuest';
import type { PciDev } from '../../../src/backend/host/pciDev';
import type { GuestDevice } from '../../../src/backend/view';
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
const scan = (guest: PvGuest, at: GuestDevice, dev: PciDev): void => {
  const front = guest.pcifront!;
  const write = (offset: number, size: number, value: number): void => {
    front.configWrite(at.guest, offset, size, value);
  };
  const command = front.configRead(at.guest, COMMAND, 2).value & 0xffff;
  for (const value of [command ^ INTX_DISABLE, command, command & ~DECODING, command])
    write(COMMAND, 2, value);
  if (dev.fn.configSize > EXTENDED && readLe(dev.fn.config, EXTENDED, 2) === AER) {
    write(EXTENDED + AER_CORRECTABLE_STATUS, 4, 0);
    write(EXTENDED + AER_UNCORRECTABLE_STATUS, 4, 0);
    write(dev.expressCap + DEVCTL, 2, ERROR_REPORTING);
  }
};

/** Scans everything that the guest has. */
export const scanAsGuest = (recorded: RecordedHost, guest: PvGuest): void => {
  for (const device of guest.devices()) scan(guest, device, recorded.host.find(device.host)!);
};
