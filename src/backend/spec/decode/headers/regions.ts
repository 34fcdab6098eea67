import type { BaseAddress } from '../../headers/baseAddress';
import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { ifDisabled, sizeText } from './common';

/** One line per base address register, by what its low bits say that it decodes. */

const size = (at: Reading, index: number): string => {
  const bytes = at.host.barSizes?.[index];
  return bytes === undefined || bytes === 0n ? '' : sizeText(bytes);
};

const addressOf = (at: Reading, register: string, upper: string | undefined): bigint =>
  at.address(register, 'Address') + (upper === undefined ? 0n : BigInt(at.value(upper)) << 32n);

const placed = (address: bigint, digits: number): string =>
  address === 0n ? '<unassigned>' : address.toString(16).padStart(digits, '0');

const ioRegion = (at: Reading, register: string): string => {
  const enabled = at.isSet('COMMAND', 'I/O');
  // Address 0 is a port like any other; only where nothing is decoded it stands for none.
  const address = addressOf(at, register, undefined);
  const place = enabled ? address.toString(16).padStart(4, '0') : placed(address, 4);
  return `I/O ports at ${place}${ifDisabled(!enabled)}`;
};

const memoryRegion = (at: Reading, register: string, upper: string | undefined): string =>
  `Memory at ${placed(addressOf(at, register, upper), 8)} (` +
  `${at.meaning(register, 'Type')}, ${at.isSet(register, 'Prefetchable') ? '' : 'non-'}prefetchable)` +
  ifDisabled(!at.isSet('COMMAND', 'Mem'));

/** What a register reads that decodes nothing, or whose function does not answer. */
const isAbsent = (value: number): boolean => value === 0 || value === 0xffffffff;

/** `nameOf` gives the register of a slot. A slot that holds nothing and whose size is not known is not implemented. */
export const regionLines = (
  bars: readonly BaseAddress[],
  nameOf: (index: number) => string,
): readonly LineSpec[] =>
  bars
    .filter(({ kind }) => kind !== 'upperHalf' && kind !== 'rom')
    .map(({ index, kind }) => {
      const register = nameOf(index);
      const upper = kind === 'memory64' ? nameOf(index + 1) : undefined;
      return line(`Region ${index}`, upper === undefined ? register : `${register} ${upper}`, (at) => {
        const length = size(at, index);
        if (isAbsent(at.value(register)) && length === '') return undefined;
        return (kind === 'io' ? ioRegion(at, register) : memoryRegion(at, register, upper)) + length;
      });
    });

const ROM_INDEX = 6;

export const romLine = (register: string): LineSpec =>
  line('Expansion ROM', register, (at) => {
    const length = size(at, ROM_INDEX);
    if (at.value(register) === 0 && length === '') return undefined;
    const place =
      at.value(register) === 0xffffffff ? '<ignored>' : placed(at.address(register, 'Address'), 8);
    if (!at.isSet(register, 'Enable')) return `at ${place}${ifDisabled(true)}${length}`;
    return `at ${place}${at.isSet('COMMAND', 'Mem') ? '' : ' [disabled by cmd]'}${length}`;
  });
