import { PCI_COMMAND, PCI_HEADER_TYPE, PCI_INTERRUPT_LINE, PCI_INTERRUPT_PIN } from '../spec/kernelRegisters';
import { deriveMasks } from '../device/masks';
import { resetImage } from '../device/pciFunction';
import { virtualFunctionMask } from '../device/virtualFunction';
import type { PciDev } from '../host/pciDev';
import type { FunctionDescription } from '../description';
import { compareBdf, formatBdf } from '../spec/bdf';
import { readLe } from '../spec/uint';
import type { XenHost } from './xenHost';
import type { BusTree } from './buses';
import type { Resource } from '../host/resource';
import { virtualFunctionNumber } from '../spec/virtualFunctions';
import { resourcesOf, setVfBarResources, virtualFunctionResources } from './resources';

/** A function of the machine: where it came from and what became of it. */
export interface MachineFunction {
  readonly description: FunctionDescription;
  readonly dev: PciDev;
  /** 1 per byte that the source gave. */
  readonly known: Uint8Array;
}

const UNKNOWN_BYTE = 0xff;
const NO_LINE = 0xff;

/** Bytes that nobody gave read as ones, as an absent register does; they are marked unknown wherever they are shown. */
const withUnknownOnes = ({ config, known }: FunctionDescription): Uint8Array =>
  config.map((byte, i) => (known[i] === 1 ? byte : UNKNOWN_BYTE));

const irqOf = (d: FunctionDescription, config: Uint8Array): number => {
  if (d.physicalFunction !== undefined) return 0;
  if (d.irq !== undefined) return d.irq;
  const line = readLe(config, PCI_INTERRUPT_LINE, 1);
  return readLe(config, PCI_INTERRUPT_PIN, 1) === 0 || line === NO_LINE ? 0 : line;
};

/** Measured masks where the source has them, else from the catalogue. */
const masksOf = (d: FunctionDescription, config: Uint8Array): { rw: Uint8Array; w1c: Uint8Array } => {
  if (d.rw !== undefined && d.w1c !== undefined) return { rw: d.rw, w1c: d.w1c };
  const { rw, w1c } = deriveMasks(config, d.known, d.barSizes);
  return { rw: d.physicalFunction === undefined ? rw : virtualFunctionMask(rw), w1c };
};

/**
 * Reset values that the masks do not give. A VF's COMMAND is 0 after a reset; a dump may show bits that the VF of an
 * emulator kept, though no VF has them.
 */
const resetPatches = (d: FunctionDescription): readonly (readonly [number, Uint8Array])[] =>
  d.physicalFunction === undefined ? [] : [[PCI_COMMAND, new Uint8Array(2)]];

/** Bytes and masks of a described function after a reset. */
export const describedAfterReset = (
  d: FunctionDescription,
): Required<Pick<FunctionDescription, 'config' | 'rw' | 'w1c'>> => {
  const masks = masksOf(d, withUnknownOnes(d));
  return { ...masks, config: resetImage({ ...masks, config: d.config, por: resetPatches(d) }) };
};

/** Resources: of a VF its part of the PF's VF BARs, of another function what its own BARs hold. */
const resourcesFor = (
  d: FunctionDescription,
  config: Uint8Array,
  rw: Uint8Array,
  pf: PciDev | undefined,
): Readonly<Record<number, Resource>> => {
  if (pf === undefined) return resourcesOf(config, rw, readLe(config, PCI_HEADER_TYPE, 1) & 0x7f);
  const index = pf.sriov === undefined ? undefined : virtualFunctionNumber(pf.bdf, pf.sriov, d.bdf);
  return pf.sriov === undefined || index === undefined ? {} : virtualFunctionResources(pf.sriov, index);
};

/** Makes one function and has the host find it. `above`: bridges from the nearest to the root. */
export const addFunction = (
  host: XenHost,
  d: FunctionDescription,
  physfn: PciDev | undefined,
  above: readonly PciDev[],
): MachineFunction => {
  const config = withUnknownOnes(d);
  const { rw, w1c } = masksOf(d, config);
  const dev = host.addFunction(
    {
      bdf: d.bdf,
      config,
      rw,
      w1c,
      configSize: config.length,
      por: resetPatches(d),
      ...(d.vpd !== undefined && { vpd: d.vpd }),
    },
    { irq: irqOf(d, config), vendorId: d.vendorId, deviceId: d.deviceId, physfn },
    resourcesFor(d, config, rw, physfn),
    above,
  );
  if (dev.sriov !== undefined) setVfBarResources(dev.sriov, config, rw);
  return { description: d, dev, known: d.known };
};

/** Makes the host's functions: PFs before their VFs, otherwise in order of address, which is the kernel's order of finding. */
export const addFunctions = (
  host: XenHost,
  descriptions: readonly FunctionDescription[],
  tree: BusTree,
): readonly MachineFunction[] => {
  const byAddress = new Map<string, PciDev>();
  const ordered = [...descriptions].sort(
    (a, b) =>
      Number(a.physicalFunction !== undefined) - Number(b.physicalFunction !== undefined) ||
      compareBdf(a.bdf, b.bdf),
  );
  return ordered.map((d) => {
    const physfn =
      d.physicalFunction === undefined ? undefined : byAddress.get(formatBdf(d.physicalFunction));
    const above = tree.bridgesAbove(d.bdf).flatMap((b) => byAddress.get(formatBdf(b)) ?? []);
    const added = addFunction(host, d, physfn, above);
    byAddress.set(formatBdf(d.bdf), added.dev);
    return added;
  });
};
