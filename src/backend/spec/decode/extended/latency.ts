import { line, type LineSpec, type StructureDecoder } from '../decodedLine';

const latency = (label: string, register: string): LineSpec =>
  line(label, register, (at) => {
    const scale = 32n ** BigInt(at.field(register, 'Scale'));
    return `${BigInt(at.field(register, 'Value')) * scale}ns`;
  });

export const LTR_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x18,
  lines: [latency('Max snoop latency', 'MAX_SNOOP'), latency('Max no snoop latency', 'MAX_NO_SNOOP')],
};
