import { CapId } from '../../capabilityIds';
import { hex } from '../../uint';
import { headline, line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

const minor = (at: Reading): string => String(at.field('COMMAND', 'Minor')).padStart(2, '0');

const kind = (at: Reading): string => {
  const name = at.meaning('COMMAND', 'Type', `#${hex(at.field('COMMAND', 'Type'), 2)}`);
  if (at.hasField('COMMAND', 'Fixed')) return at.fill('COMMAND', `${name} Enable± Fixed±`);
  return at.hasField('COMMAND', 'Major') ? at.fill('COMMAND', `${name}: {Major}.${minor(at)}`) : name;
};

export const HYPERTRANSPORT_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.HT,
  headline: headline('COMMAND', (at) => `HyperTransport: ${kind(at)}`),
  lines: [
    line('Mapping Address Base', 'ADDRESS_LO ADDRESS_HI', (at) =>
      at.fill('ADDRESS_LO', `${hex(at.value('ADDRESS_HI'), 8)}{Address:8}`),
    ),
  ],
};
