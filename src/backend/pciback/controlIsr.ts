import { disableDevice, isEnabled } from '../host/enable';
import { KERN_ERR, KERN_INFO } from '../host/kernelLog';
import { disableMsi, disableMsix } from '../host/msi';
import type { PciDev } from '../host/pciDev';
import { COMMAND_INVALIDATE, PCI_COMMAND } from '../spec/kernelRegisters';
import type { DevData } from './devData';
import type { DriverProfile } from './profiles';

/**
 * The fake interrupt handler and the device reset (pciback_ops.c).
 * Policy: while a guest drives a device with a level-triggered shared line, the host must acknowledge the line; the
 * handler only counts. It is never put on an MSI vector, never on bridges, never on a device without a line.
 * Functions: xen_pcibk_control_isr, xen_pcibk_guest_interrupt, xen_pcibk_reset_device.
 */

/** Every this many interrupts the hypervisor is asked whether the line is shared with another domain. */
const SHARED_QUERY_INTERVAL = 1000;

/** What control and reset need besides the device: the version's rules and the hypervisor's word on lines. */
export interface IsrEnvironment {
  readonly profile: DriverProfile;
  readonly lineShared: LineShared;
}

/** Whether a line is shared with another domain (xen_test_irq_shared, inverted). */
export type LineShared = (irq: number) => boolean;

const guestInterrupt = (dev: PciDev, data: DevData, shared: LineShared): boolean => {
  if (!data.isrOn || !data.ackIntr) return false;
  data.handled++;
  if (data.handled % SHARED_QUERY_INTERVAL === 0 && !shared(data.irq)) {
    dev.log(
      KERN_INFO,
      `xen_pciback: ${data.irqName} IRQ line is not shared with other domains. Turning ISR off`,
    );
    data.ackIntr = false;
  }
  return true;
};

/** Installs or removes the handler as data.enableIntx asks; reset = true first forgets what the guest asked for. */
export const controlIsr = (
  dev: PciDev,
  data: DevData | undefined,
  reset: boolean,
  { profile, lineShared }: IsrEnvironment,
): void => {
  if (data === undefined || dev.headerType !== 0) return;
  if (reset) {
    data.enableIntx = false;
    data.ackIntr = false;
  }
  const enable = data.enableIntx;
  if (!enable && !data.isrOn) return;
  // Saved because MSI later replaces dev.irq.
  if (enable) data.irq = dev.irq;
  if (data.irq === 0 && profile.lineZeroSkipped) return;
  const lines = dev.host.irqLines;
  if (enable) {
    if (profile.msiSanity && (dev.msiEnabled || dev.msixEnabled)) return;
    const rc = lines.request(data.irq, data.irqName, () => guestInterrupt(dev, data, lineShared));
    if (rc !== 0) {
      dev.log(
        KERN_ERR,
        `xen_pciback: ${data.irqName}: failed to install fake IRQ handler for IRQ ${data.irq}! (rc:${rc})`,
      );
      return;
    }
  } else {
    lines.free(data.irq, data.irqName);
    data.irq = 0;
  }
  data.isrOn = enable;
  data.ackIntr = enable;
};

/** Leaves the device off for its next owner: no handler, no MSI, not enabled, no bus mastering. Since 2019 COMMAND is not zeroed. */
export const resetDevice = (dev: PciDev, data: DevData | undefined, env: IsrEnvironment): void => {
  controlIsr(dev, data, true, env);
  if (dev.headerType === 0) {
    disableMsix(dev);
    disableMsi(dev);
    if (isEnabled(dev)) disableDevice(dev);
    if (env.profile.resetZeroesCommand) dev.configWrite(PCI_COMMAND, 2, 0);
    dev.isBusMaster = false;
    return;
  }
  const command = dev.read(PCI_COMMAND, 2);
  if (command & COMMAND_INVALIDATE) {
    dev.configWrite(PCI_COMMAND, 2, command & ~COMMAND_INVALIDATE);
    dev.isBusMaster = false;
  }
};
