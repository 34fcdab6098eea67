import type { Width } from './uint';

/**
 * The words in which the catalogue speaks. A structure (header, capability, extended capability) is a list of
 * registers; a register has bit fields; both carry their access type. Data only: what a driver does with a
 * register is the driver's own table.
 */

/**
 * Access types as the PCI Express Base Specification section 7.4 names them.
 * RW1C and RW1CS bits are cleared by writing 1; S means that the bit survives a function reset (sticky).
 * HwInit and RO are not writable by software; RsvdP/RsvdZ are reserved (not writable in the simulated hardware).
 */
export type Access = 'RO' | 'ROS' | 'RW' | 'RWS' | 'RW1C' | 'RW1CS' | 'HwInit' | 'WO' | 'RsvdP' | 'RsvdZ';

export interface BitFieldSpec {
  /** Short name, as lspci abbreviates it where it does: `BusMaster`, `ParErr`, `MaxPayload`. */
  readonly name: string;
  /** Full name from the specification. */
  readonly title: string;
  /** Lowest bit, 0..31, counted in the register. */
  readonly lsb: number;
  /** Number of bits, 1..32. */
  readonly width: number;
  readonly access: Access;
  /** Meaning of values, where the specification enumerates them. */
  readonly values?: Readonly<Record<number, string>>;
  /** The field leaves out this many low bits of the address or offset that it holds; people read it with them. */
  readonly shift?: number;
}

export interface RegisterSpec {
  /** setpci's name where there is one (`COMMAND`, `BASE_ADDRESS_0`), else upper case in its style. */
  readonly name: string;
  readonly title: string;
  /** Offset in bytes from the start of the structure. */
  readonly offset: number;
  readonly width: Width;
  /** Access of bits that no field covers, and of the whole register when it has no fields. */
  readonly access: Access;
  readonly fields: readonly BitFieldSpec[];
  /** Specification and section, e.g. `PCIe 6.0 7.5.1.1.3`. */
  readonly source: string;
}

export type StructureKind = 'header' | 'capability' | 'extendedCapability';

/** What a structure must know of the function that holds it: some registers exist only in some kinds of function. */
export interface StructureOwner {
  /** As the registers have them: ffff in a virtual function. */
  readonly vendorId: number;
  readonly deviceId: number;
  /** Header type without the multifunction bit. */
  readonly headerType: number;
  /** Undefined when the function has no PCI Express capability: a conventional PCI or PCI-X function. */
  readonly express: ExpressOwner | undefined;
  /** SR-IOV virtual function: most of what its physical function controls is reserved here. */
  readonly virtualFunction: boolean;
}

export interface ExpressOwner {
  /** Device/Port Type of the PCI Express capability, 0..15. */
  readonly portType: number;
  /** End-End TLP Prefix Supported of Device Capabilities 2. */
  readonly endToEndPrefix: boolean;
  /** ERR_COR Subclass Capable of Device Capabilities: correctable errors say for whom they are. */
  readonly errCorSubclass: boolean;
  /** Maximum Link Width of Link Capabilities, 0..63; 0 in functions without a link. */
  readonly lanes: number;
  /** Crosslink Supported of Link Capabilities 2: an upstream port may take the downstream port's part. */
  readonly crosslink: boolean;
}

/** Reads little-endian from the start of the structure; bytes that do not exist read as 0. */
export type StructureReader = (offset: number, width: Width) => number;

export interface StructureSpec {
  readonly kind: StructureKind;
  /** Header type 0..2, capability id or extended capability id. */
  readonly id: number;
  /** Short name as setpci and lspci use it: `PM`, `MSI-X`, `AER`. */
  readonly name: string;
  readonly title: string;
  /** Length in bytes; some depend on the structure's own contents (MSI's 64-bit flag, Express version and port type). */
  readonly length: (read: StructureReader, owner: StructureOwner) => number;
  /** The registers that exist, given the structure's own contents; in order of offset, not overlapping. */
  readonly registers: (read: StructureReader, owner: StructureOwner) => readonly RegisterSpec[];
}
