import { barSizeName } from '../../extended/resizableBar';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

const MOST = 6;
/** The first 28 sizes stand in the capability register, the others in the control register. */
const LOW_SIZES = 28;

const supported = (at: Reading, index: number): string => {
  const low = BigInt(at.field(`CAPABILITY_${index}`, 'Sizes'));
  const high = BigInt(at.field(`CONTROL_${index}`, 'SizesHigh'));
  const sizes = low | (high << BigInt(LOW_SIZES));
  if (sizes === 0n) return '';
  const names = Array.from({ length: sizes.toString(2).length }, (_, n) => n)
    .filter((n) => ((sizes >> BigInt(n)) & 1n) === 1n)
    .map(barSizeName);
  return `, supported: ${names.join(' ')}`;
};

const barLine = (reading: Reading, index: number): LineSpec => {
  const control = `CONTROL_${index}`;
  return line(`BAR ${reading.field(control, 'BAR')}`, `CAPABILITY_${index} ${control}`, (at) =>
    at.fill(control, `current size: {Size?<unknown>}${supported(at, index)}`),
  );
};

const resizable = (id: number): StructureDecoder => ({
  kind: 'extendedCapability',
  id,
  lines: (reading) => {
    const count = reading.field('CONTROL_0', 'Count');
    return count === 0 || count > MOST
      ? [line('', 'CONTROL_0', `<error in resizable BAR: num_bars=${count} is out of specification>`)]
      : Array.from({ length: count }, (_, index) => barLine(reading, index));
  },
});

export const RESIZABLE_BAR_DECODERS: readonly StructureDecoder[] = [resizable(0x15), resizable(0x24)];
