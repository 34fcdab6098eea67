import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * Integrity and Data Encryption: a block of registers for each traffic class of link streams, then one for each
 * selective stream, whose length depends on how many address ranges it can have. Source: PCIe 6.0 section 7.9.26;
 * TEE-limited streams and XT mode from PCIe 6.1.
 */

const IDECAP = 0x04;
const FIRST_BLOCK = 0x0c;
const LINK_BYTES = 8;
const SELECTIVE_BYTES = 20;
const ADDRESS_BYTES = 12;
/** Extended configuration space has no room for more; a count that leads beyond it is not followed. */
const SPACE = 0xf00;

const ALGORITHM = inOrder('AES-GCM-256-96b');
const AGGREGATION = inOrder('none', '2', '4', '8');
const HEADER_ENCRYPTION = inOrder('no', '17:2', '25:2', '33:2', '41:2');
const STATE = inOrder('insecure', 'reserved', 'secure');

const offered = (read: StructureReader, lsb: number): boolean => bits(read(IDECAP, 4), lsb, 1) === 1;

const linkStreams = (read: StructureReader): number =>
  offered(read, 0) ? 1 + bits(read(IDECAP, 4), 13, 3) : 0;
const selectiveStreams = (read: StructureReader): number =>
  offered(read, 1) ? 1 + bits(read(IDECAP, 4), 16, 8) : 0;

/** Where each selective stream begins, and how many address ranges it has. */
const selectiveBlocks = (
  read: StructureReader,
): readonly { readonly at: number; readonly ranges: number }[] => {
  const blocks = [];
  let at = FIRST_BLOCK + LINK_BYTES * linkStreams(read);
  for (let i = 0; i < selectiveStreams(read) && at + SELECTIVE_BYTES <= SPACE; i++) {
    const ranges = bits(read(at, 4), 0, 4);
    blocks.push({ at, ranges });
    at += SELECTIVE_BYTES + ADDRESS_BYTES * ranges;
  }
  return blocks;
};

const lengthOf = (read: StructureReader): number => {
  const last = selectiveBlocks(read).at(-1);
  return last
    ? Math.min(SPACE, last.at + SELECTIVE_BYTES + ADDRESS_BYTES * last.ranges)
    : FIRST_BLOCK + LINK_BYTES * linkStreams(read);
};

/** What the control registers of both kinds of stream have in common; selective streams have more in two places. */
const controlFields = (
  read: StructureReader,
  middle: readonly BitFieldSpec[],
  upper: readonly BitFieldSpec[],
): readonly BitFieldSpec[] => {
  const aggregation = whenOffered(offered(read, 4));
  return [
    bit(0, 'En', 'IDE Stream Enable', 'RW'),
    bit(1, 'XT', 'XT Mode Enable', whenOffered(offered(read, 25))),
    span(2, 2, 'NPR', 'Tx Aggregation Mode NPR', aggregation, AGGREGATION),
    span(4, 2, 'PR', 'Tx Aggregation Mode PR', aggregation, AGGREGATION),
    span(6, 2, 'CPL', 'Tx Aggregation Mode CPL', aggregation, AGGREGATION),
    bit(8, 'PCRC', 'PCRC Enable', whenOffered(offered(read, 5))),
    ...middle,
    span(10, 4, 'HdrEnc', 'Partial Header Encryption Mode', whenOffered(offered(read, 3)), HEADER_ENCRYPTION),
    span(14, 5, 'Alg', 'Selected Algorithm', 'RW', ALGORITHM),
    span(19, 3, 'TC', 'Traffic Class', 'RW'),
    ...upper,
    span(24, 8, 'ID', 'Stream ID', 'RW'),
  ];
};

const status = (offset: number, name: string, title: string, source: string): RegisterSpec =>
  register(offset, 4, name, title, 'RsvdZ', source, [
    span(0, 4, 'State', 'IDE Stream State', 'RO', STATE),
    bit(31, 'RecvChkFail', 'Received Integrity Check Fail Message', 'RW1C'),
  ]);

const linkBlock = (read: StructureReader, index: number): readonly RegisterSpec[] => {
  const at = FIRST_BLOCK + LINK_BYTES * index;
  const name = `LINK${index}`;
  return [
    register(
      at,
      4,
      `${name}_CTL`,
      `Link IDE Stream ${index} Control`,
      'RsvdP',
      'PCIe 6.0 7.9.26.4.1',
      controlFields(read, [], []),
    ),
    status(at + 4, `${name}_STA`, `Link IDE Stream ${index} Status`, 'PCIe 6.0 7.9.26.4.2'),
  ];
};

