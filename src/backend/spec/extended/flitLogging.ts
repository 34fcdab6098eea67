import { bit, extendedCapabilityHead, inOrder, register, span } from '../define';
import type { RegisterSpec, StructureSpec } from '../register';

/** Flit Logging: errors of single flits, their count, and bit error rates per lane. Source: PCIe 6.0 section 7.7.8; the counter's interrupt from PCIe 6.1. */

const LINK_WIDTH: Readonly<Record<number, string>> = {
  ...inOrder('x1', 'x2', 'x4', 'x8', 'x16'),
  7: 'Dynamic',
};
const GRANULARITY = inOrder('all', 'even', 'odd', 'mismatch');
const FIRST_LANES = 0x1c;
const LANES = 16;

/** Two lanes in each register, from status register 3 on. */
const laneCounters = (): readonly RegisterSpec[] =>
  Array.from({ length: LANES / 2 }, (_, i) =>
    register(
      FIRST_LANES + 4 * i,
      4,
      `MEASSTA${i + 3}`,
      `FBER Measurement Status ${i + 3}`,
      'RO',
      `PCIe 6.0 7.7.8.${i + 9}`,
      [
        span(0, 16, `Lane${2 * i}`, `Lane ${2 * i} Correctable Counter`, 'RO'),
        span(16, 16, `Lane${2 * i + 1}`, `Lane ${2 * i + 1} Correctable Counter`, 'RO'),
      ],
    ),
  );

export const FLIT_LOGGING: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x32,
  name: 'FL',
  title: 'Flit Logging',
  length: () => 0x3c,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'LOG1', 'Flit Error Log 1', 'RsvdZ', 'PCIe 6.0 7.7.8.2', [
      bit(0, 'Valid', 'Flit Error Log Valid', 'RW1CS'),
      span(1, 3, 'LinkWidth', 'Flit Error Link Width', 'ROS', LINK_WIDTH),
      span(4, 4, 'Offset', 'Flit Offset from the Last Logged Flit in Error', 'ROS'),
      span(8, 5, 'Consecutive', 'Consecutive Flit Error after the Last Flit Error', 'ROS'),
      bit(13, 'More', 'More Entries for Flit Error Log Register are Valid', 'ROS'),
      bit(14, 'Unrecognized', 'Unrecognized Flit', 'ROS'),
      bit(15, 'Uncorrectable', 'FEC Uncorrectable Error in Flit', 'ROS'),
      span(16, 8, 'SyndParityGrp0', 'Syndrome Parity for ECC Group 0', 'ROS'),
      span(24, 8, 'SyndCheckGrp0', 'Syndrome Check for ECC Group 0', 'ROS'),
    ]),
    register(0x08, 4, 'LOG2', 'Flit Error Log 2', 'RsvdZ', 'PCIe 6.0 7.7.8.3', [
      span(0, 8, 'SyndParityGrp1', 'Syndrome Parity for ECC Group 1', 'ROS'),
      span(8, 8, 'SyndCheckGrp1', 'Syndrome Check for ECC Group 1', 'ROS'),
      span(16, 8, 'SyndParityGrp2', 'Syndrome Parity for ECC Group 2', 'ROS'),
      span(24, 8, 'SyndCheckGrp2', 'Syndrome Check for ECC Group 2', 'ROS'),
    ]),
    register(0x0c, 2, 'CNTCTL', 'Flit Error Counter Control', 'RsvdP', 'PCIe 6.0 7.7.8.4', [
      bit(0, 'Enable', 'Flit Error Counter Enable', 'RW'),
      bit(1, 'Interrupt', 'Flit Error Counter Interrupt Enable', 'RW'),
      span(2, 2, 'Events', 'Events to Count', 'RW'),
      span(4, 8, 'Trigger', 'Trigger Event on Error Count', 'RW'),
    ]),
    register(0x0e, 2, 'CNTSTA', 'Flit Error Counter Status', 'RsvdZ', 'PCIe 6.0 7.7.8.5', [
      span(0, 3, 'LinkWidth', 'Link Width when Error Counter Started', 'ROS', LINK_WIDTH),
      bit(3, 'Interrupt', 'Interrupt Generated based on Trigger Event Count', 'RW1CS'),
      span(8, 8, 'FlitErr', 'Flit Error Counter', 'ROS'),
    ]),
    register(0x10, 4, 'MEASCTL', 'FBER Measurement Control', 'RsvdP', 'PCIe 6.0 7.7.8.6', [
      bit(0, 'Enable', 'FBER Measurement Enable', 'RW'),
      // Reads 0: writing 1 clears the counters.
      bit(1, 'Clear', 'Clear FBER Counters', 'WO'),
      span(2, 2, 'Granularity', 'Granularity of per-Lane Error Reported', 'RW', GRANULARITY),
      bit(4, 'LongestBurst', 'Report Longest Burst vs First Burst', 'RW'),
    ]),
    register(0x14, 4, 'MEASSTA1', 'FBER Measurement Status 1: Flit Counter', 'ROS', 'PCIe 6.0 7.7.8.7'),
    register(0x18, 4, 'MEASSTA2', 'FBER Measurement Status 2', 'RsvdZ', 'PCIe 6.0 7.7.8.8', [
      span(0, 16, 'InvalidFlits', 'Invalid Flit Counter', 'ROS'),
    ]),
    ...laneCounters(),
  ],
};
