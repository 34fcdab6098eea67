import { headline, line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

const FIRST_OF_AGP3 = 3;

/** Rate bits mean x1, x2, x4, but x4, x8 (and a reserved x16) for a master of version 3 in AGP 3.0 mode. */
const rates = (at: Reading, register: string): string => {
  const fast = at.field('REVISION', 'Major') >= FIRST_OF_AGP3 && at.isSet('STATUS', 'AGP3');
  const bits = at.field(register, 'Rate');
  const set = [1, 2, 4].filter((bit) => (bits & bit) !== 0).map((bit) => `x${fast ? 4 * bit : bit}`);
  return set.length > 0 ? set.join(',') : '<none>';
};

/** The register holds the queue's depth minus 1. */
const queue = (at: Reading, register: string): number => at.field(register, 'RQ') + 1;

export const AGP_DECODER: StructureDecoder = {
  kind: 'capability',
  id: 0x02,
  headline: headline('REVISION', 'AGP version {Major:1}.{Minor:1}'),
  lines: [
    line('Status', 'STATUS', (at) =>
      at.fill(
        'STATUS',
        `RQ=${queue(at, 'STATUS')} Iso± ArqSz={ArqSz} Cal={Cal} SBA± ITACoh± GART64± HTrans± 64bit± FW± AGP3± ` +
          `Rate=${rates(at, 'STATUS')}`,
      ),
    ),
    line('Command', 'COMMAND', (at) =>
      at.fill(
        'COMMAND',
        `RQ=${queue(at, 'COMMAND')} ArqSz={ArqSz} Cal={Cal} SBA± AGP± GART64± 64bit± FW± Rate=${rates(at, 'COMMAND')}`,
      ),
    ),
  ],
};
