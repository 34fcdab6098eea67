import type { StructureDecoder } from '../decodedLine';
import { ATS_DECODER } from './ats';

/** Every extended capability that lspci decodes, one file each. */
export const EXTENDED_DECODERS: readonly StructureDecoder[] = [ATS_DECODER];
