import { bit, extendedCapabilityHead, register, span } from '../define';
import type { BitFieldSpec, StructureSpec } from '../register';

/** When a function is ready: the times it needs, and the queue of messages that say so. Source: PCIe 6.0 sections 7.8.10 and 7.9.16. */

/** A value of 9 bits in units of 32^scale ns. */
const time = (lsb: number, name: string, title: string): readonly BitFieldSpec[] => [
  span(lsb, 9, `${name}Value`, `${title} Value`, 'HwInit'),
  span(lsb + 9, 3, `${name}Scale`, `${title} Scale: 32^n ns`, 'HwInit'),
];

export const READINESS_TIME: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x22,
  name: 'RTR',
  title: 'Readiness Time Reporting',
  length: () => 12,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'RTR1', 'Readiness Time Reporting 1', 'RO', 'PCIe 6.0 7.9.16.2', [
      ...time(0, 'Reset', 'Reset Time'),
      ...time(12, 'DLUp', 'DL_Up Time'),
      bit(31, 'Valid', 'Valid', 'HwInit'),
    ]),
    register(0x08, 4, 'RTR2', 'Readiness Time Reporting 2', 'RO', 'PCIe 6.0 7.9.16.3', [
      ...time(0, 'FLR', 'FLR Time'),
      ...time(12, 'D3hotToD0', 'D3hot to D0 Time'),
    ]),
  ],
};

const REASON: Readonly<Record<number, string>> = {
  1: 'DRS Message Received',
  2: 'D3hot to D0 Transition Completed',
  3: 'FLR Completed',
  8: 'VF Enabled',
  9: 'VF Disabled',
};

export const FRS_QUEUEING: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x21,
  name: 'FRS',
  title: 'FRS Queueing',
  length: () => 16,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'FRSCAP', 'FRS Queueing Capability', 'RO', 'PCIe 6.0 7.8.10.2', [
      span(0, 12, 'QueueMaxDepth', 'FRS Queue Max Depth', 'HwInit'),
      span(16, 5, 'IntMsgNum', 'FRS Interrupt Message Number', 'RO'),
    ]),
    register(0x08, 2, 'FRSSTA', 'FRS Queueing Status', 'RsvdZ', 'PCIe 6.0 7.8.10.3', [
      bit(0, 'Received', 'FRS Message Received', 'RW1C'),
      bit(1, 'Overflow', 'FRS Message Overflow', 'RW1C'),
    ]),
    register(0x0a, 2, 'FRSCTL', 'FRS Queueing Control', 'RsvdP', 'PCIe 6.0 7.8.10.4', [
      bit(0, 'INT', 'FRS Interrupt Enable', 'RW'),
    ]),
    // Any write takes the oldest message out of the queue; no bit of it is kept.
    register(0x0c, 4, 'FRS_QUEUE', 'FRS Message Queue', 'RO', 'PCIe 6.0 7.8.10.5', [
      span(0, 16, 'FunctionID', 'FRS Message Queue Function ID', 'RO'),
      span(16, 4, 'Reason', 'FRS Message Queue Reason', 'RO', REASON),
      span(20, 12, 'Depth', 'FRS Message Queue Depth', 'RO'),
    ]),
  ],
};
