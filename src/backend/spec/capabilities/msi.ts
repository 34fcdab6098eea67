import { CapId } from '../capabilityIds';
import { address, bit, capabilityHead, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * Message Signalled Interrupts: four layouts, by 64-bit address and by per-vector masking.
 * Source: PCI 3.0 section 6.8.1, PCIe 6.0 section 7.7.1.
 */

const FLAGS = 0x02;
/** Field values 6 and 7 are reserved; they count as the largest. */
const COUNT = { 0: '1', 1: '2', 2: '4', 3: '8', 4: '16', 5: '32' } as const;

interface Variant {
  readonly wide: boolean;
  readonly maskable: boolean;
  readonly extendedData: boolean;
  /** Vectors that the function can ask for: 1..32. */
  readonly vectors: number;
}

const variantOf = (read: StructureReader): Variant => {
  const flags = read(FLAGS, 2);
  return {
    wide: bits(flags, 7, 1) === 1,
    maskable: bits(flags, 8, 1) === 1,
    extendedData: bits(flags, 9, 1) === 1,
    vectors: 1 << Math.min(5, bits(flags, 1, 3)),
  };
};

const dataOffset = ({ wide }: Variant): number => (wide ? 0x0c : 0x08);

const lengthOf = (variant: Variant): number => {
  if (variant.maskable) return dataOffset(variant) + 12;
  return dataOffset(variant) + (variant.extendedData ? 4 : 2);
};

const messageRegisters = (variant: Variant): readonly RegisterSpec[] => {
  const data = dataOffset(variant);
  return [
    register(0x04, 4, 'ADDRESS_LO', 'Message Address', 'RsvdP', 'PCIe 6.0 7.7.1.3', [
      address(2, 30, 'Address', 'Message Address, bits 31:2', 'RW'),
    ]),
    ...(variant.wide
      ? [register(0x08, 4, 'ADDRESS_HI', 'Message Upper Address', 'RW', 'PCIe 6.0 7.7.1.4')]
      : []),
    register(data, 2, 'DATA', 'Message Data', 'RW', 'PCIe 6.0 7.7.1.5'),
    ...(variant.extendedData
      ? [register(data + 2, 2, 'EXT_DATA', 'Extended Message Data', 'RW', 'PCIe 6.0 7.7.1.6')]
      : []),
  ];
};

const maskRegisters = (variant: Variant): readonly RegisterSpec[] => {
  const mask = dataOffset(variant) + 4;
  return [
    register(mask, 4, 'MASK', 'Mask Bits', 'RsvdP', 'PCIe 6.0 7.7.1.7', [
      span(0, variant.vectors, 'Masking', 'Mask Bits, one per vector', 'RW'),
    ]),
    register(mask + 4, 4, 'PENDING', 'Pending Bits', 'RsvdZ', 'PCIe 6.0 7.7.1.8', [
      span(0, variant.vectors, 'Pending', 'Pending Bits, one per vector', 'RO'),
    ]),
  ];
};

export const MSI: StructureSpec = {
  kind: 'capability',
  id: CapId.MSI,
  name: 'MSI',
  title: 'MSI',
  length: (read) => lengthOf(variantOf(read)),
  registers: (read) => {
    const variant = variantOf(read);
    return [
      ...capabilityHead(),
      register(FLAGS, 2, 'FLAGS', 'Message Control', 'RsvdP', 'PCIe 6.0 7.7.1.2', [
        bit(0, 'Enable', 'MSI Enable', 'RW'),
        span(1, 3, 'MMC', 'Multiple Message Capable', 'RO', COUNT),
        span(4, 3, 'MME', 'Multiple Message Enable', 'RW', COUNT),
        bit(7, '64bit', '64-bit Address Capable', 'RO'),
        bit(8, 'Maskable', 'Per-Vector Masking Capable', 'RO'),
        bit(9, 'ExtDataCap', 'Extended Message Data Capable', 'RO'),
        bit(10, 'ExtDataEn', 'Extended Message Data Enable', whenOffered(variant.extendedData)),
      ]),
      ...messageRegisters(variant),
      ...(variant.maskable ? maskRegisters(variant) : []),
    ];
  },
};
