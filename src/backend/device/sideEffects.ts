import {
  AF_CAP,
  AF_CAP_TP_FLR,
  AF_CTRL,
  AF_CTRL_FLR,
  EXP_DEVCAP,
  EXP_DEVCAP_FLR,
  EXP_DEVCTL,
  EXP_DEVCTL_BCR_FLR,
  PCI_HEADER_TYPE,
  PM_CAP_D1,
  PM_CAP_D2,
  PM_CTRL,
  PM_CTRL_NO_SOFT_RESET,
  PM_CTRL_STATE_MASK,
  PM_PMC,
  SRIOV_CTRL,
  SRIOV_NUM_VF,
  VPD_ADDR,
  VPD_ADDR_F,
  VPD_ADDR_MASK,
  VPD_DATA,
} from '../spec/kernelRegisters';
import { CapId, ExtCapId } from '../spec/capabilityIds';
import { firstCapability, firstExtendedCapability } from '../spec/firstCapability';
import { readLe, writeLe, type Width } from '../spec/uint';
import type { PciFunction } from './pciFunction';

/**
 * What the hardware itself does after a configuration write: power state transitions, function-level resets,
 * VPD transfers, virtual functions. Where the capabilities are is fixed when the function is made. In this order; a
 * reset ends it.
 */

/** Offsets of the capabilities whose registers have side effects; 0 = not present. */
export interface EffectOffsets {
  readonly pm: number;
  readonly express: number;
  readonly af: number;
  readonly vpd: number;
  readonly sriov: number;
  readonly any: boolean;
}

export const locateEffects = (config: Uint8Array): EffectOffsets => {
  const read = (offset: number, width: Width): number => readLe(config, offset, width);
  const find = (id: number): number => firstCapability(read, config[PCI_HEADER_TYPE]! & 0x7f, id);
  const pm = find(CapId.PM);
  const express = find(CapId.EXP);
  const af = find(CapId.AF);
  const vpd = find(CapId.VPD);
  const sriov = express === 0 ? 0 : firstExtendedCapability(read, ExtCapId.SRIOV);
  return { pm, express, af, vpd, sriov, any: (pm | express | af | vpd) !== 0 };
};

export const applyResetImage = (fn: PciFunction): void => {
  fn.config.set(fn.por);
};

/** True when the transition reset the function (leaving D3hot for D0 without No_Soft_Reset). */
const powerTransition = (fn: PciFunction, pm: number, oldPmcsr: number): boolean => {
  const { config } = fn;
  const pmc = readLe(config, pm + PM_PMC, 2);
  const from = oldPmcsr & PM_CTRL_STATE_MASK;
  const to = config[pm + PM_CTRL]! & PM_CTRL_STATE_MASK;
  if ((to === 1 && !(pmc & PM_CAP_D1)) || (to === 2 && !(pmc & PM_CAP_D2))) {
    config[pm + PM_CTRL] = (config[pm + PM_CTRL]! & ~PM_CTRL_STATE_MASK) | from;
    return false;
  }
  if (from === 3 && to === 0 && !(config[pm + PM_CTRL]! & PM_CTRL_NO_SOFT_RESET)) {
    fn.reset();
    return true;
  }
  return false;
};

const vpdTransfer = (fn: PciFunction, vpd: number): void => {
  const word = readLe(fn.config, vpd + VPD_ADDR, 2);
  const address = word & VPD_ADDR_MASK;
  if (word & VPD_ADDR_F) {
    writeLe(fn.vpd, address, 4, readLe(fn.config, vpd + VPD_DATA, 4));
    writeLe(fn.config, vpd + VPD_ADDR, 2, word & ~VPD_ADDR_F);
  } else {
    writeLe(fn.config, vpd + VPD_DATA, 4, readLe(fn.vpd, address, 4));
    writeLe(fn.config, vpd + VPD_ADDR, 2, word | VPD_ADDR_F);
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
  const { pm, express, af, vpd, sriov } = fn.effects;
  if (pm !== 0 && covered(pm + PM_CTRL, offset, width, value) >= 0 && powerTransition(fn, pm, oldPmcsr))
    return;
  if (express !== 0) {
    const byte = covered(express + EXP_DEVCTL + 1, offset, width, value);
    if (
      byte >= 0 &&
      byte & (EXP_DEVCTL_BCR_FLR >> 8) &&
      readLe(fn.config, express + EXP_DEVCAP, 4) & EXP_DEVCAP_FLR
    ) {
      fn.reset();
      return;
    }
  }
  if (af !== 0) {
    const byte = covered(af + AF_CTRL, offset, width, value);
    if (byte >= 0 && byte & AF_CTRL_FLR && (fn.config[af + AF_CAP]! & AF_CAP_TP_FLR) === AF_CAP_TP_FLR) {
      fn.reset();
      return;
    }
  }
  if (vpd !== 0 && covered(vpd + VPD_ADDR + 1, offset, width, value) >= 0) vpdTransfer(fn, vpd);
  if (sriov !== 0 && offset >= sriov + SRIOV_CTRL && offset < sriov + SRIOV_NUM_VF + 2) fn.followVfEnable();
};
