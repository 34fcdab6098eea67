import { CapId } from './capabilityIds';

/**
 * Versions that specifications define. Where a later specification may have added one that is not listed here, the
 * capability is left out: a device is not blamed for being newer than this table.
 */

/** PCI Bus Power Management 1.0 to 1.2 (PCIe 6.0 section 7.5.2.1) and PCI Express 1.x, 2.0 and later (section 7.5.3.2). */
const VERSIONED: Readonly<Record<number, { readonly mask: number; readonly highest: number }>> = {
  [CapId.PM]: { mask: 0x7, highest: 3 },
  [CapId.EXP]: { mask: 0xf, highest: 2 },
};

/** Where the version of a capability stands: the low bits of its third byte. */
export const VERSION_AT = 2;

/** Version of a capability whose third byte is `flags`; undefined for those that have none. */
export const capabilityVersion = (id: number, flags: number): number | undefined => {
  const versioned = VERSIONED[id];
  return versioned && flags & versioned.mask;
};

/** False when no specification defines this version of the capability. */
export const isDefinedVersion = (id: number, version: number): boolean =>
  version >= 1 && version <= (VERSIONED[id]?.highest ?? Infinity);

/** Extended capabilities that have had one version only, up to PCIe 6.0; by id. Source: the `Capability Version` field of each in section 7. */
const ONE_VERSION: ReadonlySet<number> = new Set([
  0x02, 0x03, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x12, 0x13, 0x15, 0x16, 0x17,
  0x18, 0x19, 0x1b, 0x1c, 0x1d, 0x1f, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29,
]);

const NULL_ID = 0;

/** False when no specification defines this version, 0..15, of the extended capability. The Null capability has none. */
export const isDefinedExtendedVersion = (id: number, version: number): boolean =>
  id === NULL_ID || (version >= 1 && (version === 1 || !ONE_VERSION.has(id)));
