/**
 * What a layer tells of an access while it decides: each decision is told at the place where it is made, so that
 * the telling cannot differ from the doing. The same code serves a fast access (no sink, nothing allocated) and an
 * explained one.
 */

/** Where a decision is made, from guest to device. */
export type Layer = 'pcifront' | 'pciback' | 'device';

/** What became of bits that the guest wrote. */
export type WriteCode =
  /** The request itself is refused. */
  | 'request-invalid'
  | 'no-such-device'
  /** No field overlaps the request. */
  | 'no-field'
  | 'no-field-permissive'
  /** A field overlaps the request, but not these bits of it. */
  | 'outside-field'
  | 'field-missed'
  | 'field-not-reached'
  | 'no-write-handler'
  | 'field-raw'
  | 'field-quirk'
  | 'bus-failed'
  /** COMMAND. */
  | 'command-enabled'
  | 'command-disabled'
  | 'command-enable-kept'
  | 'command-enable-failed'
  | 'command-master'
  | 'command-mwi'
  | 'command-mwi-failed'
  | 'command-kernel-same'
  | 'command-copy-same'
  | 'command-device-same'
  | 'command-intx'
  | 'command-intx-refused'
  | 'command-intx-shadowed'
  | 'command-shadowed'
  | 'command-permissive'
  | 'command-hardware-only'
  | 'command-not-reached'
  | 'command-raw'
  /** Base addresses and the ROM. */
  | 'bar-probe'
  | 'bar-restored'
  | 'bar-restore-failed'
  | 'bar-same'
  | 'bar-ignored'
  /** BIST. */
  | 'bist-written'
  | 'bist-ignored'
  /** Capabilities. */
  | 'vpd-write-denied'
  | 'pm-written'
  | 'pm-same'
  | 'pm-masked'
  | 'pm-state'
  | 'pm-state-refused'
  | 'interrupt-same'
  | 'interrupt-permissive'
  | 'interrupt-written'
  | 'interrupt-control-denied'
  | 'interrupt-bits-denied'
  | 'interrupt-intx-denied'
  | 'interrupt-type-denied';

/** Where bits that the guest read came from. */
export type ReadCode =
  | 'read-hardware'
  | 'read-field-missed'
  | 'read-field-hardware'
  | 'read-kernel-id'
  | 'read-kernel-irq'
  | 'read-command-shadow'
  | 'read-command-resources'
  | 'read-bar-frozen'
  | 'read-bar-size'
  | 'read-bar-plain-size'
  | 'read-pme-hidden'
  | 'read-ones'
  | 'read-failed';

/** What the device did with a write that reached it. */
export type DeviceCode =
  | 'device-read-only'
  | 'device-started'
  | 'device-cleared'
  | 'device-already-clear'
  | 'device-not-cleared'
  | 'device-changed';

export type DecisionCode = WriteCode | ReadCode | DeviceCode;

export interface Decision {
  readonly layer: Layer;
  readonly code: DecisionCode;
  /** Offset of the field (or request) that the decision is about, in configuration space. */
  readonly offset: number;
  /** Its bits that the decision is about, counted from `offset`. */
  readonly mask: number;
  /** The value that was read, written or refused there, in the same bits. */
  readonly value: number;
  /** Result of the step: 0, a PCIBIOS code or a negative errno. */
  readonly result: number;
}

export interface DecisionSink {
  decided(decision: Decision): void;
}
