import { CapId } from '../spec/capabilityIds';
import { firstCapability } from '../spec/firstCapability';
import { readLe, writeLe } from '../spec/uint';
import type { PciFunction } from './pciFunction';

/**
 * What the hardware itself does after a configuration write: power state transitions, function-level resets,
 * VPD transfers. Where the capabilities are is fixed when the function is made. In this order; a reset ends it.
 */

/** Offsets of the capabilities whose registers have side effects; 0 = not present. */
export interface EffectOffsets {
  readonly pm: number;
  readonly express: number;
  readonly af: number;
  readonly vpd: number;
  readonly any: boolean;
}

export const locateEffects = (config: Uint8Array): EffectOffsets => {
  const find = (id: number): number =>
    firstCapability((offset, width) => readLe(config, offset, width), config[0x0e]! & 0x7f, id);
  const pm = find(CapId.PM);
  const express = find(CapId.EXP);
  const af = find(CapId.AF);
  const vpd = find(CapId.VPD);
  return { pm, express, af, vpd, any: (pm | express | af | vpd) !== 0 };
};

export const applyResetImage = (fn: PciFunction): void => {
  fn.config.set(fn.por);
};

const PM_STATE = 0x03;
const PM_NO_SOFT_RESET = 0x08;
const PM_D1_SUPPORT = 0x0200;
const PM_D2_SUPPORT = 0x0400;

/** True when the transition reset the function (leaving D3hot for D0 without No_Soft_Reset). */
const powerTransition = (fn: PciFunction, pm: number, oldPmcsr: number): boolean => {
  const { config } = fn;
  const pmc = readLe(config, pm + 2, 2);
  const from = oldPmcsr & PM_STATE;
  const to = config[pm + 4]! & PM_STATE;
  if ((to === 1 && !(pmc & PM_D1_SUPPORT)) || (to === 2 && !(pmc & PM_D2_SUPPORT))) {
    config[pm + 4] = (config[pm + 4]! & ~PM_STATE) | from;
    return false;
  }
  if (from === 3 && to === 0 && !(config[pm + 4]! & PM_NO_SOFT_RESET)) {
    fn.reset();
    return true;
  }
  return false;
};

const EXPRESS_DEVCAP_FLR = 0x10000000;
const EXPRESS_DEVCTL_FLR_HIGH_BYTE = 0x80;

const VPD_FLAG = 0x8000;

const vpdTransfer = (fn: PciFunction, vpd: number): void => {
  const word = readLe(fn.config, vpd + 2, 2);
  const address = word & 0x7ffc;
  if (word & VPD_FLAG) {
    writeLe(fn.vpd, address, 4, readLe(fn.config, vpd + 4, 4));
    writeLe(fn.config, vpd + 2, 2, word & ~VPD_FLAG);
  } else {
    writeLe(fn.config, vpd + 4, 4, readLe(fn.vpd, address, 4));
    writeLe(fn.config, vpd + 2, 2, word | VPD_FLAG);
  }
};

/** The byte that the write put at `at`, or -1 when the write did not cover it. */
const covered = (at: number, offset: number, width: number, value: number): number =>
  at >= offset && at < offset + width ? (value >>> (8 * (at - offset))) & 0xff : -1;

export const hardwareSideEffects = (
  fn: PciFunction,
  offset: number,
  width: number,
  value: number,
  oldPmcsr: number,
): void => {
  const { pm, express, af, vpd } = fn.effects;
  if (pm !== 0 && covered(pm + 4, offset, width, value) >= 0 && powerTransition(fn, pm, oldPmcsr)) return;
  if (express !== 0) {
    const byte = covered(express + 9, offset, width, value);
    if (
      byte >= 0 &&
      byte & EXPRESS_DEVCTL_FLR_HIGH_BYTE &&
      readLe(fn.config, express + 4, 4) & EXPRESS_DEVCAP_FLR
    ) {
      fn.reset();
      return;
    }
  }
  if (af !== 0) {
    const byte = covered(af + 4, offset, width, value);
    if (byte >= 0 && byte & 1 && (fn.config[af + 3]! & 3) === 3) {
      fn.reset();
      return;
    }
  }
  if (vpd !== 0 && covered(vpd + 3, offset, width, value) >= 0) vpdTransfer(fn, vpd);
};
