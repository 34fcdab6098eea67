import type { FunctionDescription } from '../backend/description';
import { type Bdf, bdfOf, compareBdf, devfnOf, formatBdf } from '../backend/spec/bdf';
import { ExtCapId } from '../backend/spec/capabilityIds';
import { walkExtendedCapabilities } from '../backend/spec/chain';
import { readLe } from '../backend/spec/uint';

/**
 * Registers of the SR-IOV extended capability, from its start (SR-IOV 1.1 section 3.3; PCIe 6.0 section 9.3.3).
 */
const SRIOV = { control: 0x08, numVFs: 0x10, firstVFOffset: 0x14, vfStride: 0x16, vfDeviceId: 0x1a } as const;
const VF_ENABLE = 1;

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
  if (at === undefined || (readLe(config, at + SRIOV.control, 2) & VF_ENABLE) === 0) return [];
  for (let i = at; i < at + SRIOV.vfDeviceId + 2; i++) if (known[i] !== 1) return [];
  const first = readLe(config, at + SRIOV.firstVFOffset, 2);
  const stride = readLe(config, at + SRIOV.vfStride, 2);
  const place: VirtualFunctionPlace = {
    physicalFunction: bdf,
    vendorId: pf.vendorId ?? readLe(config, 0, 2),
    deviceId: readLe(config, at + SRIOV.vfDeviceId, 2),
  };
  const places = [];
  const routingId = (bdf.bus << 8) | devfnOf(bdf);
  for (let n = 0; n < readLe(config, at + SRIOV.numVFs, 2); n++) {
    const id = routingId + first + n * stride;
    if (id > 0xffff || id === routingId) break;
    places.push({ bdf: bdfOf(bdf.domain, id >> 8, id & 0xff), place });
    if (stride === 0) break;
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
