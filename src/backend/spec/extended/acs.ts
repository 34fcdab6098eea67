import { ExtCapId } from '../capabilityIds';
import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Access Control Services; a control bit is writable where the capability offers it. Source: PCIe 6.0 section 7.7.11. */

const ACSCAP = 0x04;
const VECTOR = 0x08;

/** Bit in both registers, lspci's name, full name. */
const SERVICES: readonly (readonly [number, string, string])[] = [
  [0, 'SrcValid', 'ACS Source Validation'],
  [1, 'TransBlk', 'ACS Translation Blocking'],
  [2, 'ReqRedir', 'ACS P2P Request Redirect'],
  [3, 'CmpltRedir', 'ACS P2P Completion Redirect'],
  [4, 'UpstreamFwd', 'ACS Upstream Forwarding'],
  [5, 'EgressCtrl', 'ACS P2P Egress Control'],
  [6, 'DirectTrans', 'ACS Direct Translated P2P'],
];

const TARGET_ACCESS = inOrder('Direct Request', 'Request Blocking', 'Request Redirect', 'Reserved');

/** Bits of the egress control vector; a size of 0 means 256. */
const vectorBits = (read: StructureReader): number => {
  const acscap = read(ACSCAP, 2);
  if (bits(acscap, 5, 1) === 0) return 0;
  return bits(acscap, 8, 8) || 256;
};

const vectorDwords = (read: StructureReader): number => Math.ceil(vectorBits(read) / 32);

const vector = (read: StructureReader): readonly RegisterSpec[] =>
  Array.from({ length: vectorDwords(read) }, (_, i) =>
    register(
      VECTOR + 4 * i,
      4,
      `EGRESS_CONTROL_${i}`,
      `Egress Control Vector, bits ${32 * i + 31}:${32 * i}`,
      'RsvdP',
      'PCIe 6.0 7.7.11.4',
      [span(0, Math.min(32, vectorBits(read) - 32 * i), 'Ports', 'Egress Control Vector', 'RW')],
    ),
  );

/** Enhanced capability: how requests to memory behind the port's own BARs are treated. */
const enhancedControls = (enhanced: boolean): readonly BitFieldSpec[] => [
  bit(7, 'IOReqBlk', 'ACS I/O Request Blocking Enable', whenOffered(enhanced)),
  span(8, 2, 'DSPMemTarget', 'ACS DSP Memory Target Access Control', whenOffered(enhanced), TARGET_ACCESS),
  span(10, 2, 'USPMemTarget', 'ACS USP Memory Target Access Control', whenOffered(enhanced), TARGET_ACCESS),
  bit(12, 'UnclaimedReqRedir', 'ACS Unclaimed Request Redirect Control', whenOffered(enhanced)),
];

export const ACS: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.ACS,
  name: 'ACS',
  title: 'Access Control Services',
  length: (read) => VECTOR + 4 * vectorDwords(read),
  registers: (read) => {
    const acscap = read(ACSCAP, 2);
    return [
      extendedCapabilityHead(),
      register(ACSCAP, 2, 'ACSCAP', 'ACS Capability', 'RO', 'PCIe 6.0 7.7.11.2', [
        ...SERVICES.map(([lsb, name, title]) => bit(lsb, name, title, 'RO')),
        bit(7, 'Enhanced', 'ACS Enhanced Capability', 'RO'),
        span(8, 8, 'VectorSize', 'Egress Control Vector Size (0 = 256)', 'HwInit'),
      ]),
      register(0x06, 2, 'ACSCTL', 'ACS Control', 'RsvdP', 'PCIe 6.0 7.7.11.3', [
        ...SERVICES.map(([lsb, name, title]) =>
          bit(lsb, name, `${title} Enable`, whenOffered(bits(acscap, lsb, 1) === 1)),
        ),
        ...enhancedControls(bits(acscap, 7, 1) === 1),
      ]),
      ...vector(read),
    ];
  },
};
