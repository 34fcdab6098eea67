import type { StructureDecoder } from '../decodedLine';
import { TYPE0_DECODER } from './type0';
import { TYPE1_DECODER } from './type1';
import { TYPE2_DECODER } from './type2';

export const HEADER_DECODERS: readonly StructureDecoder[] = [TYPE0_DECODER, TYPE1_DECODER, TYPE2_DECODER];
