import { bit, extendedCapabilityHead, register } from '../define';
import type { StructureSpec } from '../register';

/** Physical Layer 16.0 GT/s. One byte of presets per lane follows. Source: PCIe 6.0 section 7.7.5. */
export const PHYSICAL_LAYER_16: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x26,
  name: '16GT',
  title: 'Physical Layer 16.0 GT/s',
  length: () => 0x24,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'PHY16CAP', '16.0 GT/s Capabilities', 'RsvdP', 'PCIe 6.0 7.7.5.2'),
    register(0x08, 4, 'PHY16CTL', '16.0 GT/s Control', 'RsvdP', 'PCIe 6.0 7.7.5.3'),
    register(0x0c, 4, 'PHY16STA', '16.0 GT/s Status', 'RsvdZ', 'PCIe 6.0 7.7.5.4', [
      bit(0, 'EquComplete', 'Equalization 16.0 GT/s Complete', 'ROS'),
      bit(1, 'EquPhase1', 'Equalization 16.0 GT/s Phase 1 Successful', 'ROS'),
      bit(2, 'EquPhase2', 'Equalization 16.0 GT/s Phase 2 Successful', 'ROS'),
      bit(3, 'EquPhase3', 'Equalization 16.0 GT/s Phase 3 Successful', 'ROS'),
      bit(4, 'LinkEquRequest', 'Link Equalization Request 16.0 GT/s', 'RW1CS'),
    ]),
    register(0x10, 4, 'LOCAL_PARITY', 'Local Data Parity Mismatch Status', 'RW1CS', 'PCIe 6.0 7.7.5.5'),
    register(
      0x14,
      4,
      'RETIMER1_PARITY',
      'First Retimer Data Parity Mismatch Status',
      'RW1CS',
      'PCIe 6.0 7.7.5.6',
    ),
    register(
      0x18,
      4,
      'RETIMER2_PARITY',
      'Second Retimer Data Parity Mismatch Status',
      'RW1CS',
      'PCIe 6.0 7.7.5.7',
    ),
  ],
};
