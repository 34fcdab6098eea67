import type { Bdf } from '../spec/bdf';
import { sameBdf } from '../spec/bdf';
import { IrqLines } from './irqLines';
import { KernelLog } from './kernelLog';
import type { PciDev } from './pciDev';

/** Boot-time facts of the host kernel that its PCI core consults. */
export interface HostOptions {
  /** pci_cache_line_size in dwords; 0 = unknown. */
  readonly cacheLine: number;
  /** pcibios_max_latency. */
  readonly maxLatency: number;
  /** Bridges have the subsystem ids of their SSVID capability. */
  readonly bridgeSubsystem: boolean;
  /** CONFIG_PCIEAER, and the firmware left AER to the kernel: what error reporting is set to outlives resets. */
  readonly aer: boolean;
  /** pci_request_acs, which Xen's dom0 calls: access control is on, and is switched on again after resets. */
  readonly acs: boolean;
  /** CONFIG_PCI_IOV: physical functions keep their SR-IOV control over resets, and VFs can be created. */
  readonly iov: boolean;
}

export const DEFAULT_HOST: HostOptions = {
  cacheLine: 16,
  maxLatency: 255,
  bridgeSubsystem: true,
  aer: true,
  acs: true,
  iov: true,
};

/** How MSI and MSI-X vectors become kernel interrupts: the platform's part (xen/msiMapping.ts). */
export interface VectorMapper {
  /** Maps one vector for the device's owner. Returns the kernel irq, or a negative errno. */
  map(dev: PciDev, msix: boolean, entry: number): number;
  unmap(irq: number): void;
}

/** The host kernel: its devices in order of enumeration, message log, interrupt lines, platform. */
export class HostKernel {
  readonly log = new KernelLog();
  readonly devices: PciDev[] = [];
  readonly irqLines = new IrqLines();
  /** Set once by the platform before anything enables MSI. */
  vectorMapper: VectorMapper | undefined;

  constructor(readonly options: HostOptions = DEFAULT_HOST) {}

  find(bdf: Bdf): PciDev | undefined {
    return this.devices.find((d) => sameBdf(d.bdf, bdf));
  }

  /** pci_stop_and_remove_bus_device, after the driver has gone. */
  remove(dev: PciDev): void {
    const at = this.devices.indexOf(dev);
    if (at >= 0) this.devices.splice(at, 1);
  }
}
