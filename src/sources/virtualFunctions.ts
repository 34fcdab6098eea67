import type { FunctionDescription } from '../backend/description';
import { FIRST_VF_RESOURCE } from '../backend/device/masks';
import { VF_BARS } from '../backend/host/sriov';
import { type Bdf, compareBdf, formatBdf, sameBdf } from '../backend/spec/bdf';
import { ExtCapId } from '../backend/spec/capabilityIds';
import { walkExtendedCapabilities } from '../backend/spec/chain';
import {
  SRIOV_CTRL,
  SRIOV_CTRL_VFE,
  SRIOV_NUM_VF,
  SRIOV_VF_DID,
  SRIOV_VF_OFFSET,
  SRIOV_VF_STRIDE,
} from '../backend/spec/kernelRegisters';
import { readLe } from '../backend/spec/uint';
import { virtualFunctionAddress } from '../backend/spec/virtualFunctions';

/** Which functions of a dump are virtual, from the SR-IOV capabilities of the others. */

export interface VirtualFunctionPlace {
  readonly physicalFunction: Bdf;
  /** A VF's own vendor and device registers read ffff; these are its ids (SR-IOV 1.1 sections 3.4.1.1 and 3.4.1.2). */
  readonly vendorId: number;
  readonly deviceId: number;
}

/** Addresses at which a PF's SR-IOV capability places its VFs; none when VF Enable is clear. */
const placesOf = (pf: FunctionDescription): { bdf: Bdf; place: VirtualFunctionPlace }[] => {
  const { config, known, bdf } = pf;
  const at = walkExtendedCapabilities(config, known).found.find(({ id }) => id === ExtCapId.SRIOV)?.offset;
  if (at === undefined || (readLe(config, at + SRIOV_CTRL, 2) & SRIOV_CTRL_VFE) === 0) return [];
  for (let i = at; i < at + SRIOV_VF_DID + 2; i++) if (known[i] !== 1) return [];
  const placement = {
    offset: readLe(config, at + SRIOV_VF_OFFSET, 2),
    stride: readLe(config, at + SRIOV_VF_STRIDE, 2),
  };
  const place: VirtualFunctionPlace = {
    physicalFunction: bdf,
    vendorId: pf.vendorId ?? readLe(config, 0, 2),
    deviceId: readLe(config, at + SRIOV_VF_DID, 2),
  };
  const places = [];
  for (let n = 0; n < readLe(config, at + SRIOV_NUM_VF, 2); n++) {
    const address = virtualFunctionAddress(bdf, placement, n);
    if (address === undefined || sameBdf(address, bdf)) break;
    places.push({ bdf: address, place });
    if (placement.stride === 0) break;
  }
  return places;
};

/** Where the VFs of all PFs are, by address as `dddd:bb:dd.f`. The first PF that claims an address has it. */
export const virtualFunctionPlaces = (
  functions: readonly FunctionDescription[],
): ReadonlyMap<string, VirtualFunctionPlace> => {
  const places = new Map<string, VirtualFunctionPlace>();
  for (const pf of [...functions].sort((a, b) => compareBdf(a.bdf, b.bdf)))
    for (const { bdf, place } of placesOf(pf))
      if (!places.has(formatBdf(bdf))) places.set(formatBdf(bdf), place);
  return places;
};

/**
 * Gives each PF the sizes of its VF BARs, which lspci prints with the VFs only: one of them has one VF's share. The
 * functions must have their `physicalFunction`.
 */
export const withVfBarSizes = (functions: readonly FunctionDescription[]): readonly FunctionDescription[] => {
  const sizes = new Map<string, Record<number, bigint>>();
  for (const { physicalFunction, barSizes } of functions) {
    if (physicalFunction === undefined) continue;
    const pf = formatBdf(physicalFunction);
    for (const [bar, size] of Object.entries(barSizes ?? {}))
      if (Number(bar) < VF_BARS) sizes.set(pf, { ...sizes.get(pf), [FIRST_VF_RESOURCE + Number(bar)]: size });
  }
  return functions.map((fn) => {
    const found = sizes.get(formatBdf(fn.bdf));
    return found ? { ...fn, barSizes: { ...fn.barSizes, ...found } } : fn;
  });
};
