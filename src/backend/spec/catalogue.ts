import { AF } from './capabilities/af';
import { AGP } from './capabilities/agp';
import { DEBUG_PORT } from './capabilities/debugPort';
import { ENHANCED_ALLOCATION } from './capabilities/enhancedAllocation';
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
import { ALTERNATE_PROTOCOL, PROTOCOL_MULTIPLEXING } from './extended/alternateProtocol';
import { ARI } from './extended/ari';
import { ATS } from './extended/ats';
import { DATA_LINK_FEATURE } from './extended/dataLink';
import { DOE } from './extended/dataObjectExchange';
import { DEVICE_3 } from './extended/device3';
import { DSN } from './extended/deviceSerialNumber';
import { DPC } from './extended/dpc';
import { DPA } from './extended/dynamicPower';
import { NPEM } from './extended/enclosure';
import { EVENT_COLLECTOR } from './extended/eventCollector';
import { SFI } from './extended/firmwareIntermediary';
import { FLIT_LOGGING } from './extended/flitLogging';
import { IDE } from './extended/ide';
import { L1PM } from './extended/l1pm';
import { LANE_MARGINING } from './extended/laneMargining';
import { LTR } from './extended/ltr';
import { MULTICAST } from './extended/multicast';
import { PASID } from './extended/pasid';
import { PHYSICAL_LAYER_16, PHYSICAL_LAYER_32, PHYSICAL_LAYER_64 } from './extended/physicalLayer';
import { POWER_BUDGETING } from './extended/powerBudgeting';
import { PRI } from './extended/pri';
import { PTM } from './extended/ptm';
import { FRS_QUEUEING, READINESS_TIME } from './extended/readiness';
import { RESIZABLE_BAR, VF_RESIZABLE_BAR } from './extended/resizableBar';
import {
  ROOT_COMPLEX_INTERNAL_LINK,
  ROOT_COMPLEX_LINK,
  ROOT_COMPLEX_REGISTER_BLOCK,
} from './extended/rootComplexLink';
import { SECONDARY_EXPRESS } from './extended/secondaryExpress';
import { SRIOV } from './extended/sriov';
import { TPH } from './extended/tph';
import { DVSEC, VENDOR_SPECIFIC_EXTENDED } from './extended/vendorSpecific';
import {
  MULTI_FUNCTION_VIRTUAL_CHANNEL,
  VIRTUAL_CHANNEL,
  VIRTUAL_CHANNEL_MFVC,
} from './extended/virtualChannel';
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
  ENHANCED_ALLOCATION,
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
  MULTI_FUNCTION_VIRTUAL_CHANNEL,
  ROOT_COMPLEX_LINK,
  ROOT_COMPLEX_INTERNAL_LINK,
  ROOT_COMPLEX_REGISTER_BLOCK,
  EVENT_COLLECTOR,
  MULTICAST,
  DPA,
  TPH,
  PROTOCOL_MULTIPLEXING,
  FRS_QUEUEING,
  READINESS_TIME,
  LANE_MARGINING,
  NPEM,
  PHYSICAL_LAYER_32,
  ALTERNATE_PROTOCOL,
  SFI,
  DOE,
  DEVICE_3,
  IDE,
  PHYSICAL_LAYER_64,
  FLIT_LOGGING,
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
