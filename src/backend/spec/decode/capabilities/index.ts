import type { StructureDecoder } from '../decodedLine';
import { MSIX_DECODER } from './msix';

/** Every capability that lspci decodes. */
export const CAPABILITY_DECODERS: readonly StructureDecoder[] = [MSIX_DECODER];
