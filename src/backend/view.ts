import type { Bdf } from './spec/bdf';
import type { Width } from './spec/uint';
import type { Verdict } from './verdict/verdict';

/** Plain data that the machine shows to whoever asks: screens, tests, exports. Never live objects. */

/** A configuration write that reached a device's bus accessor. */
export interface RealWrite {
  readonly bdf: Bdf;
  readonly offset: number;
  readonly width: Width;
  readonly value: number;
}

/** A kernel message. Levels are the kernel's: 3 error, 4 warning, 6 info. The text has its driver and device prefix. */
export interface LogLine {
  readonly level: number;
  readonly text: string;
}

/** What one action caused, in order within each list. */
export interface Observations {
  readonly writes: readonly RealWrite[];
  readonly log: readonly LogLine[];
  /** Xenstore writes by the backend: path, value. */
  readonly xenstore: readonly (readonly [string, string])[];
  /** Event-channel notifications sent to guests. */
  readonly notifications: number;
  /** Late EOIs: 0 normal, 1 spurious. */
  readonly eoi: readonly number[];
}

/** Result of a named action. A refusal says why in the driver's own terms; what happened until then is observed too. */
export type ActionResult =
  | { readonly ok: true; readonly told?: string; readonly observed: Observations }
  | { readonly ok: false; readonly message: string; readonly observed: Observations };

/** One guest configuration operation, through the shared page and back. */
export interface ConfigOp {
  readonly domid: number;
  readonly op: 'conf_read' | 'conf_write';
  /** Address as the guest sees it. */
  readonly guest: Bdf;
  readonly host: Bdf | undefined;
  readonly offset: number;
  /** As the guest asked: 1, 2 and 4 are valid, anything else is refused by the driver. */
  readonly size: number;
  /** Value sent (conf_write). */
  readonly sent: number;
  /** `value` in the page after the op: a read's result may hold more bits than were asked for, as the driver leaves them. */
  readonly value: number;
  /** `err` in the page after the op: 0, a XEN_PCI_ERR code (-1..-5), an errno or a PCIBIOS code. */
  readonly err: number;
  /** Name of `err`, e.g. `XEN_PCI_ERR_success`, `XEN_PCI_ERR_access_denied`, `-EINVAL`. */
  readonly errName: string;
  /** What became of every bit, and why; undefined while a journal is replayed. */
  readonly verdict: Verdict | undefined;
  readonly observed: Observations;
}

/** Bytes of a configuration space with the ones that are known. */
export interface ConfigImage {
  readonly bytes: Uint8Array;
  /** 1 = known. Unknown bytes are shown as unknown, never as a number. */
  readonly known: Uint8Array;
}

/** A function of the host and what the kernel and the driver have made of it. */
export interface FunctionState {
  readonly bdf: Bdf;
  /** Ids as the kernel knows them (for a VF not what configuration space reads). */
  readonly vendorId: number;
  readonly deviceId: number;
  readonly subsystemVendorId: number;
  readonly subsystemId: number;
  readonly classCode: number;
  readonly revision: number;
  /** Header type without the multifunction bit; 0..2, others as read. */
  readonly headerType: number;
  /** 256 or 4096. */
  readonly configSize: number;
  /** Driver bound on the host; `pciback` when seized; undefined when none. */
  readonly driver: string | undefined;
  /** Driver that was bound when the machine was opened. */
  readonly originalDriver: string | undefined;
  readonly assignedTo: { readonly domid: number; readonly guest: Bdf } | undefined;
  readonly permissive: boolean;
  readonly allowInterruptControl: boolean;
  readonly warnedOnWrite: boolean;
  /** The fake handler for a shared line: installed, acknowledging, interrupts handled; undefined when not seized. */
  readonly irqHandler:
    { readonly on: boolean; readonly acknowledging: boolean; readonly handled: number } | undefined;
  /** Kernel's power state: `D0`..`D3hot`, `D3cold`, `unknown`. */
  readonly powerState: string;
  /** Host enable count, bus-master flag and MSI state as the kernel tracks them. */
  readonly enableCount: number;
  readonly busMaster: boolean;
  readonly msiEnabled: boolean;
  readonly msixEnabled: boolean;
  readonly irq: number;
  readonly physicalFunction: Bdf | undefined;
  /** What `sriov_numvfs` and `sriov_totalvfs` of a physical function read. */
  readonly sriov: { readonly numVFs: number; readonly totalVFs: number } | undefined;
  readonly sourceLine: number | undefined;
}

/** What lspci takes from the kernel, because no register tells it. */
export interface KernelFacts {
  readonly bdf: Bdf;
  readonly irq: number;
  /** Bytes, by index of the BAR; 6 is the expansion ROM. */
  readonly barSizes: Readonly<Record<number, bigint>>;
}

/** A bus with its functions; bridges carry the buses behind them. */
export interface BusState {
  readonly domain: number;
  readonly bus: number;
  readonly functions: readonly FunctionNode[];
}

export interface FunctionNode {
  readonly bdf: Bdf;
  readonly behind: readonly BusState[];
}

export interface GuestDevice {
  readonly host: Bdf;
  readonly guest: Bdf;
}

export interface GuestState {
  readonly domid: number;
  readonly name: string;
  readonly kind: 'PV';
  readonly topology: 'vpci' | 'passthrough';
  /** Xenbus states by name: `Initialising`, `Connected`, ...; undefined while the guest has no PCI device in xenstore. */
  readonly backendState: string | undefined;
  readonly frontendState: string | undefined;
  readonly devices: readonly GuestDevice[];
}

/** How the driver was loaded. */
export interface DriverState {
  /** Kernel release whose driver it is. */
  readonly profile: string;
  readonly topology: 'vpci' | 'passthrough';
  /** Module-wide `permissive`. */
  readonly permissive: boolean;
}

export interface MachineChange {
  readonly revision: number;
  /** Name of the action that changed the machine. */
  readonly action: string;
  /** Functions whose state or bytes may have changed; undefined = any. */
  readonly functions: readonly Bdf[] | undefined;
}
