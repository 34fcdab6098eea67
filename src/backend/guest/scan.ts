import {
  PCI_BASE_ADDRESS_0,
  PCI_CLASS_REVISION,
  PCI_HEADER_TYPE,
  PCI_INTERRUPT_LINE,
  PCI_ROM_ADDRESS,
  PCI_ROM_ADDRESS1,
} from '../spec/kernelRegisters';
import { bdfOf, type Bdf } from '../spec/bdf';
import { andNot, bits, u32 } from '../spec/uint';
import type { Pcifront } from './pcifront';

/**
 * A guest's bus scan (pcifront_scan_root and the PCI core behind it): every devfn of a root bus is probed, since
 * functions without a function 0 must be found; of what is there the header is read and the BARs are sized by
 * writing ones and putting the old value back. Bridges are not looked behind.
 */

export interface GuestBar {
  /** 0..5, 6 = ROM. */
  readonly index: number;
  readonly kind: 'io' | 'memory32' | 'memory64' | 'rom';
  readonly address: bigint;
  readonly size: bigint;
}

export interface GuestFunction {
  readonly guest: Bdf;
  readonly vendorId: number;
  readonly deviceId: number;
  readonly classCode: number;
  readonly headerType: number;
  /** PIRQ that the interrupt line byte carries; 0 = none. */
  readonly pirq: number;
  readonly bars: readonly GuestBar[];
}

const ALL_ONES = 0xffffffff;
const ROM_PROBE = 0xfffff800;
const ROM_FLAGS = 0x7ff;

const BARS: Readonly<Record<number, number>> = { 0: 6, 1: 2 };

/** Lowest writable bit of a sized register is its size; 0 when nothing was writable. */
const sizeOf = (low: number, high: number | undefined, flags: number): bigint => {
  const mask = BigInt(andNot(low, flags)) | (high === undefined ? 0n : BigInt(high) << 32n);
  return mask & -mask;
};

class Prober {
  constructor(
    private readonly front: Pcifront,
    private readonly at: Bdf,
  ) {}

  read(offset: number, size: number): number {
    const { err, value } = this.front.configRead(this.at, offset, size);
    return err === 0 ? bits(value, 0, 8 * size) : u32(2 ** (8 * size) - 1);
  }

  /** Value and what it reads while sized. */
  probe(offset: number, ones: number): { value: number; sized: number } {
    const value = this.read(offset, 4);
    this.front.configWrite(this.at, offset, 4, ones);
    const sized = this.read(offset, 4);
    this.front.configWrite(this.at, offset, 4, value);
    return { value, sized };
  }

  bars(headerType: number): GuestBar[] {
    const found: GuestBar[] = [];
    const count = BARS[headerType] ?? 0;
    for (let index = 0; index < count; index++) {
      const low = this.probe(PCI_BASE_ADDRESS_0 + 4 * index, ALL_ONES);
      if (low.sized === 0 || low.sized === ALL_ONES) continue;
      if (low.value & 1) {
        found.push({
          index,
          kind: 'io',
          address: BigInt(andNot(low.value, 3)),
          size: sizeOf(low.sized, undefined, 3),
        });
      } else if ((low.value & 6) === 4 && index + 1 < count) {
        const high = this.probe(PCI_BASE_ADDRESS_0 + 4 * (index + 1), ALL_ONES);
        const address = BigInt(andNot(low.value, 0xf)) | (BigInt(high.value) << 32n);
        found.push({ index, kind: 'memory64', address, size: sizeOf(low.sized, high.sized, 0xf) });
        index++;
      } else {
        found.push({
          index,
          kind: 'memory32',
          address: BigInt(andNot(low.value, 0xf)),
          size: sizeOf(low.sized, undefined, 0xf),
        });
      }
    }
    return found;
  }

  rom(headerType: number): GuestBar[] {
    const offset = headerType === 1 ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;
    if (BARS[headerType] === undefined) return [];
    const { value, sized } = this.probe(offset, ROM_PROBE);
    if (sized === 0 || sized === ALL_ONES) return [];
    const address = BigInt(andNot(value, ROM_FLAGS));
    return [{ index: 6, kind: 'rom', address, size: sizeOf(sized, undefined, ROM_FLAGS) }];
  }
}

const scanFunction = (front: Pcifront, at: Bdf): GuestFunction | undefined => {
  const prober = new Prober(front, at);
  const ids = front.configRead(at, 0, 4);
  if (ids.err !== 0 || ids.value === ALL_ONES || ids.value === 0) return undefined;
  const headerType = prober.read(PCI_HEADER_TYPE, 1) & 0x7f;
  return {
    guest: at,
    vendorId: bits(ids.value, 0, 16),
    deviceId: bits(ids.value, 16, 16),
    classCode: prober.read(PCI_CLASS_REVISION, 4) >>> 8,
    headerType,
    bars: [...prober.bars(headerType), ...prober.rom(headerType)],
    pirq: prober.read(PCI_INTERRUPT_LINE, 1),
  };
};

/** Everything that answers on the roots, in order of root and devfn. */
export const scanRoots = (
  front: Pcifront,
  roots: readonly { readonly domain: number; readonly bus: number }[],
): readonly GuestFunction[] => {
  const found: GuestFunction[] = [];
  for (const { domain, bus } of roots)
    for (let devfn = 0; devfn < 256; devfn++) {
      const fn = scanFunction(front, bdfOf(domain, bus, devfn));
      if (fn !== undefined) found.push(fn);
    }
  return found;
};
