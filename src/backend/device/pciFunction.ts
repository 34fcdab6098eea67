import type { Bdf } from '../spec/bdf';
import { applyResetImage, hardwareSideEffects, locateEffects, type EffectOffsets } from './sideEffects';
import { existingVfs } from './virtualFunction';

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

/** What a hardware reset leaves: the initial bytes without writable bits, then the patches. As long as `config`. */
export const resetImage = ({
  config,
  rw,
  w1c,
  por,
}: Pick<PciFunctionInit, 'config' | 'rw' | 'w1c' | 'por'>): Uint8Array => {
  const image = config.map((byte, i) => byte & ~((rw[i] ?? 0) | (w1c[i] ?? 0)));
  for (const [offset, bytes] of por ?? []) image.set(bytes, offset);
  return image;
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
  /** See `resetImage`. */
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
  /** Bytes that the hardware decodes now: `configSize`, or none while this is a VF that does not exist. */
  private decoded: number;
  /** VFs by number, when this is a PF. */
  private readonly virtualFunctions = new Map<number, PciFunction>();

  constructor(
    init: PciFunctionInit,
    private readonly bus: Bus,
  ) {
    this.bdf = init.bdf;
    this.configSize = init.configSize;
    this.decoded = init.configSize;
    this.config = padded(init.config);
    this.rw = padded(init.rw);
    this.w1c = padded(init.w1c);
    this.por = resetImage({ ...init, config: padded(init.config) });
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

  /**
   * Bytes as the bus gives them; beyond what the hardware decodes, and from a VF that does not exist, all ones.
   * offset 0..4095, aligned.
   */
  busRead(offset: number, width: number): number {
    if (offset >= this.decoded) return width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff;
    if (width === 1) return this.view.getUint8(offset);
    return width === 2 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  /** Every byte that the function has, as the bus would give it now. */
  image(): Uint8Array {
    return this.decoded === 0
      ? new Uint8Array(this.configSize).fill(0xff)
      : this.config.slice(0, this.configSize);
  }

  /** A write at the bus: masks per byte, then the side effects once. Beyond what the hardware decodes it is dropped. */
  busWrite(offset: number, width: number, value: number): void {
    if (this.bus.onWrite !== null) this.bus.onWrite(this, offset, width, value);
    if (offset >= this.decoded) return;
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
    this.followVfEnable();
  }

  /** Puts a VF under this PF, whose SR-IOV control decides from now on whether it exists; undefined takes it away. */
  setVirtualFunction(number: number, vf: PciFunction | undefined): void {
    if (vf === undefined) this.virtualFunctions.delete(number);
    else this.virtualFunctions.set(number, vf);
    this.followVfEnable();
  }

  /** VFs begin to exist, in their reset state, or cease to, as VF Enable and NumVFs say. */
  followVfEnable(): void {
    if (this.virtualFunctions.size === 0) return;
    const count = existingVfs(this);
    for (const [number, vf] of this.virtualFunctions) {
      const exists = number < count;
      if (exists === vf.decoded > 0) continue;
      vf.decoded = exists ? vf.configSize : 0;
      if (exists) vf.reset();
    }
  }
}
