import type { DecisionCode } from './decision';

/**
 * The one table of what can become of a bit: its fate, the rule in words, and the kernel function that holds the
 * rule. Drivers name codes; whoever shows a verdict takes its words from here.
 */

/**
 * written: reached the device as asked. acted: a kernel function did it. cleared: a written 1 cleared the bit, as it
 * should. shadowed: the driver keeps it and gives it back, and does not bring it to the device. emulated: the driver
 * itself answers. same: nothing to do. masked: the driver took the bit out of a write that it made. ignored: there is
 * a field, it takes no writes. dropped: nobody took it. kept: it reached the device, which kept its own. refused: the
 * driver would not or could not; the guest is told an error, unless a later field of the request succeeds.
 */
export type Fate =
  | 'written'
  | 'acted'
  | 'cleared'
  | 'shadowed'
  | 'emulated'
  | 'same'
  | 'masked'
  | 'ignored'
  | 'dropped'
  | 'kept'
  | 'refused'
  | 'read';

export interface Rule {
  readonly fate: Fate;
  /** The rule in words, one or two sentences. */
  readonly text: string;
  /** File and function of the kernel that hold it; undefined for the device's own doing. */
  readonly where?: string;
}

const CORE = 'conf_space.c: xen_pcibk_config_write';
const READ_CORE = 'conf_space.c: xen_pcibk_config_read';
const COMMAND = 'conf_space_header.c: command_write';
const BAR = 'conf_space_header.c: bar_write, rom_write';
const PM = 'conf_space_capability.c: pm_ctrl_write';
const FLAGS = 'conf_space_capability.c: msi_msix_flags_write';

const rule = (fate: Fate, text: string, where?: string): Rule =>
  where === undefined ? { fate, text } : { fate, text, where };

