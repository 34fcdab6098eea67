import { isDownstreamFacing } from '../capabilities/portType';
import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { Access, StructureOwner, StructureSpec } from '../register';
import { laneBits, laneBytes, laneRegisters } from './lanes';

/** Secondary PCI Express: equalization at 8.0 GT/s, with two bytes for each lane. Source: PCIe 6.0 section 7.7.3. */

const FIRST_LANE = 0x0c;

/** The downstream port starts equalization; an upstream port can only where crosslink may turn it into one. */
const equalizationAccess = ({ express }: StructureOwner): Access =>
  whenOffered(express !== undefined && (isDownstreamFacing(express.portType) || express.crosslink));

export const SECONDARY_EXPRESS: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x19,
  name: 'SECPCI',
  title: 'Secondary PCI Express',
  length: (_read, owner) => FIRST_LANE + laneBytes(owner, 2),
  registers: (_read, owner) => [
    extendedCapabilityHead(),
    register(0x04, 4, 'LNKCTL3', 'Link Control 3', 'RsvdP', 'PCIe 6.0 7.7.3.2', [
      bit(0, 'PerformEqu', 'Perform Equalization', equalizationAccess(owner)),
      bit(1, 'LnkEquIntrruptEn', 'Link Equalization Request Interrupt Enable', equalizationAccess(owner)),
      span(9, 5, 'LowerSKPGen', 'Enable Lower SKP OS Generation Vector', 'RW'),
    ]),
    register(
      0x08,
      4,
      'LANE_ERROR_STATUS',
      'Lane Error Status',
      'RsvdZ',
      'PCIe 6.0 7.7.3.3',
      laneBits(owner, 'Lane Error', 'RW1CS'),
    ),
    ...laneRegisters(owner, (lane) => [
      register(
        FIRST_LANE + 2 * lane,
        2,
        `LANE_EQUALIZATION_${lane}`,
        `Lane ${lane} Equalization Control`,
        'RO',
        'PCIe 6.0 7.7.3.4',
        [
          span(0, 4, 'DownTxPreset', 'Downstream Port 8.0 GT/s Transmitter Preset', 'HwInit'),
          span(4, 3, 'DownRxHint', 'Downstream Port 8.0 GT/s Receiver Preset Hint', 'HwInit'),
          span(8, 4, 'UpTxPreset', 'Upstream Port 8.0 GT/s Transmitter Preset', 'HwInit'),
          span(12, 3, 'UpRxHint', 'Upstream Port 8.0 GT/s Receiver Preset Hint', 'HwInit'),
        ],
      ),
    ]),
  ],
};
