import type { DecisionCode } from './decision';

/**
 * The one table of what can become of a bit: its fate, the rule in words, and the kernel function that holds the
 * rule. Drivers name codes; whoever shows a verdict takes its words from here.
 */

/**
 * written: reached the device as asked. acted: a kernel function did it. cleared: a written 1 cleared the bit, as it
 * should. shadowed: the driver keeps it and gives it back, the device does not have it. emulated: the driver itself
 * answers. same: nothing to do. masked: the driver took the bit out of a write that it made. ignored: there is a
 * field, it takes no writes. dropped: nobody took it. kept: it reached the device, which kept its own. refused: the
 * guest was told an error.
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
    'pciback_ops.c: xen_pcibk_do_op',
  ),
  'no-field': rule(
    'dropped',
    'No field of pciback covers any byte of this request, and the device is not permissive: the whole request is dropped and the guest is told success.',
    CORE,
  ),
  'no-field-permissive': rule(
    'written',
    'No field of pciback covers any byte of this request, and the device is permissive: it is written to the device as it is.',
    CORE,
  ),
  'outside-field': rule(
    'dropped',
    'A field covers other bytes of this request, so pciback counts the whole request as handled. These bytes are in no field and are dropped, permissive or not.',
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
    'A quirk opens this field: it is written to the device as it is, whatever the mask of the quirk says.',
    'conf_space_quirks.c: xen_pcibk_config_quirks_add_field',
  ),
  'bus-failed': rule('refused', 'The access to the real device failed, so pciback gave up here.', CORE),

  'command-enabled': rule(
    'acted',
    'Setting I/O or memory decoding makes pciback call pci_enable_device, which switches on what the device needs. The two bits are not written on their own.',
    COMMAND,
  ),
  'command-disabled': rule(
    'acted',
    'Clearing both I/O and memory decoding makes pciback call pci_disable_device. That leaves decoding as it is and switches off bus mastering.',
    COMMAND,
  ),
  'command-enable-kept': rule(
    'shadowed',
    'pciback only looks at whether I/O or memory decoding is wanted at all, and the device is enabled or disabled already. The bits themselves live in its copy of COMMAND.',
    COMMAND,
  ),
  'command-enable-failed': rule(
    'refused',
    'pci_enable_device failed, and pciback hands its error to the guest.',
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
    'pci_set_mwi failed (the cache line size could not be set), so pciback takes the bit out and goes on.',
    COMMAND,
  ),
  'command-kernel-same': rule('same', 'The host kernel already has it so; pciback does nothing.', COMMAND),
  'command-intx': rule('acted', 'With allow_interrupt_control pciback switches INTx by pci_intx.', COMMAND),
  'command-intx-refused': rule(
    'refused',
    'INTx cannot be switched on while MSI or MSI-X is: one interrupt type at a time.',
    COMMAND,
  ),
  'command-intx-shadowed': rule(
    'shadowed',
    "Without allow_interrupt_control, INTx disable only goes into pciback's copy of COMMAND.",
    COMMAND,
  ),
  'command-shadowed': rule(
    'shadowed',
    'pciback keeps this bit in its copy of COMMAND and gives it back to the guest. It never reaches the device.',
    COMMAND,
  ),
  'command-permissive': rule(
    'written',
    'The device is permissive, so pciback writes the bits of COMMAND that a guest may have.',
    COMMAND,
  ),
  'command-hardware-only': rule(
    'dropped',
    'pciback reads this bit from the device and writes it there only when the device is permissive.',
    COMMAND,
  ),
  'command-not-reached': rule(
    'refused',
    'An earlier bit of COMMAND failed and pciback returned before it came to this one.',
    COMMAND,
  ),
  'command-raw': rule(
    'written',
    'The driver of this kernel writes COMMAND to the device as the guest gives it (before XSA-120).',
    COMMAND,
  ),

  'bar-probe': rule(
    'emulated',
    'All ones is the size probe: pciback answers the next read with the size. The device is not touched.',
    BAR,
  ),
  'bar-restored': rule(
    'written',
    'The device had lost the address that it was seized with; writing that address back reaches it.',
    BAR,
  ),
  'bar-same': rule(
    'emulated',
    'The address that the device has: the size probe ends, the device is not touched.',
    BAR,
  ),
  'bar-ignored': rule(
    'ignored',
    'A guest cannot move a base address: only a size probe, and the address that the device was seized with when the device has lost it, do anything.',
    BAR,
  ),

  'bist-written': rule(
    'written',
    'Only the start bit differs, so pciback lets the write through.',
    'conf_space_header.c: bist_write',
  ),
  'bist-ignored': rule(
    'ignored',
    'pciback lets a write to BIST through only when nothing but the start bit differs.',
    'conf_space_header.c: bist_write',
  ),

  'vpd-write-denied': rule(
    'refused',
    'The flag bit of the VPD address asks for a write to VPD, which pciback never allows.',
    'conf_space_capability.c: vpd_address_write',
  ),
  'pm-written': rule('written', 'PME status and the data select may be written by the guest.', PM),
  'pm-same': rule(
    'same',
    'Of the bits that a guest may write none differs from what the device reads, so pciback does not write. A 1 that was to clear PME status is lost that way.',
    PM,
  ),
  'pm-masked': rule(
    'masked',
    'pciback takes this bit from the device: a guest may write only PME status and the data select, and ask for a power state.',
    PM,
  ),
  'pm-state': rule('acted', 'The power state is set by pci_set_power_state.', PM),
  'pm-state-refused': rule('refused', 'pci_set_power_state would not enter this power state.', PM),
  'interrupt-same': rule('same', 'The control word already has this value; pciback does nothing.', FLAGS),
  'interrupt-permissive': rule(
    'written',
    'The device is permissive: the control word is written as it is.',
    FLAGS,
  ),
  'interrupt-written': rule(
    'written',
    'allow_interrupt_control lets the guest change this control word.',
    FLAGS,
  ),
  'interrupt-control-denied': rule(
    'refused',
    'A guest may not change this control word itself: a PV guest enables MSI through XEN_PCI_OP_enable_msi. pciback allows it only with allow_interrupt_control, or when permissive.',
    FLAGS,
  ),
  'interrupt-bits-denied': rule(
    'refused',
    'allow_interrupt_control allows only the enable bit (and mask-all of MSI-X) to change. Another bit differs, so the whole write is refused.',
    FLAGS,
  ),
  'interrupt-type-denied': rule(
    'refused',
    'Another interrupt type is on, and pciback allows one at a time.',
    FLAGS,
  ),

  'device-read-only': rule('kept', 'The write reached the device, whose bit cannot be written.'),
  'device-cleared': rule('cleared', 'Writing 1 clears this bit, and did.'),
  'device-already-clear': rule('same', 'Writing 1 clears this bit; it was clear.'),
  'device-not-cleared': rule('kept', 'Only writing 1 clears this bit; a written 0 leaves it set.'),
  'device-changed': rule('kept', 'The write reached the device, which made something else of it.'),

  'read-hardware': rule(
    'read',
    'No field of pciback covers it: what the device holds.',
    'conf_space.c: xen_pcibk_config_read',
  ),
  'read-field-hardware': rule(
    'read',
    'pciback has a field here that shows what the device holds.',
    'conf_space.c: xen_pcibk_read_config_byte, _word, _dword',
  ),
  'read-kernel-id': rule(
    'emulated',
    'The id that the host kernel keeps for the device, not what the device answers: for a virtual function they differ.',
    'conf_space_header.c: xen_pcibk_read_vendor, xen_pcibk_read_device',
  ),
  'read-kernel-irq': rule(
    'emulated',
    'The low byte of the interrupt that the host kernel assigned.',
    'conf_space_header.c: interrupt_read',
  ),
  'read-command-shadow': rule(
    'shadowed',
    "From pciback's copy of COMMAND: what the guest wrote last, not what the device holds.",
    'conf_space_header.c: command_read',
  ),
  'read-command-resources': rule(
    'emulated',
    'Reads as set while the device is enabled and has resources of that kind.',
    'conf_space_header.c: command_read',
  ),
  'read-bar-frozen': rule(
    'emulated',
    'The address that the device had when it was seized.',
    'conf_space_header.c: bar_read',
  ),
  'read-bar-size': rule(
    'emulated',
    'The guest probes the size: what the hardware would answer to all ones.',
    'conf_space_header.c: bar_read',
  ),
  'read-pme-hidden': rule(
    'masked',
    'PME support is hidden from the guest.',
    'conf_space_capability.c: pm_caps_read',
  ),
  'read-failed': rule(
    'refused',
    'The access to the real device failed.',
    'conf_space.c: xen_pcibk_config_read',
  ),
};
