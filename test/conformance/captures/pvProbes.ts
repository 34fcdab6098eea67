import { PvGuest } from '../../../src/backend/assembly/pvGuest';
import type { PciDev } from '../../../src/backend/host/pciDev';
import { bdfOf } from '../../../src/backend/spec/bdf';
import { and, hex, shl, shr, u32, widthMask, type Width } from '../../../src/backend/spec/uint';
import { scanAsGuest } from './guestScan';
import { address, type RecordedHost } from './recordedHost';

/** Numbered writes of a PV guest with what the host and the guest read before and after (pv-probes/*.tsv). */

export interface Probe {
  readonly n: number;
  readonly label: string;
  readonly offset: number;
  readonly size: Width;
  readonly value: number;
  /** Columns as they were recorded, in hexadecimal. */
  readonly seen: ProbeSeen;
}

export interface ProbeSeen {
  readonly realBefore: string;
  readonly guestBefore: string;
  readonly guestAfter: string;
  readonly realAfter: string;
  /** Other bytes of the hardware that the write changed, as `0c:00>10`; `-` when there are none. */
  readonly others: string;
}

export const parseProbes = (tsv: string): readonly Probe[] =>
  tsv
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [n, label, offset, size, value, realBefore, guestBefore, , guestAfter, realAfter, others] =
        line.split('\t');
      return {
        n: Number(n),
        label: label!,
        offset: Number(offset),
        size: Number(size) as Width,
        value: parseInt(value!, 16),
        seen: {
          realBefore: realBefore!,
          guestBefore: guestBefore!,
          guestAfter: guestAfter!,
          realAfter: realAfter!,
          others: others!,
        },
      };
    });

/** Calls of config_read and config_write in the backend during each probe: `r OFFSET SIZE = RESULT`, `w OFFSET SIZE VALUE = RESULT`. */
export const parseCalls = (text: string): readonly (readonly string[])[] =>
  text
    .split(/^PROBE .*$/m)
    .slice(1)
    .map((probe) => {
      const numbers = [...probe.matchAll(/ off=(\d+) size=(\d+)(?: val=(0x[0-9a-f]+))?$|\) ret=(-?\d+)$/gm)];
      const calls: string[] = [];
      for (const [, offset, size, value, result] of numbers) {
        if (result !== undefined) calls.push(`${calls.pop() ?? ''} = ${result}`);
        else calls.push(value === undefined ? `r ${offset} ${size}` : `w ${offset} ${size} ${value}`);
      }
      return calls;
    });

/** The accesses that Linux makes of a read or write of /sys/.../config: aligned parts, small ones first. */
const parts = (offset: number, size: Width): readonly (readonly [number, Width])[] => {
  const found: (readonly [number, Width])[] = [];
  let at = offset;
  let left: number = size;
  const take = (width: Width): void => {
    found.push([at, width]);
    at += width;
    left -= width;
  };
  if (at & 1 && left > 0) take(1);
  if (at & 3 && left > 2) take(2);
  while (left > 3) take(4);
  if (left >= 2) take(2);
  if (left > 0) take(1);
  return found;
};

const PROBED = '0000:01:00.0';
const AT = bdfOf(0, 0, 0);

export class ProbedGuest {
  /** Requests of the last probe and their results, as `parseCalls` gives them. */
  readonly calls: string[] = [];
  private readonly dev: PciDev;
  private readonly guest: PvGuest;

  constructor(recorded: RecordedHost) {
    this.dev = recorded.find(PROBED)!;
    this.guest = new PvGuest(recorded.host, 3, 'du');
    const failed = this.guest.attach(address(PROBED));
    if (failed !== undefined) throw new Error(failed);
    scanAsGuest(recorded, this.guest.domid, this.guest.pcifront!);
  }

  private read(offset: number, size: Width): number {
    let value = 0;
    for (const [at, width] of parts(offset, size)) {
      const read = this.guest.pcifront!.configRead(AT, at, width);
      this.calls.push(`r ${at} ${width} = ${read.err}`);
      const part = read.err === 0 ? and(read.value, widthMask(width)) : widthMask(width);
      value = u32(value | shl(part, 8 * (at - offset)));
    }
    return value;
  }

  private write(offset: number, size: Width, value: number): void {
    for (const [at, width] of parts(offset, size)) {
      const part = and(shr(value, 8 * (at - offset)), widthMask(width));
      const { err } = this.guest.pcifront!.configWrite(AT, at, width, part);
      this.calls.push(`w ${at} ${width} 0x${part.toString(16)} = ${err}`);
    }
  }

  private real(offset: number, size: Width): string {
    let value = 0;
    for (let i = 0; i < size; i++) value = u32(value | shl(this.dev.fn.config[offset + i]!, 8 * i));
    return hex(value, 2 * size);
  }

  /** Makes the probe's write: what the host and the guest saw. */
  play({ offset, size, value }: Probe): ProbeSeen {
    this.calls.length = 0;
    const before = this.dev.fn.config.slice();
    const realBefore = this.real(offset, size);
    const guestBefore = hex(this.read(offset, size), 2 * size);
    this.write(offset, size, value);
    const guestAfter = hex(this.read(offset, size), 2 * size);
    const realAfter = this.real(offset, size);
    const others = [...this.dev.fn.config.entries()]
      .filter(([at, byte]) => byte !== before[at] && (at < offset || at >= offset + size))
      .map(([at, byte]) => `${hex(at, 2)}:${hex(before[at]!, 2)}>${hex(byte, 2)}`);
    return {
      realBefore,
      guestBefore,
      guestAfter,
      realAfter,
      others: others.length === 0 ? '-' : others.join(' '),
    };
  }
}
