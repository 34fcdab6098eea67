import type { StructureDecoder } from '../decodedLine';
import { ACS_DECODER } from './accessControl';
import { AER_DECODER } from './aer';
import { DPC_DECODER } from './containment';
import { DOE_DECODER } from './dataObjectExchange';
import { DEVICE_3_DECODER } from './device3';
import {
  LANE_MARGINING_DECODER,
  PHYSICAL_LAYER_16_DECODER,
  PHYSICAL_LAYER_32_DECODER,
  PHYSICAL_LAYER_64_DECODER,
  SECONDARY_EXPRESS_DECODER,
} from './equalization';
import { FLIT_LOGGING_DECODER } from './flitLogging';
import { TPH_DECODER } from './hints';
import { IDE_DECODER } from './ide';
import { DSN_DECODER, DVSEC_DECODER, VENDOR_SPECIFIC_DECODER } from './identification';
import { LTR_DECODER } from './latency';
import { MULTICAST_DECODER } from './multicast';
import { DATA_LINK_FEATURE_DECODER, DPA_DECODER, POWER_BUDGETING_DECODER } from './ownNotation';
import { L1PM_DECODER } from './powerSubstates';
import { RESIZABLE_BAR_DECODERS } from './resizableBar';
import { EVENT_COLLECTOR_DECODER, ROOT_COMPLEX_LINK_DECODER } from './rootComplex';
import { ARI_DECODER } from './routing';
import { SRIOV_DECODER } from './sriov';
import { PTM_DECODER } from './timeMeasurement';
import { ATS_DECODER, PASID_DECODER, PRI_DECODER } from './translation';
import { VIRTUAL_CHANNEL_DECODERS } from './virtualChannel';

/** Every extended capability that lspci decodes, and some that it does not. */
export const EXTENDED_DECODERS: readonly StructureDecoder[] = [
  AER_DECODER,
  ...VIRTUAL_CHANNEL_DECODERS,
  DSN_DECODER,
  ROOT_COMPLEX_LINK_DECODER,
  EVENT_COLLECTOR_DECODER,
  VENDOR_SPECIFIC_DECODER,
  ACS_DECODER,
  ARI_DECODER,
  ATS_DECODER,
  SRIOV_DECODER,
  MULTICAST_DECODER,
  PRI_DECODER,
  ...RESIZABLE_BAR_DECODERS,
  TPH_DECODER,
  LTR_DECODER,
  SECONDARY_EXPRESS_DECODER,
  PASID_DECODER,
  DPC_DECODER,
  L1PM_DECODER,
  PTM_DECODER,
  DVSEC_DECODER,
  PHYSICAL_LAYER_16_DECODER,
  LANE_MARGINING_DECODER,
  PHYSICAL_LAYER_32_DECODER,
  DOE_DECODER,
  DEVICE_3_DECODER,
  IDE_DECODER,
  PHYSICAL_LAYER_64_DECODER,
  FLIT_LOGGING_DECODER,
  POWER_BUDGETING_DECODER,
  DATA_LINK_FEATURE_DECODER,
  DPA_DECODER,
];
