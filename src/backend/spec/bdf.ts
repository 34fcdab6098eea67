import { hex } from './uint';

/** The address of a PCI function, always with its domain. domain 0..0xffffffff, bus 0..255, device 0..31, function 0..7. */
export interface Bdf {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

/** devfn as the kernel and the wire carry it: device << 3 | function. */
export const devfnOf = (bdf: Bdf): number => (bdf.device << 3) | bdf.function;

export const bdfOf = (domain: number, bus: number, devfn: number): Bdf => ({
  domain,
  bus,
  device: (devfn >> 3) & 0x1f,
  function: devfn & 7,
});

/** `dddd:bb:dd.f` as lspci -D and the kernel print it (domains above 0xffff take more digits). */
export const formatBdf = (bdf: Bdf): string =>
  `${hex(bdf.domain, 4)}:${hex(bdf.bus, 2)}:${hex(bdf.device, 2)}.${bdf.function}`;

/** `bb:dd.f`, or with the domain when that is not zero: what lspci prints for a machine with one domain. */
export const formatShortBdf = (bdf: Bdf): string =>
  bdf.domain === 0 ? formatBdf(bdf).slice(5) : formatBdf(bdf);

const BDF = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i;

/** Parses `[dddd:]bb:dd.f`; undefined when it is not an address or out of range. */
export const parseBdf = (text: string): Bdf | undefined => {
  const m = BDF.exec(text.trim());
  if (!m) return undefined;
  const device = parseInt(m[3] ?? '', 16);
  if (device > 0x1f) return undefined;
  return {
    domain: m[1] === undefined ? 0 : parseInt(m[1], 16),
    bus: parseInt(m[2] ?? '', 16),
    device,
    function: Number(m[4]),
  };
};

export const sameBdf = (a: Bdf, b: Bdf): boolean =>
  a.domain === b.domain && a.bus === b.bus && a.device === b.device && a.function === b.function;

/** Orders by domain, bus, device, function. */
export const compareBdf = (a: Bdf, b: Bdf): number =>
  a.domain - b.domain || a.bus - b.bus || a.device - b.device || a.function - b.function;
