import { CapId } from '../capabilityIds';
import { bit, capabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';

/** PCI Power Management. Source: PCI Bus Power Management 1.2 section 3.2, PCIe 6.0 section 7.5.2. */

const PMC = 0x02;
const PMCSR = 0x04;
const DATA = 0x07;
const PME_SUPPORT = 0xf800;
const DATA_SELECT_AND_SCALE = 0x7e00;

const AUX_CURRENT = inOrder('0mA', '55mA', '100mA', '160mA', '220mA', '270mA', '320mA', '375mA');
const POWER_STATE = inOrder('D0', 'D1', 'D2', 'D3');

export const PM: StructureSpec = {
  kind: 'capability',
  id: CapId.PM,
  name: 'PM',
  title: 'Power Management',
  length: () => 8,
  registers: (read) => {
    const pme = (read(PMC, 2) & PME_SUPPORT) !== 0;
    // Nothing announces the Data register; where it does not exist, select, scale and data all read 0.
    const data = (read(PMCSR, 2) & DATA_SELECT_AND_SCALE) !== 0 || read(DATA, 1) !== 0;
    return [
      ...capabilityHead(),
      register(PMC, 2, 'PMC', 'Power Management Capabilities', 'RO', 'PCIe 6.0 7.5.2.1', [
        span(0, 3, 'Version', 'Version', 'RO'),
        bit(3, 'PMEClk', 'PME Clock', 'RO'),
        bit(4, 'ImmReadyD0', 'Immediate Readiness on Return to D0', 'RO'),
        bit(5, 'DSI', 'Device Specific Initialization', 'RO'),
        span(6, 3, 'AuxCurrent', 'Aux Current', 'RO', AUX_CURRENT),
        bit(9, 'D1', 'D1 Support', 'RO'),
        bit(10, 'D2', 'D2 Support', 'RO'),
        bit(11, 'PME(D0)', 'PME from D0', 'RO'),
        bit(12, 'PME(D1)', 'PME from D1', 'RO'),
        bit(13, 'PME(D2)', 'PME from D2', 'RO'),
        bit(14, 'PME(D3hot)', 'PME from D3hot', 'RO'),
        bit(15, 'PME(D3cold)', 'PME from D3cold', 'RO'),
      ]),
      register(PMCSR, 2, 'PMCSR', 'Power Management Control/Status', 'RsvdP', 'PCIe 6.0 7.5.2.2', [
        span(0, 2, 'PowerState', 'Power State', 'RW', POWER_STATE),
        bit(3, 'NoSoftRst', 'No Soft Reset', 'RO'),
        bit(8, 'PME-Enable', 'PME Enable', whenOffered(pme, 'RWS')),
        span(9, 4, 'DSel', 'Data Select', whenOffered(data)),
        span(13, 2, 'DScale', 'Data Scale', 'RO'),
        bit(15, 'PME', 'PME Status', whenOffered(pme, 'RW1CS')),
      ]),
      register(0x06, 1, 'PMCSR_BSE', 'Bridge Support Extensions', 'RO', 'PCI PM 1.2 3.2.5', [
        bit(6, 'B2/B3', 'B2/B3 Support for D3hot', 'RO'),
        bit(7, 'BPCC', 'Bus Power/Clock Control Enable', 'RO'),
      ]),
      register(DATA, 1, 'DATA', 'Data', 'RO', 'PCIe 6.0 7.5.2.3'),
    ];
  },
};
