import { isDownstreamFacing, PortType } from '../capabilities/portType';
import { address, bit, extendedCapabilityHead, register, span } from '../define';
import type { RegisterSpec, StructureOwner, StructureSpec } from '../register';

/** Multicast; the overlay of a port's egress exists in root ports and switch ports. Source: PCIe 6.0 section 7.9.11. */

const isPort = ({ express }: StructureOwner): boolean =>
  express !== undefined &&
  (isDownstreamFacing(express.portType) || express.portType === PortType.upstreamPort);

/** One bit for each multicast group, in two dwords. */
const groups = (offset: number, name: string, title: string, source: string): readonly RegisterSpec[] => [
  register(offset, 4, `${name}_LO`, `${title}, groups 31:0`, 'RW', source),
  register(offset + 4, 4, `${name}_HI`, `${title}, groups 63:32`, 'RW', source),
];

export const MULTICAST: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x12,
  name: 'MCAST',
  title: 'Multicast',
  length: (_read, owner) => (isPort(owner) ? 0x30 : 0x28),
  registers: (_read, owner) => [
    extendedCapabilityHead(),
    register(0x04, 2, 'MCCAP', 'Multicast Capability', 'RO', 'PCIe 6.0 7.9.11.2', [
      span(0, 6, 'MaxGroup', 'MC_Max_Group: highest group', 'RO'),
      // The window that an endpoint asks for; ports have nothing to ask.
      ...(isPort(owner) ? [] : [span(8, 6, 'WindowSize', 'MC_Window_Size_Requested: log2', 'RO')]),
      bit(15, 'ECRCRegen', 'MC_ECRC_Regeneration_Supported', 'RO'),
    ]),
    register(0x06, 2, 'MCCTL', 'Multicast Control', 'RsvdP', 'PCIe 6.0 7.9.11.3', [
      span(0, 6, 'NumGroup', 'MC_Num_Group: highest enabled group', 'RW'),
      bit(15, 'Enable', 'MC_Enable', 'RW'),
    ]),
    register(0x08, 4, 'MCBAR_LO', 'MC_Base_Address (lower dword)', 'RsvdP', 'PCIe 6.0 7.9.11.4', [
      span(0, 6, 'IndexPos', 'MC_Index_Position', 'RW'),
      address(12, 20, 'Address', 'MC_Base_Address, bits 31:12', 'RW'),
    ]),
    register(0x0c, 4, 'MCBAR_HI', 'MC_Base_Address (upper dword)', 'RW', 'PCIe 6.0 7.9.11.4'),
    ...groups(0x10, 'MC_RECEIVE', 'MC_Receive', 'PCIe 6.0 7.9.11.5'),
    ...groups(0x18, 'MC_BLOCK_ALL', 'MC_Block_All', 'PCIe 6.0 7.9.11.6'),
    ...groups(0x20, 'MC_BLOCK_UNTRANSLATED', 'MC_Block_Untranslated', 'PCIe 6.0 7.9.11.7'),
    ...(isPort(owner)
      ? [
          register(0x28, 4, 'MC_OVERLAY_LO', 'MC_Overlay_BAR (lower dword)', 'RsvdP', 'PCIe 6.0 7.9.11.8', [
            span(0, 6, 'Size', 'MC_Overlay_Size: log2, less than 6 disables', 'RW'),
            address(6, 26, 'Address', 'MC_Overlay_BAR, bits 31:6', 'RW'),
          ]),
          register(0x2c, 4, 'MC_OVERLAY_HI', 'MC_Overlay_BAR (upper dword)', 'RW', 'PCIe 6.0 7.9.11.8'),
        ]
      : []),
  ],
};
