import { expect } from 'vitest';
import type { RequestPage } from '../../../src/backend/guest/requestPage';
import type { Bdf } from '../../../src/backend/spec/bdf';
import { devfnOf } from '../../../src/backend/spec/bdf';
import { hex } from '../../../src/backend/spec/uint';
import {
  XEN_PCI_OP_disable_msi,
  XEN_PCI_OP_enable_msi,
  XEN_PCI_OP_enable_msix,
} from '../../../src/backend/xen/pciif';
import { GuestLife } from './guestLife';
import { scanAsGuest } from './guestScan';
import { describeSeized, lspciSlots, parseSlot, RecordedHost } from './recordedHost';
import { Shell } from './shell';
import { blocksBetween, itReplays, readCapture, type Block } from './transcript';

/**
 * The guest's own driver on the device, from pv-vpci and pv-passthrough/b01-stages.txt: loaded with MSI-X, unloaded
 * (its kernel then asks to disable MSI and leaves MSI-X on), loaded for MSI, which is refused, and for INTx. The
 * requests are those that the backend's debug messages tell of.
 */

const PASSED = '01:00.0';

const LIVES = [
  { topology: 'vpci', file: 'pv-vpci/b01-stages.txt', domid: 1 },
  { topology: 'passthrough', file: 'pv-passthrough/b01-stages.txt', domid: 2 },
] as const;

/** The recorded domain's highest PIRQ against the engine's. */
const RECORDED_PIRQ = 55;
const ENGINE_PIRQ = 951;

type Operation =
  | { readonly kind: 'write'; readonly size: number; readonly offset: number; readonly value: number }
  | { readonly kind: 'enableMsix'; readonly pirqs: readonly number[] }
  | { readonly kind: 'enableMsiRefused'; readonly errno: number }
  | { readonly kind: 'disableMsi'; readonly pirq: number };

/** Requests that the messages tell of, in order. */
const operationsOf = (lines: readonly string[]): readonly Operation[] => {
  const found: (Operation | { readonly kind: 'enableMsix'; readonly pirqs: number[] })[] = [];
  for (const line of lines) {
    const [, text] = /^ {2}\| .*pciback 0000:01:00\.0: xen[-_]pciback: (.*)$/.exec(line) ?? [];
    if (text === undefined) continue;
    const write = /^write request (\d) bytes at 0x([0-9a-f]+) = ([0-9a-f]+)$/.exec(text);
    const vector = /^MSI-X\[\d+\]: (\d+)$/.exec(text);
    const refused = /^error enabling MSI for guest \d+: err (-\d+)$/.exec(text);
    const disabled = /^MSI: (\d+)$/.exec(text);
    if (write !== null)
      found.push({
        kind: 'write',
        size: Number(write[1]),
        offset: parseInt(write[2]!, 16),
        value: parseInt(write[3]!, 16),
      });
    else if (text === 'enable MSI-X') found.push({ kind: 'enableMsix', pirqs: [] });
    else if (vector !== null) {
      const last = found.at(-1);
      if (last?.kind === 'enableMsix') (last.pirqs as number[]).push(Number(vector[1]));
    } else if (refused !== null) found.push({ kind: 'enableMsiRefused', errno: Number(refused[1]) });
    else if (disabled !== null) found.push({ kind: 'disableMsi', pirq: Number(disabled[1]) });
  }
  return found;
};

const everyByte = (bytes: Uint8Array): readonly string[] =>
  [...bytes].map((byte, i) => `${hex(i, 3)}: ${hex(byte, 2)}`);

/** A block's requests with what they gave, and what was read after them. */
interface Told {
  readonly line: number;
  readonly operations: readonly Operation[];
  readonly bytes: readonly string[];
  readonly handlers: readonly string[];
}

class DrivenGuest {
  readonly recorded: RecordedHost;
  readonly guest: GuestLife;
  readonly at: Bdf;
  private readonly ring: RequestPage;
  private readonly shell: Shell;

  constructor({ file, domid, topology }: (typeof LIVES)[number]) {
    this.recorded = new RecordedHost([describeSeized(lspciSlots(readCapture(file)), PASSED)], {
      passthrough: topology === 'passthrough',
    });
    this.recorded.seize(PASSED);
    this.guest = new GuestLife(this.recorded, domid);
    this.guest.create([PASSED]);
    this.guest.connect();
    scanAsGuest(this.recorded, domid, this.guest.front!);
    this.at = this.guest.slots()[0]!;
    this.ring = this.guest.front!.ring;
    this.shell = new Shell(this.recorded);
  }

  private submit(cmd: number, entries?: readonly number[]): void {
    const { domain, bus } = this.at;
    const value = entries?.length ?? 0;
    this.ring.fill({
      cmd,
      domain,
      bus,
      devfn: devfnOf(this.at),
      value,
      ...(entries !== undefined && { entries }),
    });
    this.ring.channel.deliver();
  }

  /** Makes the request; what came of it, as the messages tell it. */
  private make(operation: Operation): Operation {
    if (operation.kind === 'write') {
      this.guest.front!.configWrite(this.at, operation.offset, operation.size, operation.value);
      return operation;
    }
    if (operation.kind === 'enableMsix') {
      const entries = operation.pirqs.map((_, i) => i);
      this.submit(XEN_PCI_OP_enable_msix, entries);
      return {
        kind: 'enableMsix',
        pirqs: entries.map((i) => this.ring.vector(i) - ENGINE_PIRQ + RECORDED_PIRQ),
      };
    }
    if (operation.kind === 'enableMsiRefused') {
      const { observed } = this.recorded.host.observe(() => this.submit(XEN_PCI_OP_enable_msi));
      const [, errno] =
        /error enabling MSI for guest \d+: err (-\d+)$/.exec(observed.log[0]?.text ?? '') ?? [];
      return { kind: 'enableMsiRefused', errno: Number(errno) };
    }
    this.submit(XEN_PCI_OP_disable_msi);
    return { kind: 'disableMsi', pirq: this.ring.value };
  }

  /** Makes the block's requests; what they gave and, if the command reads something, what is read now. */
  play({ line, console, command, lines }: Block): Told {
    const operations = operationsOf(lines).map((operation) => this.make(operation));
    const slot = lspciSlots(lines.join('\n'))[0];
    const bytes = console === 'du' ? this.guest.image(this.at) : this.recorded.find(PASSED)!.fn.config;
    const length = slot === undefined ? 0 : parseSlot(slot).config.length;
    const handlers = command.includes('irq_handlers') ? this.shell.read('irq_handlers') : [];
    return { line, operations, bytes: everyByte(bytes.slice(0, length)), handlers };
  }
}

const recordedOf = ({ line, command, lines }: Block): Told => {
  const slot = lspciSlots(lines.join('\n'))[0];
  const bytes = slot === undefined ? [] : everyByte(parseSlot(slot).config);
  const handlers = command.includes('irq_handlers') ? lines.filter((l) => /^0000:.*ing:\d+$/.test(l)) : [];
  return { line, operations: operationsOf(lines), bytes, handlers };
};

for (const life of LIVES)
  itReplays(`${life.topology}: the guest's driver gets and leaves behind what it did`, [life.file], () => {
    const driven = new DrivenGuest(life);
    const blocks = blocksBetween(
      readCapture(life.file),
      'guest: modprobe e1000e',
      'guest: rmmod xen-pcifront',
    );
    const recorded = blocks.map(recordedOf);
    expect(recorded.flatMap(({ operations }) => operations).length).toBeGreaterThan(20);
    for (const [i, block] of blocks.entries()) expect(driven.play(block)).toEqual(recorded[i]);
  });
