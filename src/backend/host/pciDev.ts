import type { PciFunction } from '../device/pciFunction';
import { CONFIG_SPACE_BYTES } from '../device/pciFunction';
import { formatBdf, type Bdf } from '../spec/bdf';
import { EINVAL, PCIBIOS_BAD_REGISTER_NUMBER, PCIBIOS_DEVICE_NOT_FOUND } from './codes';
import type { HostKernel } from './hostKernel';
import { absentResource, type Resource } from './resource';
import type { Sriov } from './sriov';

/**
 * A function as the host kernel sees it (its struct pci_dev): identity, resources, enable count, power state,
 * MSI state, and the configuration accessors (pci_bus_read_config_*, pci_bus_write_config_*).
 */

/** Kernel power states: D0..D3hot as 0..3. */
export const D0 = 0;
export const D3HOT = 3;
export const D3COLD = 4;
export const POWER_UNKNOWN = 5;
export const POWER_NAMES = ['D0', 'D1', 'D2', 'D3hot', 'D3cold', 'unknown'] as const;

/** Kernel quirk flags of a device. */
export interface DeviceFlags {
  readonly noMsi: boolean;
  readonly noD3: boolean;
  readonly noD1D2: boolean;
  readonly noPmReset: boolean;
  readonly noFlr: boolean;
  /** Leave INTX_DISABLE alone when MSI is switched. */
  readonly msiIntxBug: boolean;
}

export const NO_FLAGS: DeviceFlags = {
  noMsi: false,
  noD3: false,
  noD1D2: false,
  noPmReset: false,
  noFlr: false,
  msiIntxBug: false,
};

/** Saved configuration (pci_save_state): 16 header dwords, Express control words, PCI-X command, error reporting. */
export interface SavedState {
  readonly header: readonly number[];
  readonly express: readonly number[] | undefined;
  readonly pcixCommand: number | undefined;
  readonly errorReporting: readonly number[] | undefined;
}

/** One MSI or MSI-X vector: entry number in the device's table and the kernel irq. */
export interface MsiVector {
  readonly entry: number;
  readonly irq: number;
}

export type ResetMethod = 'flr' | 'af_flr' | 'pm';

/** Filled in by enumeration (host/enumerate.ts) from the function's registers. */
export class PciDev {
  readonly name: string;
  /** Value of the last read; all ones after a failed one, untouched after a misaligned one. */
  value = 0;

  vendor = 0;
  device = 0;
  subsystemVendor = 0;
  subsystemDevice = 0;
  /** 24-bit class code. */
  classCode = 0;
  revision = 0;
  /** Header type without the multifunction bit. */
  headerType = 0;
  /** Kernel interrupt: the pin's line, or the MSI vector while MSI is on. */
  irq = 0;
  readonly resources: Resource[] = Array.from({ length: 7 }, absentResource);
  flags: DeviceFlags = NO_FLAGS;

  driver: string | undefined;
  /** The only driver that may bind, when set. */
  driverOverride: string | undefined;
  currentState = POWER_UNKNOWN;
  enableCount = 0;
  isBusMaster = false;
  msiEnabled = false;
  msixEnabled = false;
  /** Vectors while MSI or MSI-X is on, by entry number. */
  vectors: readonly MsiVector[] = [];
  /** irq to return to when MSI is switched off. */
  pinIrq = 0;
  savedState: SavedState | undefined;

  pmCap = 0;
  msiCap = 0;
  msixCap = 0;
  expressCap = 0;
  pcixCap = 0;
  /** Extended capabilities; 0 where the function has none or the host's kernel leaves them alone. */
  aerCap = 0;
  acsCap = 0;
  /** What the kernel keeps of a physical function. */
  sriov: Sriov | undefined;
  /** PCI Express capabilities register and device capabilities, as read at enumeration. */
  expressFlags = 0;
  expressDevCap = 0;
  d1Support = false;
  d2Support = false;
  immediateReady = false;
  resetMethods: readonly ResetMethod[] = [];
  /** The PF when this is a virtual function. */
  physfn: PciDev | undefined;
  /** Marked assigned: the PF may not switch SR-IOV off. */
  assigned = false;

  constructor(
    readonly host: HostKernel,
    readonly fn: PciFunction,
  ) {
    this.name = formatBdf(fn.bdf);
  }

  get bdf(): Bdf {
    return this.fn.bdf;
  }
  get isVirtualFunction(): boolean {
    return this.physfn !== undefined;
  }

  /** Prints as the kernel's pci_err/pci_info family: driver (or `pci`), name, text. */
  log(level: number, text: string): void {
    this.host.log.print(level, `${this.driver ?? 'pci'} ${this.name}: ${text}`);
  }

  /**
   * Reads `width` bytes (1, 2, 4) into `value`. Returns 0, a PCIBIOS code or a negative errno of the bus.
   * Order of checks: surprise removal, alignment, range 0..4095, failing ranges.
   */
  configRead(offset: number, width: number): number {
    const fn = this.fn;
    if (fn.plain && (offset & (width - 1)) === 0 && offset >= 0 && offset < CONFIG_SPACE_BYTES) {
      this.value = fn.busRead(offset, width);
      return 0;
    }
    return this.configReadSlow(offset, width);
  }

  private configReadSlow(offset: number, width: number): number {
    const ones = width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff;
    if (this.fn.isGone) {
      this.value = ones;
      return PCIBIOS_DEVICE_NOT_FOUND;
    }
    if ((offset & (width - 1)) !== 0) return PCIBIOS_BAD_REGISTER_NUMBER;
    const code =
      offset < 0 || offset >= CONFIG_SPACE_BYTES ? -EINVAL : this.fn.failureOf(offset, width, false);
    this.value = code === 0 ? this.fn.busRead(offset, width) : ones;
    return code;
  }

  /** Writes the low `width` bytes of `value`. Returns 0, a PCIBIOS code or a negative errno of the bus. */
  configWrite(offset: number, width: number, value: number): number {
    const fn = this.fn;
    if (!fn.plain || (offset & (width - 1)) !== 0 || offset < 0 || offset >= CONFIG_SPACE_BYTES) {
      if (fn.isGone) return PCIBIOS_DEVICE_NOT_FOUND;
      if ((offset & (width - 1)) !== 0) return PCIBIOS_BAD_REGISTER_NUMBER;
      if (offset < 0 || offset >= CONFIG_SPACE_BYTES) return -EINVAL;
      const code = fn.failureOf(offset, width, true);
      if (code !== 0) return code;
    }
    fn.busWrite(offset, width, width === 4 ? value >>> 0 : width === 2 ? value & 0xffff : value & 0xff);
    return 0;
  }

  /** The value read, for callers that (like much of the kernel) ignore the status. */
  read(offset: number, width: number): number {
    this.value = 0;
    this.configRead(offset, width);
    return this.value;
  }
}
