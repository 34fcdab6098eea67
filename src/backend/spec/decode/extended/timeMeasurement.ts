import { line, type LineSpec, type StructureDecoder } from '../decodedLine';

const ABOVE = 255;

const granularity = (label: string, register: string, field: string, none: string): LineSpec =>
  line(label, register, (at) => {
    const value = at.field(register, field);
    if (value === 0) return none;
    return value === ABOVE ? 'Greater than 254ns' : `${value}ns`;
  });

export const PTM_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x1f,
  lines: [
    line('PTMCap', 'PTMCAP', 'Requester± Responder± Root±'),
    granularity('PTMClockGranularity', 'PTMCAP', 'LocalClockGranularity', 'Unimplemented'),
    line('PTMControl', 'PTMCTL', 'Enabled± RootSelected±'),
    granularity('PTMEffectiveGranularity', 'PTMCTL', 'EffectiveGranularity', 'Unknown'),
  ],
};
