import { NOT_ADDRESS } from '../spec/headers/baseAddress';
import {
  IORESOURCE_IO,
  IORESOURCE_MEM,
  IORESOURCE_MEM_64,
  IORESOURCE_PREFETCH,
  IORESOURCE_READONLY,
  IORESOURCE_ROM_ENABLE,
  IORESOURCE_SIZEALIGN,
  IORESOURCE_UNSET,
  makeResource,
  PCI_ROM_RESOURCE,
  type Resource,
} from '../host/resource';
import { VF_BARS, type Sriov } from '../host/sriov';
import { PCI_BASE_ADDRESS_0, PCI_ROM_ADDRESS, PCI_ROM_ADDRESS1, SRIOV_BAR } from '../spec/kernelRegisters';
import { andNot, readLe, u32 } from '../spec/uint';

/**
 * The kernel's resources of a function from its BARs, as if the kernel had sized them: the size is what the write
 * mask leaves writable. A BAR that holds no address has no resource: what the kernel would have assigned is not in
 * the bytes.
 */

const BAR_IO = 0x1;
const BAR_TYPE_MASK = 0x6;
const BAR_TYPE_64 = 0x4;
const BAR_PREFETCH = 0x8;

/** BARs by header type; the ROM has a place of its own. */
const LAYOUT: Readonly<Record<number, { readonly bars: number; readonly rom: number }>> = {
  0: { bars: 6, rom: PCI_ROM_ADDRESS },
  1: { bars: 2, rom: PCI_ROM_ADDRESS1 },
};

const lowestBit = (v: bigint): bigint => v & -v;

const resourceOf = (address: bigint, writable: bigint, flags: number): Resource | undefined =>
  address === 0n || writable === 0n
    ? undefined
    : makeResource(address, address + lowestBit(writable) - 1n, flags, true);

interface Bar {
  readonly resource: Resource | undefined;
  readonly wide: boolean;
}

const barAt = (config: Uint8Array, rw: Uint8Array, offset: number): Bar => {
  const value = readLe(config, offset, 4);
  const mask = readLe(rw, offset, 4);
  if (value & BAR_IO) {
    const flags = IORESOURCE_IO | IORESOURCE_SIZEALIGN | (value & NOT_ADDRESS.io);
    const address = BigInt(andNot(value, NOT_ADDRESS.io));
    return { resource: resourceOf(address, BigInt(andNot(mask, NOT_ADDRESS.io)), flags), wide: false };
  }
  const wide = (value & BAR_TYPE_MASK) === BAR_TYPE_64;
  const high = wide ? BigInt(readLe(config, offset + 4, 4)) << 32n : 0n;
  const highMask = wide ? BigInt(readLe(rw, offset + 4, 4)) << 32n : 0n;
  const flags =
    IORESOURCE_MEM |
    IORESOURCE_SIZEALIGN |
    (value & NOT_ADDRESS.memory32) |
    (value & BAR_PREFETCH ? IORESOURCE_PREFETCH : 0) |
    (wide ? IORESOURCE_MEM_64 : 0);
  const address = high | BigInt(andNot(value, NOT_ADDRESS.memory32));
  return {
    resource: resourceOf(address, highMask | BigInt(andNot(mask, NOT_ADDRESS.memory32)), flags),
    wide,
  };
};

const romAt = (config: Uint8Array, rw: Uint8Array, offset: number): Resource | undefined => {
  const value = readLe(config, offset, 4);
  const flags =
    IORESOURCE_MEM |
    IORESOURCE_SIZEALIGN |
    IORESOURCE_READONLY |
    IORESOURCE_PREFETCH |
    (value & 1 ? IORESOURCE_ROM_ENABLE : 0);
  const address = BigInt(u32(andNot(value, NOT_ADDRESS.rom)));
  return resourceOf(address, BigInt(andNot(readLe(rw, offset, 4), NOT_ADDRESS.rom)), flags);
};

/** Resources by index: 0..5 BARs, 6 ROM. */
export const resourcesOf = (
  config: Uint8Array,
  rw: Uint8Array,
  headerType: number,
): Readonly<Record<number, Resource>> => {
  const layout = LAYOUT[headerType];
  const found: Record<number, Resource> = {};
  if (layout === undefined) return found;
  for (let i = 0; i < layout.bars; i++) {
    const { resource, wide } = barAt(config, rw, PCI_BASE_ADDRESS_0 + 4 * i);
    if (resource !== undefined) found[i] = resource;
    if (wide) i++;
  }
  const rom = romAt(config, rw, layout.rom);
  if (rom !== undefined) found[PCI_ROM_RESOURCE] = rom;
  return found;
};

/** A VF BAR's resource holds that BAR of all VFs, one after another. Without an address it is there, but not assigned. */
const forAllVfs = ({ start, end, flags }: Resource, totalVFs: number): Resource =>
  makeResource(start, start + (end - start + 1n) * BigInt(totalVFs) - 1n, flags, true);

const unassigned = (config: Uint8Array, rw: Uint8Array, offset: number): Resource | undefined =>
  readLe(rw, offset, 4) === 0
    ? undefined
    : makeResource(
        0n,
        0n,
        IORESOURCE_MEM | IORESOURCE_UNSET | (readLe(config, offset, 4) & NOT_ADDRESS.memory32),
        false,
      );

/** Fills in the resources of a PF's VF BARs (0..5). */
export const setVfBarResources = (sriov: Sriov, config: Uint8Array, rw: Uint8Array): void => {
  for (let i = 0; i < VF_BARS; i++) {
    const offset = sriov.at + SRIOV_BAR + 4 * i;
    const { resource, wide } = barAt(config, rw, offset);
    const whole =
      resource === undefined ? unassigned(config, rw, offset) : forAllVfs(resource, sriov.totalVFs);
    if (whole !== undefined) sriov.resources[i] = whole;
    if (wide) i++;
  }
};

/** BARs of VF number `index`, by BAR: its part of each VF BAR that has an address. */
export const virtualFunctionResources = (sriov: Sriov, index: number): Readonly<Record<number, Resource>> => {
  const found: Record<number, Resource> = {};
  for (const [i, { start, end, flags, claimed }] of sriov.resources.entries()) {
    if (!claimed) continue;
    const size = (end - start + 1n) / BigInt(sriov.totalVFs);
    const first = start + size * BigInt(index);
    found[i] = makeResource(first, first + size - 1n, flags, true);
  }
  return found;
};
