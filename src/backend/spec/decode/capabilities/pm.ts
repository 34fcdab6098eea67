import { CapId } from '../../capabilityIds';
import { headline, line, type StructureDecoder } from '../decodedLine';

export const PM_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.PM,
  headline: headline('PMC', 'Power Management version {Version}'),
  lines: [
    line(
      'Flags',
      'PMC',
      'PMEClk± DSI± D1± D2± AuxCurrent={AuxCurrent} ' +
        'PME(D0{PME(D0)±},D1{PME(D1)±},D2{PME(D2)±},D3hot{PME(D3hot)±},D3cold{PME(D3cold)±})',
    ),
    line('Status', 'PMCSR', '{PowerState} NoSoftRst± PME-Enable± DSel={DSel} DScale={DScale} PME±'),
    // Bit 7 says whether the bus follows the power state, bit 6 whether its clock stops (B2) or its power goes (B3).
    line('Bridge', 'PMCSR_BSE', (at) =>
      at.value('PMCSR_BSE') === 0
        ? undefined
        : at.fill('PMCSR_BSE', 'PM{BPCC±} B3') + (at.isSet('PMCSR_BSE', 'B2/B3') ? '-' : '+'),
    ),
  ],
};
