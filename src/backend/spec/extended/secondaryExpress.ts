import { extendedCapabilityHead, bit, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Secondary PCI Express: equalization at 8.0 GT/s. Lane registers follow, as many as the link has lanes. Source: PCIe 6.0 section 7.7.3. */
export const SECONDARY_EXPRESS: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x19,
  name: 'SECPCI',
  title: 'Secondary PCI Express',
  length: () => 0x10,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'LNKCTL3', 'Link Control 3', 'RsvdP', 'PCIe 6.0 7.7.3.2', [
      bit(0, 'PerformEqu', 'Perform Equalization', 'RW'),
      bit(1, 'LnkEquIntrruptEn', 'Link Equalization Request Interrupt Enable', 'RW'),
      span(9, 7, 'LowerSKPGen', 'Enable Lower SKP OS Generation Vector', 'RW'),
    ]),
    register(0x08, 4, 'LANE_ERROR_STATUS', 'Lane Error Status', 'RW1CS', 'PCIe 6.0 7.7.3.3'),
    ...[0x0c, 0x0e].map((offset, lane) =>
      register(
        offset,
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
    ),
  ],
};
