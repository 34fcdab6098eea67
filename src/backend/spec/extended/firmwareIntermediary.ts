import { bit, extendedCapabilityHead, register, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * System Firmware Intermediary: firmware stands between a slot and the operating system. Control bits above 3
 * (filtering and readiness messages) are left out and read-only here. Source: PCIe 6.0 section 7.9.22.
 */

const SFICAP = 0x04;

export const SFI: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x2c,
  name: 'SFI',
  title: 'System Firmware Intermediary',
  length: () => 20,
  registers: (read) => {
    const outOfBand = bits(read(SFICAP, 2), 0, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(SFICAP, 2, 'SFICAP', 'SFI Capability', 'RO', 'PCIe 6.0 7.9.22.2', [
        bit(0, 'OOBPD', 'SFI OOB PD Supported', 'HwInit'),
      ]),
      register(0x06, 2, 'SFICTL', 'SFI Control', 'RO', 'PCIe 6.0 7.9.22.3', [
        bit(0, 'PDStateMask', 'SFI PD State Mask', 'RW'),
        bit(1, 'DLLStateMask', 'SFI DLL State Mask', 'RW'),
        bit(2, 'OOBPDChanged', 'SFI OOB PD Changed Enable', whenOffered(outOfBand)),
        bit(3, 'DLLStateChanged', 'SFI DLL State Changed Enable', 'RW'),
      ]),
      register(0x08, 4, 'SFISTA', 'SFI Status', 'RO', 'PCIe 6.0 7.9.22.4'),
      register(0x0c, 4, 'SFI_CAM_ADDRESS', 'SFI CAM Address', 'RW', 'PCIe 6.0 7.9.22.5'),
      // A window onto the component below the port: what is written goes there.
      register(0x10, 4, 'SFI_CAM_DATA', 'SFI CAM Data', 'RO', 'PCIe 6.0 7.9.22.6'),
    ];
  },
};
