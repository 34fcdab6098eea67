import type { Bdf } from './spec/bdf';

/** What a source (lspci text, sample, later sysfs or QEMU) says of one function. Everything else is derived. */
export interface FunctionDescription {
  readonly bdf: Bdf;
  /** Configuration bytes as read; its length is what is known to exist: 256 or 4096 (shorter sources are padded and marked unknown). */
  readonly config: Uint8Array;
  /** One entry per byte of `config`: 1 where the source gave the byte, 0 where it did not. */
  readonly known: Uint8Array;
  /** Writable and write-1-to-clear bits where they were measured; otherwise derived from the register catalogue. */
  readonly rw?: Uint8Array;
  readonly w1c?: Uint8Array;
  /** Sizes of BARs (index 0..5), ROM (6), VF BARs of a PF (7..12) in bytes where the source knew them; absent index = not implemented or unknown. */
  readonly barSizes?: Readonly<Record<number, bigint>>;
  /** Interrupt line that the host routed ("pin A routed to IRQ 16"), 0 or absent when none is known. */
  readonly irq?: number;
  /** Contents of the VPD store, where the function has a VPD capability and the source knows them. */
  readonly vpd?: Uint8Array;
  /** Driver bound on the host ("Kernel driver in use"). */
  readonly driver?: string;
  /** The PF, when the function is an SR-IOV virtual function. */
  readonly physicalFunction?: Bdf;
  /** Ids the kernel knows for a VF, whose configuration space reads ffff. */
  readonly vendorId?: number;
  readonly deviceId?: number;
  /** Line of the slot heading in the source text, counted from 1. */
  readonly sourceLine?: number;
}

export interface MachineDescription {
  /** Shown to the user: file name or "Sample machine". */
  readonly name: string;
  readonly functions: readonly FunctionDescription[];
}

/** What a guest's configuration says of a function beside its address (xl-pci-configuration(5)). */
export interface PassthroughOptions {
  readonly msitranslate: boolean;
  readonly powerManagement: boolean;
  /** The toolstack writes the driver's `permissive` before it hands the function over. */
  readonly permissive: boolean;
  readonly rdmPolicy: 'strict' | 'relaxed';
  /** devfn that the guest should see (`@VSLOT`); 0 or absent = no wish. PV guests get what the driver chooses. */
  readonly vdevfn?: number;
}
