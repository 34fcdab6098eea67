import { expect } from 'vitest';
import type { FunctionDescription } from '../../../src/backend/description';
import { CapId } from '../../../src/backend/spec/capabilityIds';
import { layoutOf } from '../../../src/backend/spec/layout';
import { hex, type Width } from '../../../src/backend/spec/uint';
import { lspciSlots, parseSlot, RecordedHost } from './recordedHost';
import { Shell } from './shell';
import { itReplays, readCapture } from './transcript';

/** dom0/a04-seize-every-kind.txt: what seizing writes to each kind of device, what it leaves, what `quirks` shows. */

const SEIZING = 'dom0/a04-seize-every-kind.txt';

interface Seized {
  readonly bdf: string;
  /** The function before seizing; where a driver had it, as that driver left it. */
  readonly before: FunctionDescription;
  readonly after: FunctionDescription;
  /** Offset and value of each write that reached the device. */
  readonly writes: readonly Write[];
  /** What `irq_handlers` and `quirks` read. */
  readonly attributes: readonly string[];
}
type Write = readonly [offset: number, value: number];

const parseSeized = (section: string): Seized => {
  const bdf = section.slice(0, section.indexOf(': '));
  const [first, second] = lspciSlots(section).filter((slot) => slot.startsWith(`${bdf} `));
  const after = parseSlot(second!);
  const bound = first!.includes('Kernel driver in use');
  const writes = [...section.matchAll(/^ {2}q pci_cfg_write \S+ (\S+) @(\S+) <- (\S+)$/gm)]
    .filter(([, at]) => at === bdf)
    .map(([, , offset, value]) => [Number(offset), Number(value)] as const);
  const shown = /pt sr \$P\/quirks \| tail -60\n\S+\/pciback\n([^]*?)\ndom0# /.exec(section)?.[1] ?? '';
  return { bdf, before: bound ? after : parseSlot(first!), after, writes, attributes: shown.split('\n') };
};

const seizedDevices = (text: string): readonly Seized[] =>
  text.split('######## device ').slice(1).map(parseSeized);

/** Registers of a capability that something else than the modelled driver and PCI core writes while seizing. */
interface Unmodelled {
  readonly id: number;
  /** From the start of the capability; the registers that are written and restored. */
  readonly registers: readonly (readonly [number, Width])[];
  readonly reason: string;
}

const UNMODELLED: readonly Unmodelled[] = [
  {
    id: CapId.MSIX,
    registers: [[2, 2]],
    reason:
      "the hypervisor masks the table while it prepares MSI-X, and puts the control word back; the engine's does not touch the device",
  },
];

/** Single writes that Linux 6.1 makes and newer kernels, whose PCI core the engine has, do not. */
const OLDER: Readonly<Record<string, { readonly writes: readonly Write[]; readonly reason: string }>> = {
  '00:04.0': {
    writes: [[0xd0, 0]],
    reason: 'Link Control 2 of a function without a link (root complex endpoint)',
  },
};

/** Offsets that `UNMODELLED` names in this function. */
const unmodelledBytes = ({ config, known }: FunctionDescription): ReadonlySet<number> => {
  const bytes = new Set<number>();
  for (const { kind, id, offset } of layoutOf(config, known))
    for (const { id: wanted, registers } of UNMODELLED)
      if (kind === 'capability' && id === wanted)
        for (const [at, width] of registers) for (let i = 0; i < width; i++) bytes.add(offset + at + i);
  return bytes;
};

const without = (writes: readonly Write[], leftOut: readonly Write[]): readonly Write[] =>
  writes.filter(([offset, value]) => !leftOut.some(([o, v]) => o === offset && v === value));

const recordOf = (
  text: string,
  bdf: string,
): { device: Seized; recorded: RecordedHost; writes: readonly Write[] } => {
  const device = seizedDevices(text).find((s) => s.bdf === bdf);
  if (device === undefined) throw new Error(`the transcript does not seize ${bdf}`);
  const recorded = new RecordedHost([device.before]);
  const { observed } = recorded.host.observe(() => recorded.seize(bdf));
  return { device, recorded, writes: observed.writes.map(({ offset, value }) => [offset, value]) };
};

const KINDS: readonly (readonly [bdf: string, kind: string])[] = [
  ['00:02.0', 'a conventional network card without capabilities'],
  ['00:03.0', 'a network card whose capability pointer leads to zeros'],
  ['00:04.0', 'a root complex endpoint with MSI-X'],
  ['00:05.0', 'a USB function of several'],
  ['00:05.7', 'function 7 of the same'],
  ['00:06.0', 'an audio device with MSI'],
  ['00:07.0', 'an unclassified device'],
  ['00:00.0', 'the host bridge'],
  ['00:1f.0', 'the ISA bridge'],
  ['00:1f.2', 'a SATA controller that masters the bus'],
  ['00:1f.3', 'the SMBus controller'],
  ['00:08.0', 'a root port'],
  ['02:00.0', 'an NVMe drive with FLR'],
  ['03:00.0', 'an SR-IOV physical function with FLR'],
  ['04:00.0', 'a virtio card with FLR'],
  ['05:00.0', 'a PCI Express network card with a PM reset'],
  ['05:00.1', 'function 1 of the same'],
  ['06:00.0', 'a PCI Express to PCI bridge'],
  ['07:01.0', 'a network card behind that bridge'],
  ['07:02.0', 'a SCSI controller that masters the bus'],
  ['07:03.0', 'a network card with MSI-X behind that bridge'],
];

itReplays('every device of the transcript is replayed', [SEIZING], () => {
  const seized = seizedDevices(readCapture(SEIZING)).map(({ bdf }) => bdf);
  expect(KINDS.map(([bdf]) => bdf)).toEqual(seized);
});

for (const [bdf, kind] of KINDS) {
  itReplays(`seizing ${kind} (${bdf}) writes what it wrote, in that order`, [SEIZING], () => {
    const { device, writes } = recordOf(readCapture(SEIZING), bdf);
    const unmodelled = unmodelledBytes(device.before);
    const wanted = without(device.writes, OLDER[bdf]?.writes ?? []).filter(
      ([offset]) => !unmodelled.has(offset),
    );
    expect(writes).toEqual(wanted);
  });

  itReplays(`seizing ${kind} (${bdf}) leaves the recorded bytes and attributes`, [SEIZING], () => {
    const { device, recorded } = recordOf(readCapture(SEIZING), bdf);
    const { config } = recorded.members[0]!.dev.fn;
    const unmodelled = unmodelledBytes(device.before);
    const left = (bytes: Uint8Array): readonly string[] =>
      [...device.after.config.keys()]
        .filter((at) => !unmodelled.has(at))
        .map((at) => `${hex(at, 3)}: ${hex(bytes[at]!, 2)}`);
    expect(left(config)).toEqual(left(device.after.config));
    const shown = new Shell(recorded).run('pt sr $P/irq_handlers; pt sr $P/quirks | tail -60');
    expect(shown).toEqual(device.attributes);
  });
}
