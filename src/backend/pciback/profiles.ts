/**
 * Driver versions as data: each rule that changed between kernels is a flag here, and nothing else in the driver
 * knows a version. The default is the newest. A flag says what the driver of that kernel does.
 */

export interface DriverProfile {
  /** Kernel release, as `uname -r` begins. */
  readonly name: string;
  /** COMMAND: the guest's value written as it is, or cached and masked, with mastering and MWI going both ways (XSA-120). */
  readonly command: 'raw' | 'cached';
  /** A type-0 reset writes COMMAND = 0 (the XSA-120 addendum took that away). */
  readonly resetZeroesCommand: boolean;
  /** Requests are copied before they are looked at (XSA-155). */
  readonly privateOpCopy: boolean;
  /** How many MSI-X vectors are written back: as many as were asked for, or the overwritten value (none). */
  readonly vectorWriteBack: 'requested' | 'overwritten';
  /** Refusals around MSI state, MSI-X with memory off, no handler on an MSI vector (XSA-157). */
  readonly msiSanity: boolean;
  /** Whose memory decoding a VF's MSI-X needs: its own (which is never on) or the PF's. */
  readonly vfMemoryOfPf: boolean;
  /** MSI and MSI-X control words: no field, exclusive with INTx too, or exclusive among MSI and MSI-X. */
  readonly msiFields: 'absent' | 'intx-exclusive' | 'msi-exclusive';
  /** The kernel's MSI-X code counts the entries against the table before it looks for duplicates. */
  readonly msixCountFirst: boolean;
  /** A field is touched when the request begins or ends in it, or whenever they intersect. */
  readonly overlap: 'endpoint' | 'intersection';
  /** BAR size probes: plain sizes on exactly all ones, or as hardware answers. */
  readonly barSizing: 'plain' | 'hardware';
  /** A write is merged with the whole virtual value of the field's range, or with the field's own. */
  readonly mergeWith: 'range' | 'field';
  /** Late EOI; before, an event was acknowledged at once (XSA-332). */
  readonly lateEoi: boolean;
  /** VFs at function 0 sit alone in vpci. */
  readonly vfGrouping: boolean;
  /** The backend's own watch also reconfigures while Initialised. */
  readonly watchReconfigure: boolean;
  /** Configuration is saved when seized, and a reset and restore happen there and when taken back. */
  readonly saveRestore: boolean;
  /** Enabling failures are rate-limited (XSA-43). */
  readonly rateLimited: boolean;
  /** `*` in addresses, and nothing may follow them. */
  readonly wildcards: boolean;
  /** driver_override = pciback seizes without an id. */
  readonly driverOverride: boolean;
  /** allow_interrupt_control exists. */
  readonly interruptControl: boolean;
  /** Devices without a line get no handler and PIRQ 0. */
  readonly lineZeroSkipped: boolean;
  /** Taking back re-locks a device that unbind holds: the driver deadlocks. */
  readonly unbindDeadlock: boolean;
}

const LINUX_6_12: DriverProfile = {
  name: '6.12',
  command: 'cached',
  resetZeroesCommand: false,
  privateOpCopy: true,
  vectorWriteBack: 'requested',
  msiSanity: true,
  vfMemoryOfPf: true,
  msiFields: 'msi-exclusive',
  msixCountFirst: false,
  overlap: 'intersection',
  barSizing: 'hardware',
  mergeWith: 'field',
  lateEoi: true,
  vfGrouping: true,
  watchReconfigure: true,
  saveRestore: true,
  rateLimited: true,
  wildcards: true,
  driverOverride: true,
  interruptControl: true,
  lineZeroSkipped: true,
  unbindDeadlock: false,
};

// From new to old; each says only what its successor changed.
// As its stable updates have it: 6.1.176 was recorded allowing MSI beside INTx, which 6.1.0 still refused.
const LINUX_6_1: DriverProfile = { ...LINUX_6_12, name: '6.1', msixCountFirst: true };
const LINUX_5_10: DriverProfile = {
  ...LINUX_6_1,
  name: '5.10',
  msiFields: 'intx-exclusive',
  vfGrouping: false,
  watchReconfigure: false,
};
const LINUX_5_4: DriverProfile = {
  ...LINUX_5_10,
  name: '5.4',
  msiFields: 'absent',
  interruptControl: false,
  lateEoi: false,
  driverOverride: false,
};
const LINUX_4_4: DriverProfile = {
  ...LINUX_5_4,
  name: '4.4',
  resetZeroesCommand: true,
  vectorWriteBack: 'overwritten',
  vfMemoryOfPf: false,
  overlap: 'endpoint',
  barSizing: 'plain',
  mergeWith: 'range',
};
const LINUX_3_18: DriverProfile = {
  ...LINUX_4_4,
  name: '3.18',
  command: 'raw',
  privateOpCopy: false,
  vectorWriteBack: 'requested',
  msiSanity: false,
  unbindDeadlock: true,
};
const LINUX_3_1: DriverProfile = {
  ...LINUX_3_18,
  name: '3.1',
  saveRestore: false,
  rateLimited: false,
  wildcards: false,
  lineZeroSkipped: false,
  unbindDeadlock: false,
};

/** Oldest first. */
export const PROFILES: readonly DriverProfile[] = [
  LINUX_3_1,
  LINUX_3_18,
  LINUX_4_4,
  LINUX_5_4,
  LINUX_5_10,
  LINUX_6_1,
  LINUX_6_12,
];

export const DEFAULT_PROFILE = LINUX_6_12;

/** The profile of that name; undefined when there is none. */
export const profileNamed = (name: string): DriverProfile | undefined =>
  PROFILES.find((p) => p.name === name);
