import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** Data Object Exchange: a mailbox in which dwords go one by one; from version 2 on it may call for attention. Source: PCIe 6.0 section 7.9.24, 6.1 for version 2. */

const DOECAP = 0x04;

export const DOE: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x2e,
  name: 'DOE',
  title: 'Data Object Exchange',
  length: () => 24,
  registers: (read) => {
    const cap = read(DOECAP, 4);
    const second = bits(read(0, 4), 16, 4) >= 2;
    const asynchronous = second && bits(cap, 13, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(DOECAP, 4, 'DOECAP', 'DOE Capabilities', 'RsvdP', 'PCIe 6.0 7.9.24.2', [
        bit(0, 'IntSup', 'DOE Interrupt Support', 'RO'),
        span(1, 11, 'IntMsgNum', 'DOE Interrupt Message Number', 'RO'),
        ...(second
          ? [
              bit(12, 'Attention', 'DOE Attention Mechanism Support', 'HwInit'),
              bit(13, 'AsyncMsg', 'DOE Async Message Support', 'HwInit'),
            ]
          : []),
      ]),
      register(0x08, 4, 'DOECTL', 'DOE Control', 'RsvdP', 'PCIe 6.0 7.9.24.3', [
        // Abort and Go start something and read 0.
        bit(0, 'Abort', 'DOE Abort', 'WO'),
        bit(1, 'IntEn', 'DOE Interrupt Enable', whenOffered(bits(cap, 0, 1) === 1)),
        ...(second
          ? [
              bit(2, 'AttentionNotNeeded', 'DOE Attention Not Needed', whenOffered(bits(cap, 12, 1) === 1)),
              bit(3, 'AsyncMsgEn', 'DOE Async Message Enable', whenOffered(asynchronous)),
            ]
          : []),
        bit(31, 'Go', 'DOE Go', 'WO'),
      ]),
      register(0x0c, 4, 'DOESTA', 'DOE Status', 'RsvdZ', 'PCIe 6.0 7.9.24.4', [
        bit(0, 'Busy', 'DOE Busy', 'RO'),
        bit(1, 'IntSta', 'DOE Interrupt Status', whenOffered(bits(cap, 0, 1) === 1, 'RW1C')),
        bit(2, 'Error', 'DOE Error', 'RO'),
        ...(second
          ? [
              bit(3, 'AsyncMsgSta', 'DOE Async Message Status', whenOffered(asynchronous, 'RW1C')),
              bit(4, 'AtAttention', 'DOE At Attention', 'RO'),
            ]
          : []),
        bit(31, 'ObjectReady', 'Data Object Ready', 'RO'),
      ]),
      // A write hands over a dword and is not kept.
      register(0x10, 4, 'WRITE_MAILBOX', 'DOE Write Data Mailbox', 'WO', 'PCIe 6.0 7.9.24.5'),
      // A write, of any value, asks for the next dword.
      register(0x14, 4, 'READ_MAILBOX', 'DOE Read Data Mailbox', 'RO', 'PCIe 6.0 7.9.24.6'),
    ];
  },
};
