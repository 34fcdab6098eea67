import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Other protocols over the same link: negotiated instead of PCI Express, or multiplexed with it. Source: PCIe 6.0 section 7.9.20 and appendix G.5. */

const APCAP = 0x04;
const SELECTIVE_ENABLE = 0x14;

/** Dwords of the mask with one bit for each protocol; none where protocols are not enabled one by one. */
const maskDwords = (read: StructureReader): number => {
  const cap = read(APCAP, 4);
  return bits(cap, 8, 1) === 1 ? Math.ceil(bits(cap, 0, 8) / 32) : 0;
};

const mask = (read: StructureReader): readonly RegisterSpec[] =>
  Array.from({ length: maskDwords(read) }, (_, i) =>
    register(
      SELECTIVE_ENABLE + 4 * i,
      4,
      `APENABLE_${i}`,
      `Alternate Protocol Selective Enable Mask, bits ${32 * i + 31}:${32 * i}`,
      'RWS',
      'PCIe 6.0 7.9.20.6',
    ),
  );

export const ALTERNATE_PROTOCOL: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x2b,
  name: 'AP',
  title: 'Alternate Protocol',
  length: (read) => SELECTIVE_ENABLE + 4 * maskDwords(read),
  registers: (read) => [
    extendedCapabilityHead(),
    register(APCAP, 4, 'APCAP', 'Alternate Protocol Capabilities', 'RO', 'PCIe 6.0 7.9.20.2', [
      span(0, 8, 'Count', 'Alternate Protocol Count', 'HwInit'),
      bit(8, 'SelectiveEnable', 'Alternate Protocol Selective Enable Supported', 'HwInit'),
    ]),
    register(0x08, 4, 'APCTL', 'Alternate Protocol Control', 'RsvdP', 'PCIe 6.0 7.9.20.3', [
      span(0, 8, 'Index', 'Alternate Protocol Index Select', 'RW'),
      bit(8, 'GlobalEnable', 'Alternate Protocol Negotiation Global Enable', 'RWS'),
    ]),
    register(0x0c, 4, 'APDATA1', 'Alternate Protocol Data 1', 'RO', 'PCIe 6.0 7.9.20.4', [
      span(0, 3, 'UsageInformation', 'Alternate Protocol Usage Information', 'RO'),
      span(5, 11, 'Details', 'Alternate Protocol Details', 'RO'),
      span(16, 16, 'VendorID', 'Alternate Protocol Vendor ID', 'RO'),
    ]),
    register(0x10, 4, 'APDATA2', 'Alternate Protocol Data 2', 'RO', 'PCIe 6.0 7.9.20.5', [
      span(0, 24, 'Information2', 'Modified TS Information 2', 'RO'),
    ]),
    ...mask(read),
  ],
};

const PMUXCAP = 0x04;
const PROTOCOL_ARRAY = 0x10;
const CHANNELS = [0, 1, 2, 3] as const;

const protocols = (read: StructureReader): number => bits(read(PMUXCAP, 4), 0, 6);

export const PROTOCOL_MULTIPLEXING: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x1a,
  name: 'PMUX',
  title: 'Protocol Multiplexing',
  length: (read) => PROTOCOL_ARRAY + 4 * protocols(read),
  registers: (read) => [
    extendedCapabilityHead(),
    register(PMUXCAP, 4, 'PMUXCAP', 'PMUX Capability', 'RO', 'PCIe 6.0 G.5.2', [
      span(0, 6, 'ArraySize', 'PMUX Protocol Array Size', 'RO'),
      bit(8, '2.5GT/s', 'PMUX Supported at 2.5 GT/s', 'RO'),
      bit(9, '5GT/s', 'PMUX Supported at 5.0 GT/s', 'RO'),
      bit(10, '8GT/s', 'PMUX Supported at 8.0 GT/s', 'RO'),
      bit(11, '16GT/s', 'PMUX Supported at 16.0 GT/s', 'RO'),
    ]),
    register(
      0x08,
      4,
      'PMUXCTL',
      'PMUX Control',
      'RsvdP',
      'PCIe 6.0 G.5.3',
      CHANNELS.map((channel) =>
        span(
          8 * channel,
          6,
          `Channel${channel}`,
          `PMUX Channel ${channel} Assignment (0 = none)`,
          whenOffered(protocols(read) > 0),
        ),
      ),
    ),
    register(
      0x0c,
      4,
      'PMUXSTA',
      'PMUX Status',
      'RsvdZ',
      'PCIe 6.0 G.5.4',
      CHANNELS.flatMap((channel) => [
        bit(8 * channel, `Speed${channel}`, `PMUX Channel ${channel} Disabled: Link Speed`, 'RO'),
        bit(8 * channel + 1, `Width${channel}`, `PMUX Channel ${channel} Disabled: Link Width`, 'RO'),
        bit(
          8 * channel + 2,
          `Protocol${channel}`,
          `PMUX Channel ${channel} Disabled: Protocol Specific`,
          'RO',
        ),
      ]),
    ),
    ...Array.from({ length: protocols(read) }, (_, i) =>
      register(
        PROTOCOL_ARRAY + 4 * i,
        4,
        `PROTOCOL_${i + 1}`,
        `PMUX Protocol ${i + 1}`,
        'RO',
        'PCIe 6.0 G.5.5',
        [span(0, 16, 'ProtocolID', 'Protocol ID', 'RO'), span(16, 16, 'AuthorityID', 'Authority ID', 'RO')],
      ),
    ),
  ],
};
