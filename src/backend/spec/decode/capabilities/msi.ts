import { CapId } from '../../capabilityIds';
import { hex } from '../../uint';
import { headline, line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

/** Vectors by the exponent that the register holds; reserved exponents count on. */
const vectors = (at: Reading, field: string): number => 2 ** at.field('FLAGS', field);

const message = (at: Reading): string => {
  const high = at.has('ADDRESS_HI') ? hex(at.value('ADDRESS_HI'), 8) : '';
  return `${high}${hex(at.value('ADDRESS_LO'), 8)}  Data: ${hex(at.value('DATA'), 4)}`;
};

const ADDRESS = 'ADDRESS_LO DATA';
const WIDE_ADDRESS = 'ADDRESS_LO ADDRESS_HI DATA';

export const MSI_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.MSI,
  headline: headline('FLAGS', (at) =>
    at.fill('FLAGS', `MSI: Enable± Count=${vectors(at, 'MME')}/${vectors(at, 'MMC')} Maskable± 64bit±`),
  ),
  lines: (at) => [
    line('Address', at.has('ADDRESS_HI') ? WIDE_ADDRESS : ADDRESS, message),
    line(
      'Masking',
      'MASK PENDING',
      () => `${hex(at.value('MASK'), 8)}  Pending: ${hex(at.value('PENDING'), 8)}`,
    ),
  ],
};
