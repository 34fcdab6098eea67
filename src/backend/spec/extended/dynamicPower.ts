import { bit, extendedCapabilityHead, inOrder, register, span } from '../define';
import type { StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Dynamic Power Allocation: substates of D0, one byte of power for each. Source: PCIe 6.0 section 7.9.12. */

const DPACAP = 0x04;
const FIRST_ALLOCATION = 0x10;

const LATENCY_UNIT = inOrder('1ms', '10ms', '100ms', 'Reserved');
const POWER_SCALE = inOrder('10W', '1W', '0.1W', '0.01W');

/** 1..32. */
const substates = (read: StructureReader): number => 1 + bits(read(DPACAP, 4), 0, 5);

export const DPA: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x16,
  name: 'DPA',
  title: 'Dynamic Power Allocation',
  length: (read) => FIRST_ALLOCATION + substates(read),
  registers: (read) => [
    extendedCapabilityHead(),
    register(DPACAP, 4, 'DPACAP', 'DPA Capability', 'RO', 'PCIe 6.0 7.9.12.2', [
      span(0, 5, 'SubstateMax', 'Substate_Max: highest substate', 'RO'),
      span(8, 2, 'LatencyUnit', 'Transition Latency Unit', 'RO', LATENCY_UNIT),
      span(12, 2, 'PowerScale', 'Power Allocation Scale', 'RO', POWER_SCALE),
      span(16, 8, 'Latency0', 'Transition Latency Value 0', 'RO'),
      span(24, 8, 'Latency1', 'Transition Latency Value 1', 'RO'),
    ]),
    register(0x08, 4, 'LATENCY_INDICATOR', 'DPA Latency Indicator', 'RsvdP', 'PCIe 6.0 7.9.12.3', [
      span(0, substates(read), 'Latency1', 'Substates with Transition Latency Value 1', 'RO'),
    ]),
    register(0x0c, 2, 'DPASTA', 'DPA Status', 'RsvdZ', 'PCIe 6.0 7.9.12.4', [
      span(0, 5, 'Substate', 'Substate Status', 'RO'),
      bit(8, 'ControlEnabled', 'Substate Control Enabled', 'RW1C'),
    ]),
    register(0x0e, 2, 'DPACTL', 'DPA Control', 'RsvdP', 'PCIe 6.0 7.9.12.5', [
      span(0, 5, 'Substate', 'Substate Control', 'RW'),
    ]),
    ...Array.from({ length: substates(read) }, (_, i) =>
      register(
        FIRST_ALLOCATION + i,
        1,
        `POWER_ALLOCATION_${i}`,
        `Substate ${i} Power Allocation`,
        'RO',
        'PCIe 6.0 7.9.12.6',
      ),
    ),
  ],
};
