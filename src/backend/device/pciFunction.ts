import type { Bdf } from '../spec/bdf';
import { applyResetImage, hardwareSideEffects, locateEffects, type EffectOffsets } from './sideEffects';

/** Configuration space of one simulated function, as the bus reaches it: bytes, write masks, reset image. */

/** Bytes that PCI Express decodes per function. */
export const CONFIG_SPACE_BYTES = 4096;

/** A range whose accesses the bus fails with a code (0 = works), for studying error paths. */
export interface FailingRange {
  readonly offset: number;
  readonly length: number;
  readonly readCode: number;
  readonly writeCode: number;
}

export interface PciFunctionInit {
  readonly bdf: Bdf;
  /** Up to 4096 bytes; the rest is zero. */
  readonly config: Uint8Array;
  readonly rw: Uint8Array;
  readonly w1c: Uint8Array;
  /** What the hardware decodes: 256 or 4096. */
  readonly configSize: number;
  /** Patches on the power-on-reset image. */
  readonly por?: readonly (readonly [number, Uint8Array])[];
  readonly vpd?: Uint8Array;
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(CONFIG_SPACE_BYTES);
  out.set(bytes.subarray(0, CONFIG_SPACE_BYTES));
  return out;
};

/** The bus that functions sit on: who is told of every write that reached an accessor, before it takes effect. */
export interface Bus {
  onWrite: ((fn: PciFunction, offset: number, width: number, value: number) => void) | null;
}

export class PciFunction {
  readonly bdf: Bdf;
  readonly configSize: number;
  readonly config: Uint8Array;
  readonly rw: Uint8Array;
  readonly w1c: Uint8Array;
  /** Power-on-reset image: initial bytes without writable bits, then patches. */
  readonly por: Uint8Array;
  readonly vpd: Uint8Array;
  /** Little-endian view of `config`, for the access path. */
  readonly view: DataView;
  readonly effects: EffectOffsets;
  /** Hardware resets that happened. */
  resets = 0;
  private failing: FailingRange[] = [];
  private gone = false;
  /** True when nothing special stands between the accessor and the bytes (not gone, no failing ranges). */
  plain = true;

  constructor(
    init: PciFunctionInit,
    private readonly bus: Bus,
  ) {
    this.bdf = init.bdf;
    this.configSize = init.configSize;
    this.config = padded(init.config);
    this.rw = padded(init.rw);
    this.w1c = padded(init.w1c);
    this.por = padded(init.config).map((byte, i) => byte & ~((this.rw[i] ?? 0) | (this.w1c[i] ?? 0)));
    for (const [offset, bytes] of init.por ?? []) this.por.set(bytes, offset);
    this.vpd = Uint8Array.from(init.vpd ?? []);
    this.view = new DataView(this.config.buffer);
    this.effects = locateEffects(this.config);
  }

  /** Surprise removal: the kernel marks the channel as failed and no access reaches the bus. */
  get isGone(): boolean {
    return this.gone;
  }
  setGone(gone: boolean): void {
    this.gone = gone;
    this.plain = !gone && this.failing.length === 0;
  }

  addFailingRange(range: FailingRange): void {
    this.failing.push(range);
    this.plain = false;
  }
  clearFailingRanges(): void {
    this.failing = [];
    this.plain = !this.gone;
  }
  /** Code of the first range that the access touches and that has a non-zero code; 0 when the bus works. */
  failureOf(offset: number, width: number, write: boolean): number {
    for (const r of this.failing) {
      const code = write ? r.writeCode : r.readCode;
      if (code !== 0 && offset < r.offset + r.length && offset + width > r.offset) return code;
    }
    return 0;
  }

  /** Bytes as the bus gives them; beyond what the hardware decodes all ones. offset 0..4095, aligned. */
  busRead(offset: number, width: number): number {
    if (offset >= this.configSize) return width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff;
    if (width === 1) return this.view.getUint8(offset);
    return width === 2 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  /** A write at the bus: masks per byte, then the side effects once. Beyond what the hardware decodes it is dropped. */
  busWrite(offset: number, width: number, value: number): void {
    if (this.bus.onWrite !== null) this.bus.onWrite(this, offset, width, value);
    if (offset >= this.configSize) return;
    const { config, rw, w1c, effects } = this;
    const oldPmcsr = effects.pm === 0 ? 0 : config[effects.pm + 4]!;
    for (let i = 0; i < width; i++) {
      const at = offset + i;
      const byte = (value >>> (8 * i)) & 0xff;
      const mask = rw[at]!;
      config[at] = ((config[at]! & ~mask) | (byte & mask)) & ~(byte & w1c[at]!);
    }
    if (effects.any) hardwareSideEffects(this, offset, width, value, oldPmcsr);
  }

  /** The hardware changes its own registers; masks do not apply. */
  poke(offset: number, bytes: Uint8Array): void {
    this.config.set(bytes.subarray(0, Math.max(0, CONFIG_SPACE_BYTES - offset)), offset);
  }

  /** Function-level reset: the power-on-reset image; the VPD store is kept. */
  reset(): void {
    applyResetImage(this);
    this.resets++;
  }
}
