import { deriveMasks, type WriteMasks } from '../../../src/backend/device/masks';
import type { FunctionDescription } from '../../../src/backend/description';
import { layoutOf } from '../../../src/backend/spec/layout';
import { readLe, writeLe, type Width } from '../../../src/backend/spec/uint';

/**
 * Writable bits of the emulator's devices, as the recorded writes show them: like the catalogue's, but every byte
 * behind the header that belongs to no capability can be written, and some registers have masks of their own.
 */

const HEADER_BYTES = 0x40;
const E1000E = 0x10d38086;

/** Registers of the emulated 82574L that the permissive probes found to be writable otherwise: offset, width, mask. */
const MEASURED: Readonly<Record<number, readonly (readonly [number, Width, number])[]>> = {
  [E1000E]: [
    // Data_Select can be written, though there is no Data register.
    [0xcc, 2, 0x1e03],
    // An Express capability of version 1 that is read-only as a whole.
    [0xe8, 2, 0],
    [0xf0, 2, 0],
    // The uncorrectable error mask cannot be written, the severity in the bits of an older specification.
    [0x108, 4, 0],
    [0x10c, 4, 0x03fff030],
  ],
};

export const emulatedMasks = ({ config, known, barSizes }: FunctionDescription): WriteMasks => {
  const { rw, w1c } = deriveMasks(config, known, barSizes);
  const owned = new Uint8Array(config.length);
  for (const { offset, length } of layoutOf(config, known)) owned.fill(1, offset, offset + length);
  for (let i = HEADER_BYTES; i < config.length; i++) if (owned[i] === 0) rw[i] = 0xff;
  for (const [offset, width, mask] of MEASURED[readLe(config, 0, 4)] ?? []) writeLe(rw, offset, width, mask);
  return { rw, w1c };
};
