import { PvGuest } from '../../../src/backend/assembly/pvGuest';
import type { RequestPage } from '../../../src/backend/guest/requestPage';
import { showAttribute } from '../../../src/backend/pciback/sysfs';
import { hex, readLe, s32, type Width } from '../../../src/backend/spec/uint';
import { OP_ERR, OP_INFO, WORD_OP } from '../../../src/backend/xen/pciif';
import { scanAsGuest } from './guestScan';
import { address, type RecordedHost } from './recordedHost';

/** Requests that a guest's module put into the shared page word by word, with every reply (pv-protocol/*.txt). */

export interface RawRequest {
  /** Of the transcript, counted from 1. */
  readonly line: number;
  readonly request: Readonly<Record<RequestWord, number>>;
  /** `err=… value=… info=…`, then `vec … entry …` of the MSI-X table. */
  readonly reply: string;
  /** What the driver printed, but for debug messages. */
  readonly printed: readonly string[];
  /** Registers and interrupt handlers afterwards, where they were looked at. */
  readonly real: string | undefined;
}

const WORDS = ['cmd', 'dom', 'bus', 'devfn', 'off', 'size', 'val_in', 'info_in'] as const;
type RequestWord = (typeof WORDS)[number];

const REQUEST = /^(cmd=.*) -> reply (.*)$/;
const PRINTED = /^ +dom0: (.*(?:error enabling|Driver tried to write).*)$/;
const REAL = /^ +real: (.*)$/;

const numbersOf = (text: string): RawRequest['request'] => {
  const pairs = new Map(text.split(' ').map((pair) => pair.split('=') as [string, string]));
  return Object.fromEntries(WORDS.map((word) => [word, Number(pairs.get(word))])) as RawRequest['request'];
};

export const parseRawRequests = (text: string): readonly RawRequest[] => {
  const found: {
    line: number;
    request: RawRequest['request'];
    reply: string;
    printed: string[];
    real: string | undefined;
  }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const m = REQUEST.exec(line);
    const last = found.at(-1);
    if (m !== null)
      found.push({
        line: i + 1,
        request: numbersOf(m[1]!),
        reply: m[2]!.trim(),
        printed: [],
        real: undefined,
      });
    else if (last !== undefined) {
      const printed = PRINTED.exec(line)?.[1];
      if (printed !== undefined) last.printed.push(printed);
      last.real = REAL.exec(line)?.[1] ?? last.real;
    }
  }
  return found;
};

const PRESET_ERR = 0x7777;
/** The module looks at no more table entries than these. */
const ENTRIES_SHOWN = 8;
const ENABLE_MSIX = 4;

/** The recorded domain's highest PIRQ; the engine hands them out from another one downwards. */
const RECORDED_PIRQ = 55;
const ENGINE_PIRQ = 951;

const recordedPirq = (vector: number): number =>
  vector > RECORDED_PIRQ && vector <= ENGINE_PIRQ ? vector - ENGINE_PIRQ + RECORDED_PIRQ : vector;

export class RawGuest {
  private readonly ring: RequestPage;

  constructor(
    private readonly recorded: RecordedHost,
    domid: number,
    devices: readonly string[],
  ) {
    const guest = new PvGuest(recorded.host, domid, 'du');
    for (const bdf of devices) {
      const failed = guest.attach(address(bdf));
      if (failed !== undefined) throw new Error(failed);
    }
    this.ring = guest.pcifront!.ring;
    scanAsGuest(recorded, domid, guest.pcifront!);
  }

  private registers(bdf: string, wanted: readonly (readonly [number, Width])[]): string[] {
    const { config } = this.recorded.find(bdf)!.fn;
    return wanted.map(([offset, width]) => hex(readLe(config, offset, width), 2 * width));
  }

  /** Puts the request into the page; reply, messages and, where `look` names registers, what they hold. */
  play(
    { request, line }: RawRequest,
    look:
      | {
          readonly bdf: string;
          readonly registers: readonly (readonly [number, Width])[];
          readonly handlers: boolean;
        }
      | undefined,
  ): RawRequest {
    const { ring } = this;
    const { cmd, dom, bus, devfn, off, size, val_in: value, info_in: info } = request;
    const shown = Math.min(info >>> 0, ENTRIES_SHOWN);
    const entries = Array.from({ length: shown }, (_, i) => i);
    const { observed } = this.recorded.host.observe(() => {
      ring.fill({ cmd, domain: dom, bus, devfn, offset: off, size, value, entries });
      ring.page.words[WORD_OP + OP_ERR] = PRESET_ERR;
      ring.page.words[WORD_OP + OP_INFO] = info;
      ring.channel.deliver();
    });
    const word = (n: number): string => `0x${(n >>> 0).toString(16)}`;
    const replied = ring.err < 0 || cmd < 2 ? ring.value : recordedPirq(ring.value);
    const head = `err=${s32(ring.err)} value=${word(replied)} info=${word(ring.page.words[WORD_OP + OP_INFO]!)}`;
    const table =
      cmd === ENABLE_MSIX
        ? entries.map((i) => ` [${i}]={vec ${recordedPirq(ring.vector(i))},entry ${i}}`)
        : [];
    const handlers = String(showAttribute(this.recorded.host.driver.stub, 'irq_handlers'))
      .trim()
      .replaceAll('\n', ' ');
    const real =
      look === undefined
        ? undefined
        : [...this.registers(look.bdf, look.registers), ...(look.handlers ? [handlers] : [])].join(' / ');
    return {
      line,
      request,
      reply: head + table.join(''),
      printed: observed.log.map(({ text }) => text),
      real,
    };
  }
}