/** One range of memory addresses that a selective stream carries. */
const addressRange = (name: string, at: number, range: number): readonly RegisterSpec[] => {
  const title = `Address Association ${range}`;
  const source = 'PCIe 6.0 7.9.26.5.5';
  return [
    register(at, 4, `${name}_ADDR${range}_1`, `${title}, register 1`, 'RsvdP', source, [
      bit(0, 'Valid', 'Valid', 'RW'),
      span(8, 12, 'BaseLower', 'Memory Base Lower, bits 31:20', 'RW'),
      span(20, 12, 'LimitLower', 'Memory Limit Lower, bits 31:20', 'RW'),
    ]),
    register(at + 4, 4, `${name}_ADDR${range}_2`, `${title}, Memory Limit Upper`, 'RW', source),
    register(at + 8, 4, `${name}_ADDR${range}_3`, `${title}, Memory Base Upper`, 'RW', source),
  ];
};

const selectiveBlock = (
  read: StructureReader,
  index: number,
  { at, ranges }: { readonly at: number; readonly ranges: number },
): readonly RegisterSpec[] => {
  const name = `SEL${index}`;
  const title = `Selective IDE Stream ${index}`;
  return [
    register(at, 4, `${name}_CAP`, `${title} Capability`, 'RsvdP', 'PCIe 6.0 7.9.26.5.1', [
      span(0, 4, 'Ranges', 'Number of Address Association Register Blocks', 'HwInit'),
    ]),
    register(
      at + 4,
      4,
      `${name}_CTL`,
      `${title} Control`,
      'RsvdP',
      'PCIe 6.0 7.9.26.5.2',
      controlFields(
        read,
        [bit(9, 'CFG', 'Selective IDE for Configuration Requests Enable', whenOffered(offered(read, 7)))],
        [
          bit(22, 'Default', 'Default Stream', 'RW'),
          bit(23, 'TeeLim', 'TEE-Limited Stream', whenOffered(offered(read, 24))),
        ],
      ),
    ),
    status(at + 8, `${name}_STA`, `${title} Status`, 'PCIe 6.0 7.9.26.5.3'),
    register(at + 12, 4, `${name}_RID1`, `${title} RID Association 1`, 'RsvdP', 'PCIe 6.0 7.9.26.5.4', [
      span(8, 16, 'Limit', 'RID Limit', 'RW'),
    ]),
    register(at + 16, 4, `${name}_RID2`, `${title} RID Association 2`, 'RsvdP', 'PCIe 6.0 7.9.26.5.4', [
      bit(0, 'Valid', 'Valid', 'RW'),
      span(8, 16, 'Base', 'RID Base', 'RW'),
      span(24, 8, 'SegBase', 'Segment Base', 'RW'),
    ]),
    ...Array.from({ length: ranges }, (_, range) =>
      addressRange(name, at + SELECTIVE_BYTES + ADDRESS_BYTES * range, range),
    ).flat(),
  ];
};

export const IDE: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x30,
  name: 'IDE',
  title: 'Integrity & Data Encryption',
  length: lengthOf,
  registers: (read) => {
    const end = lengthOf(read);
    return [
      extendedCapabilityHead(),
      register(IDECAP, 4, 'IDECAP', 'IDE Capability', 'RO', 'PCIe 6.0 7.9.26.2', [
        bit(0, 'LinkIDE', 'Link IDE Stream Supported', 'HwInit'),
        bit(1, 'SelectiveIDE', 'Selective IDE Streams Supported', 'HwInit'),
        bit(2, 'FlowThru', 'Flow-Through IDE Stream Supported', 'HwInit'),
        bit(3, 'PartHdr', 'Partial Header Encryption Supported', 'HwInit'),
        bit(4, 'Aggr', 'Aggregation Supported', 'HwInit'),
        bit(5, 'PCPC', 'PCRC Supported', 'HwInit'),
        bit(6, 'IDE_KM', 'IDE_KM Protocol Supported', 'HwInit'),
        bit(7, 'SelCfg', 'Selective IDE for Configuration Requests Supported', 'HwInit'),
        span(8, 5, 'Alg', 'Supported Algorithms', 'HwInit', ALGORITHM),
        span(13, 3, 'LinkTCs', 'Number of TCs Supported for Link IDE minus 1', 'HwInit'),
        span(16, 8, 'SelectiveStreams', 'Number of Selective IDE Streams Supported minus 1', 'HwInit'),
        bit(24, 'TeeLim', 'TEE-Limited Stream Supported', 'HwInit'),
        bit(25, 'XT', 'XT Mode Supported', 'HwInit'),
      ]),
      register(0x08, 4, 'IDECTL', 'IDE Control', 'RsvdP', 'PCIe 6.0 7.9.26.3', [
        bit(2, 'FTEn', 'Flow-Through IDE Stream Enabled', whenOffered(offered(read, 2))),
      ]),
      ...Array.from({ length: linkStreams(read) }, (_, i) => linkBlock(read, i)).flat(),
      ...selectiveBlocks(read).flatMap((block, i) => selectiveBlock(read, i, block)),
    ].filter(({ offset, width }) => offset + width <= end);
  },
};
