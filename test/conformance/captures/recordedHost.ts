import { addFunctions, type MachineFunction } from '../../../src/backend/assembly/functions';
import { BusTree } from '../../../src/backend/assembly/buses';
import { DEFAULT_XEN_HOST, XenHost } from '../../../src/backend/assembly/xenHost';
import type { FunctionDescription } from '../../../src/backend/description';
import type { PciDev } from '../../../src/backend/host/pciDev';
import { profileNamed, type DriverProfile } from '../../../src/backend/pciback/profiles';
import { formatBdf, parseBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { parseLspci } from '../../../src/sources/lspci';
import { emulatedMasks } from './emulatedMasks';

/** The recorded machine on the engine: functions from the transcripts' own lspci output, the driver of Linux 6.1. */

/** The recorded kernel is Debian's 6.1.0-50: Linux 6.1 with the stable series' fixes. */
const RECORDED_KERNEL = ((): DriverProfile => {
  const profile = profileNamed('6.1');
  if (profile === undefined) throw new Error('no profile for Linux 6.1');
  return profile;
})();

const HEADING = /^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] /;
const BYTES = /^[0-9a-f]{2,3}: [0-9a-f]{2}( [0-9a-f]{2})*$/;

/** Slots of `lspci -vvv -xxxx` in a transcript, in its order. */
export const lspciSlots = (text: string): readonly string[] => {
  const slots: string[] = [];
  let slot: string[] | undefined;
  for (const line of text.split('\n')) {
    if (HEADING.test(line)) slot = [line];
    else if (slot !== undefined && (line.startsWith('\t') || BYTES.test(line))) slot.push(line);
    else {
      if (slot !== undefined && BYTES.test(slot.at(-1) ?? '')) slots.push(slot.join('\n'));
      slot = undefined;
    }
  }
  return slots;
};

const slotsAt = (slots: readonly string[], bdf: string): readonly string[] => {
  const short = bdf.replace(/^0000:/, '');
  return slots.filter((s) => s.startsWith(`${short} `));
};

/** What lspci says of the function at an address, at its first mention. */
export const describeFirst = (slots: readonly string[], bdf: string): FunctionDescription => {
  const slot = slotsAt(slots, bdf)[0];
  if (slot === undefined) throw new Error(`no lspci output for ${bdf}`);
  return parseSlot(slot);
};

/** The same with the interrupt that the kernel routed when pciback enabled the function. */
export const describeSeized = (slots: readonly string[], bdf: string): FunctionDescription => {
  const seized = slotsAt(slots, bdf).find((slot) => slot.includes('Kernel driver in use: pciback'));
  const irq = seized === undefined ? undefined : parseSlot(seized).irq;
  return { ...describeFirst(slots, bdf), ...(irq !== undefined && { irq }) };
};

/** The function of one slot, with the write masks of the emulator's device. */
export const parseSlot = (slot: string): FunctionDescription => {
  const parsed = parseLspci(`${slot}\n`, 'transcript');
  const found = parsed.ok ? parsed.machine.functions[0] : undefined;
  if (found === undefined) throw new Error(`lspci output that cannot be read: ${slot.slice(0, 60)}`);
  const { rw, w1c } = emulatedMasks(found);
  return { ...found, rw, w1c };
};

export const address = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new Error(`${text} is not an address`);
  return bdf;
};

/** The emulator's devices keep every register over D3hot and back; where FLR works, it resets them as it should. */
const keepOverPowerStates = ({ fn, resetMethods }: PciDev): void => {
  if (!resetMethods.includes('flr')) fn.reset = (): void => undefined;
};

export interface RecordedHostOptions {
  readonly passthrough?: boolean;
  /** The driver's `hide` parameter. */
  readonly hide?: string;
}

export class RecordedHost {
  readonly host: XenHost;
  readonly members: readonly MachineFunction[];
  /** What loading the driver returned and printed: 0 or a negative errno. */
  readonly loaded: number;
  readonly loadLog: readonly string[];

  constructor(
    readonly functions: readonly FunctionDescription[],
    { passthrough = false, hide = '' }: RecordedHostOptions = {},
  ) {
    this.host = new XenHost({ ...DEFAULT_XEN_HOST, profile: RECORDED_KERNEL, passthrough });
    this.members = addFunctions(this.host, functions, new BusTree(functions));
    for (const { dev } of this.members) keepOverPowerStates(dev);
    const { result, observed } = this.host.observe(() => this.host.driver.load(hide));
    this.loaded = result;
    this.loadLog = observed.log.map(({ text }) => text);
  }

  find(bdf: string): PciDev | undefined {
    const at = parseBdf(bdf);
    return at === undefined ? undefined : this.host.find(at);
  }

  /** Writes the address to the driver's `bind`: 0 or a negative errno. */
  bind(bdf: string): number {
    const dev = this.find(bdf);
    return dev === undefined ? -19 : this.host.driver.stub.probe(dev);
  }

  /** `new_slot` and `bind`, in this order. */
  seize(...bdfs: readonly string[]): void {
    for (const bdf of bdfs) {
      const id = address(bdf);
      this.host.driver.stub.addId({ ...id, slot: id.device, func: id.function });
      const err = this.bind(formatBdf(id));
      if (err !== 0) throw new Error(`seizing ${bdf} failed with ${err}`);
    }
  }
}
