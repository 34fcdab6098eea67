import { extendedCapabilityHead, inOrder, register, span } from '../define';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Resizable BAR, of a function and of its VFs: a pair of registers for each such BAR. Source: PCIe 6.0 sections 7.8.6 and 7.8.7. */

const FIRST_CONTROL = 0x08;

/** The first control register says how many pairs there are: 1..6. */
const pairs = (read: StructureReader): number => Math.min(6, Math.max(1, bits(read(FIRST_CONTROL, 4), 5, 3)));

const UNITS = ['MB', 'GB', 'TB', 'PB', 'EB'];

/** Size number n, 0..43: 2^n MB, in the largest unit. */
export const barSizeName = (n: number): string => `${2 ** (n % 10)}${UNITS[Math.floor(n / 10)] ?? ''}`;

const SIZES = inOrder(...Array.from({ length: 44 }, (_, n) => barSizeName(n)));

const pair = (index: number, source: string): readonly RegisterSpec[] => [
  register(0x04 + 8 * index, 4, `CAPABILITY_${index}`, `Resizable BAR Capability ${index}`, 'RO', source, [
    span(4, 28, 'Sizes', 'Supported Sizes: bit n = 2^n MB', 'RO'),
  ]),
  register(
    FIRST_CONTROL + 8 * index,
    4,
    `CONTROL_${index}`,
    `Resizable BAR Control ${index}`,
    'RsvdP',
    source,
    [
      span(0, 3, 'BAR', 'BAR Index', 'RO'),
      span(5, 3, 'Count', 'Number of Resizable BARs', 'RO'),
      span(8, 6, 'Size', 'BAR Size', 'RW', SIZES),
      span(16, 16, 'SizesHigh', 'Supported Sizes from 256 TB', 'RO'),
    ],
  ),
];

const resizable = (id: number, name: string, title: string, source: string): StructureSpec => ({
  kind: 'extendedCapability',
  id,
  name,
  title,
  length: (read) => 4 + 8 * pairs(read),
  registers: (read) => [
    extendedCapabilityHead(),
    ...Array.from({ length: pairs(read) }, (_, i) => pair(i, source)).flat(),
  ],
});

export const RESIZABLE_BAR = resizable(0x15, 'REBAR', 'Physical Resizable BAR', 'PCIe 6.0 7.8.6');
export const VF_RESIZABLE_BAR = resizable(0x24, 'VF_REBAR', 'Virtual Resizable BAR', 'PCIe 6.0 7.8.7');
