import { register, span } from '../define';
import type { RegisterSpec, StructureReader } from '../register';

/**
 * The vendor-specific capabilities of a virtio device: each places one of the device's structures in a BAR.
 * Source: Virtual I/O Device (VIRTIO) 1.2 section 4.1.4.
 */

const SOURCE = 'virtio 1.2 4.1.4';
const VENDOR = 0x1af4;
/** Transitional and modern devices; other products of the vendor use other ids. */
const FIRST_DEVICE = 0x1000;
const LAST_DEVICE = 0x107f;

export const VIRTIO_LENGTH = 16;
const CFG_TYPE = 0x03;
const NOTIFY = 2;
const PCI_CFG = 5;

const TYPES: Readonly<Record<number, string>> = {
  1: 'CommonCfg',
  [NOTIFY]: 'Notify',
  3: 'ISR',
  4: 'DeviceCfg',
  [PCI_CFG]: 'PciCfg',
  8: 'SharedMemory',
  9: 'VendorCfg',
};

export const isVirtio = (vendorId: number, deviceId: number): boolean =>
  vendorId === VENDOR && deviceId >= FIRST_DEVICE && deviceId <= LAST_DEVICE;

/** What follows the capability's length; the driver's window on the BARs is the one that software writes. */
export const virtioRegisters = (read: StructureReader, length: number): readonly RegisterSpec[] => {
  const type = read(CFG_TYPE, 1);
  const access = type === PCI_CFG ? 'RW' : 'RO';
  return [
    register(CFG_TYPE, 1, 'CFG_TYPE', 'Structure Type', 'RO', SOURCE, [
      span(0, 8, 'Type', 'Structure Type', 'RO', TYPES),
    ]),
    register(0x04, 1, 'BAR', 'BAR', access, SOURCE, [span(0, 8, 'BAR', 'BAR Number', access)]),
    register(0x05, 1, 'ID', 'Identifier among structures of one type', 'RO', SOURCE),
    register(0x08, 4, 'OFFSET', 'Offset in the BAR', access, SOURCE),
    register(0x0c, 4, 'SIZE', 'Length of the structure', access, SOURCE),
    ...(type === NOTIFY && length >= 0x14
      ? [
          register(
            0x10,
            4,
            'NOTIFY_OFF_MULTIPLIER',
            'Multiplier of queue notification offsets',
            'RO',
            `${SOURCE}.4`,
          ),
        ]
      : []),
    ...(type === PCI_CFG && length >= 0x14
      ? [register(0x10, 4, 'PCI_CFG_DATA', 'Data at the place above', 'RW', `${SOURCE}.9`)]
      : []),
  ];
};
