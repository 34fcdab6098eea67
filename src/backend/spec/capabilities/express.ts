import { CapId } from '../capabilityIds';
import { bit, capabilityHead, inVirtualFunction, register, span } from '../define';
import type { ExpressOwner, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';
import { DEVCAP, DEVCAP2, deviceRegisters, deviceRegisters2 } from './expressDevice';
import { linkRegisters, linkRegisters2, LNKCAP, LNKCAP2 } from './expressLink';
import { rootRegisters, slotRegisters, slotRegisters2 } from './expressSlot';
import { hasLink, isDownstreamFacing, isRoot, PORT_TYPE_NAMES } from './portType';

/**
 * PCI Express capability. Version 1 ends after the last group that the port type needs; version 2 and later always
 * have room for every group, and groups that do not apply are reserved. Source: PCIe 6.0 section 7.5.3.
 */

const FLAGS = 0x02;

interface Shape {
  readonly version: number;
  readonly portType: number;
  readonly link: boolean;
  readonly slot: boolean;
  readonly root: boolean;
}

const shapeOf = (read: StructureReader): Shape => {
  const flags = read(FLAGS, 2);
  const portType = bits(flags, 4, 4);
  return {
    version: bits(flags, 0, 4),
    portType,
    link: hasLink(portType),
    slot: isDownstreamFacing(portType) && bits(flags, 8, 1) === 1,
    root: isRoot(portType),
  };
};

const lengthOf = ({ version, link, slot, root }: Shape): number => {
  if (version >= 2) return 0x3c;
  if (root) return 0x24;
  if (slot) return 0x1c;
  return link ? 0x14 : 0x0c;
};

/** What structures whose registers depend on the port must know of it. */
export const expressOwnerOf = (read: StructureReader): ExpressOwner => {
  const { version, portType, link } = shapeOf(read);
  const second = version >= 2;
  return {
    portType,
    endToEndPrefix: second && bits(read(DEVCAP2, 4), 21, 1) === 1,
    errCorSubclass: bits(read(DEVCAP, 4), 16, 1) === 1,
    lanes: link ? bits(read(LNKCAP, 4), 4, 6) : 0,
    crosslink: second && link && bits(read(LNKCAP2, 4), 8, 1) === 1,
  };
};

const flagsRegister = (): RegisterSpec =>
  register(FLAGS, 2, 'FLAGS', 'PCI Express Capabilities', 'RO', 'PCIe 6.0 7.5.3.2', [
    span(0, 4, 'Version', 'Capability Version', 'RO'),
    span(4, 4, 'Type', 'Device/Port Type', 'RO', PORT_TYPE_NAMES),
    bit(8, 'Slot', 'Slot Implemented', 'HwInit'),
    span(9, 5, 'IntMsgNum', 'Interrupt Message Number', 'RO'),
    bit(15, 'FlitMode', 'Flit Mode Supported', 'HwInit'),
  ]);

export const EXPRESS: StructureSpec = {
  kind: 'capability',
  id: CapId.EXP,
  name: 'EXP',
  title: 'Express',
  length: (read) => lengthOf(shapeOf(read)),
  registers: (read, owner) => {
    const { version, portType, link, slot, root } = shapeOf(read);
    const second = version >= 2;
    const registers = [
      ...capabilityHead(),
      flagsRegister(),
      ...deviceRegisters(read, portType),
      ...(link ? linkRegisters(read, portType) : []),
      ...(slot ? slotRegisters(read, version) : []),
      ...(root ? rootRegisters(read) : []),
      ...(second ? deviceRegisters2(read, portType) : []),
      ...(second && link ? linkRegisters2(read) : []),
      ...(second && slot ? slotRegisters2() : []),
    ];
    return owner.virtualFunction ? registers.map((register) => inVirtualFunction(register)) : registers;
  },
};
