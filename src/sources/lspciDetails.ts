/**
 * What `lspci -v`, `-vv` and `-vvv` say beside the bytes, and the bytes cannot say: sizes of BARs and ROM, the
 * routed interrupt, the bound driver. One line at a time.
 */
export interface Details {
  /** `Region N: ...` of -vv: size in bytes by BAR number; 6 is the expansion ROM. */
  readonly sizes: Map<number, bigint>;
  /** `Memory at ...` and `I/O ports at ...` of -v, which has no numbers: matched to BARs by address later. */
  readonly unnumbered: { readonly address: bigint; readonly io: boolean; readonly size: bigint }[];
  irq: number | undefined;
  driver: string | undefined;
  /** Set at the first capability: below it, `Region` means the VF BARs of SR-IOV. */
  inCapabilities: boolean;
}

/** Index of the expansion ROM in FunctionDescription.barSizes. */
export const ROM = 6;

export const newDetails = (): Details => ({
  sizes: new Map(),
  unnumbered: [],
  irq: undefined,
  driver: undefined,
  inCapabilities: false,
});

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  K: 1n << 10n,
  M: 1n << 20n,
  G: 1n << 30n,
  T: 1n << 40n,
  P: 1n << 50n,
};
const SIZE = /\[size=(\d{1,6})([KMGTP]?)\]/;
const ADDRESS = /^([0-9a-f]{1,16})(?: |$)/i;
const IRQ = /\bIRQ (\d{1,9})\b/;

/** Size in bytes; undefined when the line names none. BARs decode a power of two (PCI Local Bus 3.0 section 6.2.5.1). */
const sizeIn = (line: string): bigint | undefined => {
  const match = SIZE.exec(line);
  if (!match) return undefined;
  const size = BigInt(match[1] ?? '0') * (UNITS[match[2] ?? ''] ?? 0n);
  return size > 0n && (size & (size - 1n)) === 0n ? size : undefined;
};

/** Where lspci writes `Memory at ADDRESS` or `I/O ports at ADDRESS`. */
const placeIn = (line: string): { io: boolean; rest: string } | undefined => {
  if (line.startsWith('Memory at ')) return { io: false, rest: line.slice(10) };
  if (line.startsWith('I/O ports at ')) return { io: true, rest: line.slice(13) };
  return undefined;
};

/** The longest line that is looked at; lspci's own are shorter, and what follows cannot matter. */
const LONGEST = 400;

/** Takes one line of text[start, end) with its indentation removed. */
export const readDetail = (text: string, start: number, end: number, details: Details): void => {
  const stop = Math.min(end, start + LONGEST);
  switch (text[start]) {
    case 'C':
      if (text.startsWith('Capabilities: [', start)) details.inCapabilities = true;
      return;
    case 'R': {
      if (details.inCapabilities || !text.startsWith('Region ', start)) return;
      const line = text.slice(start, stop);
      const bar = line.charCodeAt(7) - 48;
      if (bar < 0 || bar > 5 || !line.startsWith(': ', 8) || !placeIn(line.slice(10))) return;
      const size = sizeIn(line);
      if (size !== undefined) details.sizes.set(bar, size);
      return;
    }
    case 'E': {
      if (details.inCapabilities || !text.startsWith('Expansion ROM at ', start)) return;
      const size = sizeIn(text.slice(start, stop));
      if (size !== undefined) details.sizes.set(ROM, size);
      return;
    }
    case 'M':
    case 'I': {
      if (details.inCapabilities) return;
      if (text.startsWith('Interrupt: ', start)) {
        details.irq = irqIn(text.slice(start, stop));
        return;
      }
      const line = text.slice(start, stop);
      const place = placeIn(line);
      const address = place && ADDRESS.exec(place.rest);
      const size = place && sizeIn(line);
      if (place && address && size !== undefined && details.unnumbered.length < ROM)
        details.unnumbered.push({ address: BigInt(`0x${address[1] ?? '0'}`), io: place.io, size });
      return;
    }
    case 'F':
      if (!details.inCapabilities && text.startsWith('Flags: ', start))
        details.irq ??= irqIn(text.slice(start, stop));
      return;
    case 'K':
      if (text.startsWith('Kernel driver in use: ', start)) {
        const driver = text.slice(start + 22, stop).trim();
        if (driver !== '') details.driver = driver;
      }
      return;
    default:
  }
};

/** Linux numbers interrupts with 31 bits; 0 stands for none. */
const irqIn = (line: string): number | undefined => {
  const match = IRQ.exec(line);
  const irq = match ? Number(match[1]) : 0;
  return irq > 0 && irq < 2 ** 31 ? irq : undefined;
};
