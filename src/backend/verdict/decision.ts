/**
 * The vocabulary of decisions. A driver tells an optional sink what it did with an access, step by step; the same
 * code serves a fast access (no sink, nothing allocated) and an explained one.
 */

/** Why a step came out as it did. Texts and remedies belong to the telling, not to the driver. */
export type DecisionCode =
  /** pciback: size not 1, 2, 4 or offset not aligned to it. */
  | 'request-invalid'
  /** pciback: the byte is raw; no field covers it. */
  | 'read-raw'
  /** pciback: a field overlaid the real value. */
  | 'read-field'
  /** pciback: a field took its part of the write. */
  | 'write-field'
  /** pciback: the field has no write handler; its part is ignored. */
  | 'write-ignored'
  /** pciback: no field covers the request and the device is permissive: written raw. */
  | 'write-permissive'
  /** pciback: no field covers the request; dropped, and the guest is told success. */
  | 'write-dropped';

export interface Decision {
  readonly layer: 'pciback';
  readonly code: DecisionCode;
  /** Offset and width of the field or request the step is about. */
  readonly offset: number;
  readonly width: number;
  /** Value read, or the field value handed to its write handler. */
  readonly value: number;
  /** Result of the step: 0, PCIBIOS code or negative errno. */
  readonly result: number;
}

export interface DecisionSink {
  decided(decision: Decision): void;
}
