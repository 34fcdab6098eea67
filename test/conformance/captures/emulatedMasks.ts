import { deriveMasks, type WriteMasks } from '../../../src/backend/device/masks';
import type { FunctionDescription } from '../../../src/backend/description';
import { layoutOf } from '../../../src/backend/spec/layout';

/**
 * Writable bits of the emulator's devices, as the recorded writes show them: like the catalogue's, but every byte
 * behind the header that belongs to no capability can be written.
 */

const HEADER_BYTES = 0x40;

export const emulatedMasks = ({ config, known, barSizes }: FunctionDescription): WriteMasks => {
  const { rw, w1c } = deriveMasks(config, known, barSizes);
  const owned = new Uint8Array(config.length);
  for (const { offset, length } of layoutOf(config, known)) owned.fill(1, offset, offset + length);
  for (let i = HEADER_BYTES; i < config.length; i++) if (owned[i] === 0) rw[i] = 0xff;
  return { rw, w1c };
};
