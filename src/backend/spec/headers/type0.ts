import { inVirtualFunction, register } from '../define';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { baseAddresses, baseAddressRegister, romRegister, type BaseAddress } from './baseAddress';
import { capabilitiesPointer, headerStart, interruptRegisters, subsystemIds } from './common';

/** Header of a function that is not a bridge. Source: PCI 3.0 section 6.1, PCIe 6.0 section 7.5.1.2. */

const ROM_OFFSET = 0x30;

/** BARs 0..5 and, as index 6, the expansion ROM. */
export const type0BaseAddresses = (read: StructureReader): readonly BaseAddress[] => [
  ...baseAddresses(read, 0x10, 6),
  { index: 6, offset: ROM_OFFSET, kind: 'rom' },
];

const registersOf = (read: StructureReader, owner: StructureOwner): readonly RegisterSpec[] => [
  ...headerStart(read, owner),
  ...baseAddresses(read, 0x10, 6).map((bar) =>
    baseAddressRegister(bar, `BASE_ADDRESS_${bar.index}`, `Base Address ${bar.index}`, 'PCIe 6.0 7.5.1.2.1'),
  ),
  register(0x28, 4, 'CARDBUS_CIS', 'CardBus CIS Pointer', 'RO', 'PCI 3.0 6.2.4'),
  ...subsystemIds(0x2c, '', 'PCIe 6.0 7.5.1.2.3'),
  romRegister(ROM_OFFSET, 'ROM_ADDRESS'),
  capabilitiesPointer(0x34, 'CAPABILITIES'),
  ...interruptRegisters(),
  register(0x3e, 1, 'MIN_GNT', 'Min_Gnt', 'RO', 'PCI 3.0 6.2.4'),
  register(0x3f, 1, 'MAX_LAT', 'Max_Lat', 'RO', 'PCI 3.0 6.2.4'),
];

/** A virtual function masters the bus by itself; memory, errors and interrupts are switched in its physical function. */
const KEPT_IN_VIRTUAL_FUNCTION = ['BusMaster'];

export const TYPE0: StructureSpec = {
  kind: 'header',
  id: 0,
  name: 'HEADER',
  title: 'Type 0 header',
  length: () => 0x40,
  registers: (read, owner) => {
    const registers = registersOf(read, owner);
    return owner.virtualFunction
      ? registers.map((register) => inVirtualFunction(register, KEPT_IN_VIRTUAL_FUNCTION))
      : registers;
  },
};
