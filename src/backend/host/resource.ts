import { hex } from '../spec/uint';

/** IORESOURCE flags of the kernel that the PCI core looks at. The low four bits are the BAR's own flag bits. */
export const IORESOURCE_IO = 0x100;
export const IORESOURCE_MEM = 0x200;
export const IORESOURCE_PREFETCH = 0x2000;
export const IORESOURCE_READONLY = 0x4000;
export const IORESOURCE_SIZEALIGN = 0x40000;
export const IORESOURCE_MEM_64 = 0x100000;
export const IORESOURCE_WINDOW = 0x200000;
export const IORESOURCE_DISABLED = 0x10000000;
export const IORESOURCE_UNSET = 0x20000000;
export const IORESOURCE_BUSY = 0x80000000;
/** In the flags of the ROM resource: the ROM is enabled. */
export const IORESOURCE_ROM_ENABLE = 0x1;

/** Index of the ROM in the resource array; BARs are 0..5. */
export const PCI_ROM_RESOURCE = 6;

/** One resource of a function. Addresses are kept as two 32-bit halves, which is how registers need them. */
export interface Resource {
  readonly start: bigint;
  readonly end: bigint;
  readonly startLow: number;
  readonly startHigh: number;
  readonly flags: number;
  /** Has a parent in the host's resource tree; without one it cannot be enabled. */
  claimed: boolean;
}

const low = (v: bigint): number => Number(v & 0xffffffffn);
const high = (v: bigint): number => Number((v >> 32n) & 0xffffffffn);

export const makeResource = (start: bigint, end: bigint, flags: number, claimed: boolean): Resource => ({
  start,
  end,
  startLow: low(start),
  startHigh: high(start),
  flags,
  claimed,
});

export const absentResource = (): Resource => makeResource(0n, 0n, 0, false);

/** Two's complement of the size, as the BAR reads while it is sized: low and high half. */
export const negatedSize = (r: Resource): { low: number; high: number } => {
  const negated = (r.start - r.end - 1n) & 0xffffffffffffffffn;
  return { low: low(negated), high: high(negated) };
};

const pad = (v: bigint, digits: number): string => v.toString(16).padStart(digits, '0');

/** `BAR 0`..`BAR 5`, `ROM`: the kernel's name of a resource. */
export const resourceName = (index: number): string => (index === PCI_ROM_RESOURCE ? 'ROM' : `BAR ${index}`);

/** A resource as the kernel prints it with %pR. */
export const formatResource = (r: Resource): string => {
  const io = (r.flags & IORESOURCE_IO) !== 0;
  const digits = io ? 4 : 8;
  const type = io ? 'io ' : r.flags & IORESOURCE_MEM ? 'mem' : '???';
  const range =
    r.flags & IORESOURCE_UNSET
      ? `size 0x${pad(r.end - r.start + 1n, digits)}`
      : r.start === r.end
        ? `0x${pad(r.start, digits)}`
        : `0x${pad(r.start, digits)}-0x${pad(r.end, digits)}`;
  const known = IORESOURCE_IO | IORESOURCE_MEM;
  if (!(r.flags & known)) return `[${type} ${range} flags 0x${hex(r.flags, 1)}]`;
  const words = [
    r.flags & IORESOURCE_MEM_64 ? ' 64bit' : '',
    r.flags & IORESOURCE_PREFETCH ? ' pref' : '',
    r.flags & IORESOURCE_WINDOW ? ' window' : '',
    r.flags & IORESOURCE_DISABLED ? ' disabled' : '',
  ];
  return `[${type} ${range}${words.join('')}]`;
};
