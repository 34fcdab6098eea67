import { CapId } from '../../capabilityIds';
import { headline, line, type StructureDecoder } from '../decodedLine';

export const MSIX_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.MSIX,
  headline: headline('FLAGS', (at) =>
    at.fill('FLAGS', `MSI-X: Enable± Count=${at.field('FLAGS', 'TabSize') + 1} Masked±`),
  ),
  lines: [
    line('Vector table', 'TABLE', 'BAR={BAR} offset={Offset:8}'),
    line('PBA', 'PBA', 'BAR={BAR} offset={Offset:8}'),
  ],
};
