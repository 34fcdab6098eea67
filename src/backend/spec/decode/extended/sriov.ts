import { ExtCapId } from '../../capabilityIds';
import { and, bits, hex } from '../../uint';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

const SLOTS = 6;
const ADDRESS = 0xfffffff0;
const PREFETCHABLE = 0x8;
const EMPTY: readonly number[] = [0, 0xffffffff];

const slot = (index: number): string => `VF_BAR_${index}`;
const typeOf = (low: number): number => bits(low, 1, 2);
const isWide = (low: number): boolean => typeOf(low) === 2;

/** Whether a slot begins a BAR: it may be the upper half of the one before. */
const begins = (at: Reading, index: number): boolean =>
  index === 0 || !begins(at, index - 1) || !isWide(at.value(slot(index - 1)));

/** The BARs that hold an address; VFs have them in memory only. */
const regionLines = (): readonly LineSpec[] =>
  Array.from({ length: SLOTS }, (_, index) =>
    line(`Region ${index}`, slot(index), (at) => {
      const low = at.value(slot(index));
      if (!begins(at, index) || EMPTY.includes(low)) return undefined;
      const upper = isWide(low) ? hex(at.value(slot(index + 1)), 8) : '';
      const type = typeOf(low) === 0 ? '32-bit' : '64-bit';
      const kind = and(low, PREFETCHABLE) === 0 ? 'non-prefetchable' : 'prefetchable';
      return `Memory at ${upper}${hex(and(low, ADDRESS), 8)} (${type}, ${kind})`;
    }),
  );

export const SRIOV_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.SRIOV,
  lines: [
    line('IOVCap', 'IOVCAP', 'Migration± 10BitTagReq± IntMsgNum {IntMsgNum}'),
    line('IOVCtl', 'IOVCTL', 'Enable± Migration± Interrupt± MSE± ARIHierarchy± 10BitTagReq±'),
    line('IOVSta', 'IOVSTA', 'Migration±'),
    line('Initial VFs', 'INITIAL_VFS TOTAL_VFS NUM_VFS FDL', (at) =>
      [
        at.value('INITIAL_VFS'),
        `Total VFs: ${at.value('TOTAL_VFS')}`,
        `Number of VFs: ${at.value('NUM_VFS')}`,
        at.fill('FDL', 'Function Dependency Link: {:2}'),
      ].join(', '),
    ),
    line('VF offset', 'VF_OFFSET VF_STRIDE VF_DEVICE_ID', (at) =>
      [
        at.value('VF_OFFSET'),
        `stride: ${at.value('VF_STRIDE')}`,
        at.fill('VF_DEVICE_ID', 'Device ID: {:4}'),
      ].join(', '),
    ),
    line('Supported Page Size', 'SUPPORTED_PAGE_SIZE SYSTEM_PAGE_SIZE', (at) =>
      [at.fill('SUPPORTED_PAGE_SIZE', '{:8}'), at.fill('SYSTEM_PAGE_SIZE', 'System Page Size: {:8}')].join(
        ', ',
      ),
    ),
    ...regionLines(),
    line('VF Migration', 'VF_MIGRATION', 'offset: {Offset:8}, BIR: {BIR}'),
  ],
};