export const RULES: Readonly<Record<DecisionCode, Rule>> = {
  'request-invalid': rule(
    'refused',
    'pciback takes accesses of 1, 2 or 4 bytes at an offset that is a multiple of their size, and no others.',
    'conf_space.c: valid_request',
  ),
  'no-such-device': rule(
    'refused',
    'The guest has no device at this address.',
    'pciback_ops.c: xen_pcibk_do_one_op (xen_pcibk_do_op before 5.10)',
  ),
  'no-field': rule(
    'dropped',
    'pciback finds no field that this request touches, and the device is not permissive: the whole request is dropped and the guest is told success. The kernel warns of the first such write to a device, and of no other.',
    CORE,
  ),
  'no-field-permissive': rule(
    'written',
    'pciback finds no field that this request touches, and the device (or the whole driver) is permissive: it is written to the device as it is.',
    CORE,
  ),
  'outside-field': rule(
    'dropped',
    'A field covers other bytes of this request, so pciback counts the whole request as handled. These bytes are in no field and are dropped, permissive or not.',
    CORE,
  ),
  'field-missed': rule(
    'dropped',
    'pciback has a field here, but the driver of this kernel looks only whether a request begins or ends in a field. This request covers it with bytes on both sides, so these bits are dropped.',
    CORE,
  ),
  'field-not-reached': rule(
    'refused',
    'Reading an earlier field of the request failed, and pciback gave up before it came to this one.',
    CORE,
  ),
  'no-write-handler': rule(
    'ignored',
    'pciback has a field here that can only be read. It counts as handled, so that permissive does not help.',
    CORE,
  ),
  'field-raw': rule(
    'written',
    'pciback lets this field through to the device as it is.',
    'conf_space.c: xen_pcibk_write_config_byte, _word, _dword',
  ),
  'field-quirk': rule(
    'written',
    'A quirk opens this field: it is written to the device as it is, whatever the mask of the quirk says. Bytes of the field that the request leaves out are written back as they read.',
    'conf_space_quirks.c: xen_pcibk_config_quirks_add_field',
  ),
  'bus-failed': rule(
    'refused',
    'An access to the real device failed, and pciback gave this up.',
    'conf_space.c: xen_pcibk_config_write, and the field that it calls',
  ),

  'command-enabled': rule(
    'acted',
    'Setting I/O or memory decoding makes pciback call pci_enable_device, which brings the device to D0 and switches on the decoding that its regions need. The two bits are not written on their own. With a pin, and MSI and MSI-X off, the kernel clears INTx disable on the way.',
    COMMAND,
  ),
  'command-disabled': rule(
    'acted',
    'Clearing both I/O and memory decoding makes pciback call pci_disable_device. That leaves decoding as it is and takes bus mastering away.',
    COMMAND,
  ),
  'command-enable-kept': rule(
    'shadowed',
    'pciback only looks at whether I/O or memory decoding is wanted at all, and the device is enabled or disabled already. The bits themselves go into its copy of COMMAND.',
    COMMAND,
  ),
  'command-enable-failed': rule(
    'refused',
    "pci_enable_device failed (the host's log says why, often a region that nobody could assign), and pciback hands on its error.",
    COMMAND,
  ),
  'command-master': rule(
    'acted',
    'Bus mastering is switched by pci_set_master and pci_clear_master.',
    COMMAND,
  ),
  'command-mwi': rule(
    'acted',
    'Memory write and invalidate is switched by pci_set_mwi and pci_clear_mwi.',
    COMMAND,
  ),
  'command-mwi-failed': rule(
    'masked',
    'pci_set_mwi failed (the cache line size could not be set), so pciback warns, takes the bit out and goes on.',
    COMMAND,
  ),
  'command-kernel-same': rule(
    'same',
    'The host kernel takes bus mastering to be so already (its own flag, not the register), and pciback does nothing.',
    COMMAND,
  ),
  'command-copy-same': rule(
    'same',
    "pciback's copy of COMMAND has this bit so already, and pciback does nothing, whatever the device holds.",
    COMMAND,
  ),
  'command-device-same': rule('same', 'The device holds it so already; pciback does nothing.', COMMAND),
  'command-intx': rule('acted', 'With allow_interrupt_control pciback switches INTx by pci_intx.', COMMAND),
  'command-intx-refused': rule(
    'refused',
    'The driver of this kernel does not switch INTx on while MSI or MSI-X is on, and refuses the rest of COMMAND with it (Linux 6.7 lifted that).',
    COMMAND,
  ),
  'command-intx-shadowed': rule(
    'shadowed',
    "Without allow_interrupt_control (Linux 5.6 and later), INTx disable only goes into pciback's copy of COMMAND.",
    COMMAND,
  ),
  'command-shadowed': rule(
    'shadowed',
    'pciback keeps this bit in its copy of COMMAND and gives it back to the guest. It does not go to the device, permissive or not; the host can set it there (setpci).',
    COMMAND,
  ),
  'command-permissive': rule(
    'written',
    'The device (or the whole driver) is permissive, so pciback writes the bits of COMMAND that a guest may have.',
    COMMAND,
  ),
  'command-hardware-only': rule(
    'dropped',
    'pciback reads this bit from the device and writes it there only when the device is permissive.',
    COMMAND,
  ),
  'command-not-reached': rule(
    'refused',
    'Another bit of COMMAND failed, and pciback returned before it came to this one.',
    COMMAND,
  ),
  'command-raw': rule(
    'written',
    'The driver of this kernel writes COMMAND to the device as the guest gives it (before XSA-120).',
    COMMAND,
  ),

  'bar-probe': rule(
    'emulated',
    'A size probe: until the next write here, pciback answers reads with the size. The device is not touched.',
    BAR,
  ),
  'bar-restored': rule(
    'written',
    'The guest writes back what pciback shows it here, and the device holds something else: pciback writes it to the device, so that a lost address can be restored.',
    BAR,
  ),
  'bar-restore-failed': rule(
    'dropped',
    'The guest writes back what pciback shows it here, and the device does not answer with that. pciback tried to write it; the write failed, and pciback does not tell.',
    BAR,
  ),
  'bar-same': rule(
    'emulated',
    'What pciback shows the guest and what the device holds. Only a size probe ends, the device is not touched.',
    BAR,
  ),
  'bar-ignored': rule(
    'ignored',
    'A guest cannot move a base address or switch the ROM on. Only a size probe does something (the whole register in one write), and writing back what pciback shows, when the device has lost it. Any other write ends a size probe.',
    BAR,
  ),

  'bist-written': rule(
    'written',
    'Nothing but the start bit differs from what the device reads, or the value is just the start bit (40): pciback lets the write through.',
    'conf_space_header.c: bist_write',
  ),
  'bist-ignored': rule(
    'ignored',
    'pciback lets a write to BIST through only when nothing but the start bit differs from what the device reads, or when the value is just the start bit (40).',
    'conf_space_header.c: bist_write',
  ),

  'vpd-write-denied': rule(
    'refused',
    "With the flag bit the VPD address asks for a write to VPD, which pciback does not allow, permissive or not; the host can (the device's vpd file in sysfs). A write of one byte is merged with the other, where the device sets the flag when a read is done.",
    'conf_space_capability.c: vpd_address_write',
  ),
  'pm-written': rule('written', 'PME status and the data select may be written by the guest.', PM),
  'pm-same': rule(
    'same',
    'Of the bits that a guest may write none differs from what the device reads, so pciback does not write. A 1 that was to clear PME status is lost that way, unless the data select changes with it.',
    PM,
  ),
  'pm-masked': rule(
    'masked',
    'pciback does not let this bit through: in this register a guest may write PME status and the data select, and ask for a power state.',
    PM,
  ),
  'pm-state': rule(
    'acted',
    'The power state is left to pci_set_power_state, which did not fail. It does nothing where the kernel takes the device to be in that state already.',
    PM,
  ),
  'pm-state-refused': rule(
    'refused',
    'pci_set_power_state would not enter this power state: the device does not have it (D1, D2), is in a deeper one (from there only D0 is a way out), or does not answer.',
    PM,
  ),
  'interrupt-same': rule('same', 'The control word already has this value; pciback does nothing.', FLAGS),
  'interrupt-permissive': rule(
    'written',
    'The device (or the whole driver) is permissive: the control word is written as it is, whatever other interrupt type is on.',
    FLAGS,
  ),
  'interrupt-written': rule(
    'written',
    'allow_interrupt_control lets the guest change the enable bit of this control word (and mask-all of MSI-X).',
    FLAGS,
  ),
  'interrupt-control-denied': rule(
    'refused',
    'A guest may not change this control word itself: a PV guest asks with XEN_PCI_OP_enable_msi or XEN_PCI_OP_enable_msix. pciback allows it only with allow_interrupt_control, which is for the device model of an HVM guest, or when permissive.',
    FLAGS,
  ),
  'interrupt-bits-denied': rule(
    'refused',
    'allow_interrupt_control allows only the enable bit (and mask-all of MSI-X) to change. Another bit differs, so the whole write is refused.',
    FLAGS,
  ),
  'interrupt-type-denied': rule(
    'refused',
    'Another message interrupt type is on, and pciback allows one at a time.',
    FLAGS,
  ),
  'interrupt-intx-denied': rule(
    'refused',
    'INTx is not disabled, and the driver of this kernel switches MSI or MSI-X on only when it is (Linux 6.7 lifted that).',
    FLAGS,
  ),

  'device-read-only': rule('kept', 'The write reached the device, whose bit cannot be written.'),
  'device-cleared': rule('cleared', 'Writing 1 clears this bit, and did.'),
  'device-already-clear': rule('same', 'Writing 1 clears this bit; it was clear.'),
  'device-not-cleared': rule('kept', 'Only writing 1 clears this bit; a written 0 leaves it set.'),
  'device-changed': rule(
    'kept',
    'The write reached the device, which made something else of it, or changed it again at once: a reset undoes what was written with it.',
  ),
  'device-started': rule(
    'written',
    'The write reached the device. A written 1 starts something here (a reset, for instance); the bit itself reads 0.',
  ),

  'read-hardware': rule('read', 'No field of pciback covers it: what the device holds.', READ_CORE),
  'read-field-missed': rule(
    'read',
    'What the device holds. pciback has a field here, but the driver of this kernel looks only whether a request begins or ends in a field, and this one covers it with bytes on both sides.',
    READ_CORE,
  ),
  'read-field-hardware': rule(
    'read',
    'pciback has a field here that shows what the device holds.',
    'conf_space.c: xen_pcibk_read_config_byte, _word, _dword',
  ),
  'read-kernel-id': rule(
    'emulated',
    'The id that the host kernel keeps for the device. The register is not read: that of a virtual function holds ffff.',
    'conf_space_header.c: xen_pcibk_read_vendor, xen_pcibk_read_device',
  ),
  'read-kernel-irq': rule(
    'emulated',
    "The low byte of the interrupt number that the host kernel uses for the device: the pin's, or that of MSI while MSI is on. The register is not read.",
    'conf_space_header.c: interrupt_read',
  ),
  'read-command-shadow': rule(
    'shadowed',
    "From pciback's copy of COMMAND: what a guest wrote last, or what the device held when it was seized. The copy goes on to the next guest. The device may hold something else.",
    'conf_space_header.c: command_read',
  ),
  'read-command-resources': rule(
    'emulated',
    'What the device holds; while the device is enabled, pciback sets it as well when there is a region of that kind.',
    'conf_space_header.c: command_read',
  ),
  'read-bar-frozen': rule(
    'emulated',
    'What the host kernel had as the address of this region when the device was seized, 0 without a usable one. The register is not read.',
    'conf_space_header.c: bar_read',
  ),
  'read-bar-size': rule(
    'emulated',
    'The guest probes the size: pciback answers as hardware does, with the writable bits of the address set.',
    'conf_space_header.c: bar_read',
  ),
  'read-bar-plain-size': rule(
    'emulated',
    "The guest probes the size: the driver of this kernel answers with the size in bytes (for the upper half of 64 bits with that of the region's end), and not with a mask as hardware does.",
    'conf_space_header.c: bar_read',
  ),
  'read-pme-hidden': rule(
    'masked',
    'Reads 0: pciback hides PME support from the guest.',
    'conf_space_capability.c: pm_caps_read',
  ),
  'read-ones': rule(
    'emulated',
    'The access to the real device failed, which reads as ones. A field elsewhere in the request could be read, and its success took the place of the error: the guest was told success.',
    READ_CORE,
  ),
  'read-failed': rule('refused', 'The access to the real device failed.', READ_CORE),
};

/** What a refusal does not say where the guest was told success. */
const REFUSAL_LOST =
  'The guest was told success all the same: pciback returns the result of the last field that a request touches.';

/** The words of a rule as they hold in an access that was refused as a whole or not. */
export const ruleText = (code: DecisionCode, refused: boolean): string => {
  const { fate, text } = RULES[code];
  return fate === 'refused' && !refused ? `${text} ${REFUSAL_LOST}` : text;
};
