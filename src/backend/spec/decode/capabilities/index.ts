import type { StructureDecoder } from '../decodedLine';
import { AF_DECODER } from './af';
import { AGP_DECODER } from './agp';
import { ENHANCED_ALLOCATION_DECODER } from './enhancedAllocation';
import { EXPRESS_DECODER } from './express';
import { HYPERTRANSPORT_DECODER } from './hypertransport';
import { DEBUG_PORT_DECODER, SATA_DECODER, SLOT_ID_DECODER, SSVID_DECODER } from './locations';
import { MSI_DECODER } from './msi';
import { MSIX_DECODER } from './msix';
import { PCIX_DECODER } from './pcix';
import { PM_DECODER } from './pm';
import { VENDOR_SPECIFIC_DECODER } from './vendorSpecific';
import { VPD_DECODER } from './vpd';

/** Every capability that lspci decodes. */
export const CAPABILITY_DECODERS: readonly StructureDecoder[] = [
  PM_DECODER,
  AGP_DECODER,
  VPD_DECODER,
  SLOT_ID_DECODER,
  MSI_DECODER,
  PCIX_DECODER,
  HYPERTRANSPORT_DECODER,
  VENDOR_SPECIFIC_DECODER,
  DEBUG_PORT_DECODER,
  SSVID_DECODER,
  EXPRESS_DECODER,
  MSIX_DECODER,
  SATA_DECODER,
  AF_DECODER,
  ENHANCED_ALLOCATION_DECODER,
];
