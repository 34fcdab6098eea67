/** Golden-trace files: configuration-space scenarios as JSON lines. */

export interface DeviceLine {
  readonly bdf: string;
  readonly cfg: string;
  readonly rw: string;
  readonly w1c: string;
  readonly cfg_size: number;
  readonly por?: readonly (readonly [number, string])[];
  readonly irq: number;
  readonly resources: readonly (readonly [number, string, string, string])[];
  readonly unclaimed?: readonly number[];
  readonly is_virtfn?: number;
  readonly physfn?: number;
  readonly vendor?: number;
  readonly device?: number;
  readonly export?: number;
  readonly permissive?: number;
  readonly aic?: number;
  readonly quirks?: readonly (readonly [number, number, number])[];
  readonly vpd?: string;
  readonly devflags?: Readonly<Record<string, number>>;
  readonly fail?: readonly (readonly [number, number, number, number])[];
}

export interface Options {
  readonly permissive_all?: number;
  readonly passthrough?: number;
  readonly cache_line?: number;
  readonly max_latency?: number;
  readonly max_vectors?: number;
  readonly aer_handler?: number;
}

export type Out = Readonly<Record<string, unknown>>;

/** One operation; fields depend on `op`. */
export interface In {
  readonly op: string;
  readonly d?: number;
  readonly a?: readonly [number, number, number];
  readonly o?: number;
  readonly s?: number;
  readonly v?: number;
  readonly n?: number;
  readonly e?: readonly number[];
  readonly cmd?: number;
  readonly ops?: readonly In[];
  readonly shared?: number;
  readonly attr?: string;
  readonly buf?: string;
  readonly b?: string;
  readonly rd?: number;
  readonly wr?: number;
  readonly bar?: number;
  readonly ev?: string;
  readonly state?: number;
  readonly resp?: number | null;
}

export interface Scenario {
  readonly id: string;
  readonly family: string;
  readonly opts: Options;
  readonly devices: readonly DeviceLine[];
  readonly seize: Out;
  readonly setup: Out;
  readonly attach: Out;
  readonly ops: readonly (readonly [In, Out])[];
  readonly final: readonly Out[];
}

export const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length >> 1 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));

/** Bytes as hex with trailing zero bytes cut off. */
export const bytesHex = (bytes: Uint8Array): string => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return Array.from(bytes.subarray(0, end), (b) => b.toString(16).padStart(2, '0')).join('');
};
