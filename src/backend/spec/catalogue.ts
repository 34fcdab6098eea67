import { AF } from './capabilities/af';
import { AGP } from './capabilities/agp';
import { DEBUG_PORT } from './capabilities/debugPort';
import { EXPRESS } from './capabilities/express';
import { HYPERTRANSPORT } from './capabilities/hypertransport';
import { MSI } from './capabilities/msi';
import { MSIX } from './capabilities/msix';
import { PCIX } from './capabilities/pcix';
import { PM } from './capabilities/pm';
import { SATA } from './capabilities/sata';
import { SLOT_ID } from './capabilities/slotId';
import { SSVID } from './capabilities/ssvid';
import { VENDOR_SPECIFIC } from './capabilities/vendorSpecific';
import { VPD } from './capabilities/vpd';
import { ACS } from './extended/acs';
import { AER } from './extended/aer';
import { ARI } from './extended/ari';
import { ATS } from './extended/ats';
import { DATA_LINK_FEATURE } from './extended/dataLink';
import { DSN } from './extended/deviceSerialNumber';
import { DPC } from './extended/dpc';
import { L1PM } from './extended/l1pm';
import { LTR } from './extended/ltr';
import { PASID } from './extended/pasid';
import { PHYSICAL_LAYER_16 } from './extended/physicalLayer16';
import { POWER_BUDGETING } from './extended/powerBudgeting';
import { PRI } from './extended/pri';
import { PTM } from './extended/ptm';
import { RESIZABLE_BAR, VF_RESIZABLE_BAR } from './extended/resizableBar';
import { SECONDARY_EXPRESS } from './extended/secondaryExpress';
import { SRIOV } from './extended/sriov';
import { DVSEC, VENDOR_SPECIFIC_EXTENDED } from './extended/vendorSpecific';
import { VIRTUAL_CHANNEL, VIRTUAL_CHANNEL_MFVC } from './extended/virtualChannel';
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
  AGP,
  DEBUG_PORT,
  HYPERTRANSPORT,
  PCIX,
  SATA,
  SLOT_ID,
  AER,
  DSN,
  VENDOR_SPECIFIC_EXTENDED,
  ACS,
  ARI,
  ATS,
  SRIOV,
  DVSEC,
  DATA_LINK_FEATURE,
  DPC,
  L1PM,
  LTR,
  PASID,
  PHYSICAL_LAYER_16,
  POWER_BUDGETING,
  PRI,
  PTM,
  RESIZABLE_BAR,
  VF_RESIZABLE_BAR,
  SECONDARY_EXPRESS,
  VIRTUAL_CHANNEL,
  VIRTUAL_CHANNEL_MFVC,
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
