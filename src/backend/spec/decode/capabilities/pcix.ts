import { CapId } from '../../capabilityIds';
import { headline, line, type StructureDecoder } from '../decodedLine';

const DEVICE = 'Dev={Bus:2}:{Device:2}.{Function}';

export const PCIX_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.PCIX,
  headline: headline('CAP_ID', (at) => `PCI-X ${at.has('BRIDGE_STATUS') ? '' : 'non-'}bridge device`),
  lines: [
    line('Command', 'COMMAND', 'DPERE± ERO± RBC={RBC} OST={OST}'),
    line(
      'Status',
      'STATUS',
      `${DEVICE} 64bit± 133MHz± SCD± USC± DC={DC} DMMRBC={DMMRBC} DMOST={DMOST} DMCRS={DMCRS} RSCEM± 266MHz± 533MHz±`,
    ),
    line('Secondary Status', 'SEC_STATUS', (at) =>
      at.fill(
        'SEC_STATUS',
        `64bit± 133MHz± SCD± USC± SCO± SRD± Freq=${at.meaning('SEC_STATUS', 'Freq', `?${at.field('SEC_STATUS', 'Freq')}`)}`,
      ),
    ),
    line('Status', 'BRIDGE_STATUS', `${DEVICE} 64bit± 133MHz± SCD± USC± SCO± SRD±`),
    line('Upstream', 'UPSTREAM_SPLIT', 'Capacity={Capacity} CommitmentLimit={CommitmentLimit}'),
    line('Downstream', 'DOWNSTREAM_SPLIT', 'Capacity={Capacity} CommitmentLimit={CommitmentLimit}'),
  ],
};
