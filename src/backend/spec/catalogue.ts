import { AF } from './capabilities/af';
import { EXPRESS } from './capabilities/express';
import { MSI } from './capabilities/msi';
import { MSIX } from './capabilities/msix';
import { PM } from './capabilities/pm';
import { SSVID } from './capabilities/ssvid';
import { VENDOR_SPECIFIC } from './capabilities/vendorSpecific';
import { VPD } from './capabilities/vpd';
import { ACS } from './extended/acs';
import { AER } from './extended/aer';
import { ARI } from './extended/ari';
import { ATS } from './extended/ats';
import { DSN } from './extended/deviceSerialNumber';
import { SRIOV } from './extended/sriov';
import { DVSEC, VENDOR_SPECIFIC_EXTENDED } from './extended/vendorSpecific';
import { TYPE0 } from './headers/type0';
import { TYPE1 } from './headers/type1';
import { TYPE2 } from './headers/type2';
import type { StructureKind, StructureSpec } from './register';

/** Every structure that is known in bit detail. */
export const STRUCTURES: readonly StructureSpec[] = [
  TYPE0,
  TYPE1,
  TYPE2,
  PM,
  VPD,
  MSI,
  VENDOR_SPECIFIC,
  SSVID,
  EXPRESS,
  MSIX,
  AF,
  AER,
  DSN,
  VENDOR_SPECIFIC_EXTENDED,
  ACS,
  ARI,
  ATS,
  SRIOV,
  DVSEC,
];

const keyOf = (kind: StructureKind, id: number): string => `${kind} ${id}`;

const BY_KEY: ReadonlyMap<string, StructureSpec> = new Map(
  STRUCTURES.map((spec) => [keyOf(spec.kind, spec.id), spec]),
);

/** The structure with this capability id (0..0xff) or extended capability id (0..0xffff); undefined when it is not known in bit detail. */
export const structureSpec = (kind: StructureKind, id: number): StructureSpec | undefined =>
  BY_KEY.get(keyOf(kind, id));

/** The header of this type, 0..127 without the multifunction bit; undefined for types that no specification defines. */
export const headerSpec = (type: number): StructureSpec | undefined => structureSpec('header', type);
