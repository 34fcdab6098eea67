import { bit, extendedCapabilityHead, inOrder, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Power Budgeting: an index into a table of operating conditions. Source: PCIe 6.0 section 7.8.1. */

const SCALE = inOrder('1W', '0.1W', '0.01W', '0.001W');
const STATE = inOrder('D0', 'D1', 'D2', 'D3');
const TYPE = inOrder(
  'PME Aux',
  'Auxiliary',
  'Idle',
  'Sustained',
  'Sustained - EPR',
  'Maximum - EPR',
  'Reserved',
  'Maximum',
);
const RAIL = inOrder(
  'Power 12V',
  'Power 3.3V',
  'Power 1.5V or 1.8V',
  'Reserved',
  'Reserved',
  'Reserved',
  'Reserved',
  'Thermal',
);

export const POWER_BUDGETING: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x04,
  name: 'PB',
  title: 'Power Budgeting',
  length: () => 16,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 1, 'SELECT', 'Data Select', 'RW', 'PCIe 6.0 7.8.1.2'),
    register(0x08, 4, 'DATA', 'Data', 'RO', 'PCIe 6.0 7.8.1.3', [
      span(0, 8, 'BasePower', 'Base Power', 'RO'),
      span(8, 2, 'Scale', 'Data Scale', 'RO', SCALE),
      span(10, 3, 'SubState', 'PM Sub State', 'RO'),
      span(13, 2, 'State', 'PM State', 'RO', STATE),
      span(15, 3, 'Type', 'Type', 'RO', TYPE),
      span(18, 3, 'Rail', 'Power Rail', 'RO', RAIL),
    ]),
    register(0x0c, 1, 'CAPABILITY', 'Power Budget Capability', 'RO', 'PCIe 6.0 7.8.1.4', [
      bit(0, 'SystemAllocated', 'System Allocated', 'HwInit'),
    ]),
  ],
};
