import { bdfOf, devfnOf, type Bdf } from './bdf';

/**
 * Where the VFs of a PF are: VF n, counted from 0, has the PF's routing id plus First VF Offset plus n times VF Stride.
 * Source: PCIe 6.0 sections 9.3.3.9 and 9.3.3.10 (which count from 1).
 */

const routingId = (bdf: Bdf): number => (bdf.bus << 8) | devfnOf(bdf);

export interface VirtualFunctionPlacement {
  /** First VF Offset. */
  readonly offset: number;
  /** VF Stride. */
  readonly stride: number;
}

/** Address of VF `n`; undefined where it would lie behind bus 255. */
export const virtualFunctionAddress = (
  pf: Bdf,
  { offset, stride }: VirtualFunctionPlacement,
  n: number,
): Bdf | undefined => {
  const id = routingId(pf) + offset + n * stride;
  return id > 0xffff ? undefined : bdfOf(pf.domain, id >> 8, id & 0xff);
};

/** Number of the VF at an address; undefined where the PF has none there. */
export const virtualFunctionNumber = (
  pf: Bdf,
  { offset, stride }: VirtualFunctionPlacement,
  vf: Bdf,
): number | undefined => {
  const distance = routingId(vf) - routingId(pf) - offset;
  if (vf.domain !== pf.domain || distance < 0) return undefined;
  if (distance === 0) return 0;
  return stride === 0 || distance % stride !== 0 ? undefined : distance / stride;
};
