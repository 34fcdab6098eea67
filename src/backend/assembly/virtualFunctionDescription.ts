import { virtualFunctionImage, type VfBarSizes } from '../device/virtualFunctionImage';
import type { PciDev } from '../host/pciDev';
import { sameBdf, type Bdf } from '../spec/bdf';
import type { FunctionDescription } from '../description';
import { describedAfterReset } from './functions';

/**
 * What a VF is that was created: where the source has VFs of the same PF, one of those after a reset (the one of that
 * address, else the first); else what every VF of the PF must show (device/virtualFunctionImage.ts).
 */

const vfBarSizes = ({ sriov }: PciDev): VfBarSizes => {
  const sizes: Record<number, number> = {};
  for (const [i, { start, end, claimed }] of sriov?.resources.entries() ?? [])
    if (claimed) sizes[i] = Number((end - start + 1n) / BigInt(sriov?.totalVFs ?? 1));
  return sizes;
};

/** As the source has the function, but in its reset state and somewhere else. */
const likeThat = (seen: FunctionDescription, bdf: Bdf): FunctionDescription => {
  const { sourceLine, ...rest } = seen;
  return {
    ...rest,
    ...describedAfterReset(seen),
    bdf,
    ...(sourceLine !== undefined && sameBdf(seen.bdf, bdf) && { sourceLine }),
  };
};

const vfsOf = (pf: Bdf, descriptions: readonly FunctionDescription[]): readonly FunctionDescription[] =>
  descriptions.filter(
    ({ physicalFunction }) => physicalFunction !== undefined && sameBdf(physicalFunction, pf),
  );

/** True when the source has VFs of this PF, whose likes can be made. */
export const knowsVfsOf = (pf: Bdf, descriptions: readonly FunctionDescription[]): boolean =>
  vfsOf(pf, descriptions).length > 0;

export const describeVirtualFunction = (
  pf: PciDev,
  bdf: Bdf,
  descriptions: readonly FunctionDescription[],
): FunctionDescription => {
  const siblings = vfsOf(pf.bdf, descriptions);
  const seen = siblings.find((d) => sameBdf(d.bdf, bdf)) ?? siblings[0];
  // The kernel takes a VF's ids from its PF, whatever its own registers read.
  const ids = { vendorId: pf.vendor, deviceId: pf.sriov?.vfDevice ?? 0, physicalFunction: pf.bdf };
  if (seen !== undefined) return { ...likeThat(seen, bdf), ...ids };
  const config = virtualFunctionImage(pf.fn.config, vfBarSizes(pf));
  return { bdf, config, known: new Uint8Array(config.length).fill(1), ...ids };
};
