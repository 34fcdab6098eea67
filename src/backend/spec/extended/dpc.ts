import { PortType } from '../capabilities/portType';
import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type {
  Access,
  BitFieldSpec,
  RegisterSpec,
  StructureOwner,
  StructureReader,
  StructureSpec,
} from '../register';
import { bits } from '../uint';

/** Downstream Port Containment; RP extensions in root ports that have them. Source: PCIe 6.0 section 7.9.14. */

const DPCCAP = 0x04;

const TRIGGER = inOrder('disabled', 'ERR_FATAL', 'ERR_NONFATAL or ERR_FATAL', 'Reserved');
const REASON = inOrder('unmasked uncorrectable error', 'ERR_NONFATAL', 'ERR_FATAL', 'extended');
const EXTENDED_REASON = inOrder('RP PIO error', 'software trigger', 'Reserved', 'Reserved');

const hasExtensions = (read: StructureReader, owner: StructureOwner): boolean =>
  owner.express?.portType === PortType.rootPort && bits(read(DPCCAP, 2), 5, 1) === 1;

const logDwords = (read: StructureReader): number => bits(read(DPCCAP, 2), 8, 4);

/** RP PIO: which completion went wrong, in which space. */
const rpPioBits = (access: Access): readonly BitFieldSpec[] =>
  ['Cfg', 'I/O', 'Mem'].flatMap((space, i) => [
    bit(8 * i, `${space}UR`, `${space} Request received UR Completion`, access),
    bit(8 * i + 1, `${space}CA`, `${space} Request received CA Completion`, access),
    bit(8 * i + 2, `${space}CTO`, `${space} Request Completion Timeout`, access),
  ]);

const rpPio = (offset: number, name: string, title: string, access: Access): RegisterSpec =>
  register(offset, 4, name, title, 'RsvdP', 'PCIe 6.0 7.9.14.6', rpPioBits(access));

/** Four dwords of header, then ImpSpec, then TLP prefixes: as many as the log has. */
const rpPioLog = (read: StructureReader): readonly RegisterSpec[] =>
  Array.from({ length: logDwords(read) }, (_, i) =>
    register(0x20 + 4 * i, 4, `RP_PIO_LOG_${i}`, `RP PIO Log, dword ${i}`, 'ROS', 'PCIe 6.0 7.9.14.11'),
  );

export const DPC: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x1d,
  name: 'DPC',
  title: 'Downstream Port Containment',
  length: (read, owner) => (hasExtensions(read, owner) ? 0x20 + 4 * logDwords(read) : 0x0c),
  registers: (read, owner) => {
    const cap = read(DPCCAP, 2);
    const subclass = owner.express?.errCorSubclass === true;
    const offers = (lsb: number): boolean => bits(cap, lsb, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(DPCCAP, 2, 'DPCCAP', 'DPC Capability', 'RO', 'PCIe 6.0 7.9.14.2', [
        span(0, 5, 'IntMsgNum', 'DPC Interrupt Message Number', 'RO'),
        bit(5, 'RPExt', 'RP Extensions for DPC', 'RO'),
        bit(6, 'PoisonedTLP', 'Poisoned TLP Egress Blocking Supported', 'RO'),
        bit(7, 'SwTrigger', 'DPC Software Triggering Supported', 'RO'),
        span(8, 4, 'RPPIOLog', 'RP PIO Log Size', 'RO'),
        bit(12, 'DLActiveErr', 'DL_Active ERR_COR Signaling Supported', 'RO'),
      ]),
      register(0x06, 2, 'DPCCTL', 'DPC Control', 'RsvdP', 'PCIe 6.0 7.9.14.3', [
        span(0, 2, 'Trigger', 'DPC Trigger Enable', 'RW', TRIGGER),
        span(2, 1, 'Cmpl', 'DPC Completion Control', 'RW', inOrder('CA', 'UR')),
        bit(3, 'INT', 'DPC Interrupt Enable', 'RW'),
        bit(4, 'ErrCor', 'DPC ERR_COR Enable', 'RW'),
        bit(5, 'PoisonedTLP', 'Poisoned TLP Egress Blocking Enable', whenOffered(offers(6))),
        // Reads 0: writing 1 triggers containment.
        bit(6, 'SwTrigger', 'DPC Software Trigger', offers(7) ? 'WO' : 'RO'),
        bit(7, 'DLActive', 'DL_Active ERR_COR Enable', whenOffered(offers(12))),
        bit(8, 'SigSfw', 'DPC SIG_SFW Enable', whenOffered(subclass)),
      ]),
      register(0x08, 2, 'DPCSTA', 'DPC Status', 'RsvdZ', 'PCIe 6.0 7.9.14.4', [
        bit(0, 'Trigger', 'DPC Trigger Status', 'RW1CS'),
        span(1, 2, 'Reason', 'DPC Trigger Reason', 'ROS', REASON),
        bit(3, 'INT', 'DPC Interrupt Status', 'RW1CS'),
        bit(4, 'RPBusy', 'DPC RP Busy', 'RO'),
        span(5, 2, 'TriggerExt', 'DPC Trigger Reason Extension', 'ROS', EXTENDED_REASON),
        span(8, 5, 'RPPIOErrPtr', 'RP PIO First Error Pointer', 'ROS'),
        bit(13, 'SigSfw', 'DPC SIG_SFW Status', whenOffered(subclass, 'RW1CS')),
      ]),
      register(0x0a, 2, 'SOURCE', 'DPC Error Source ID', 'ROS', 'PCIe 6.0 7.9.14.5'),
      ...(hasExtensions(read, owner)
        ? [
            rpPio(0x0c, 'RP_PIO_STATUS', 'RP PIO Status', 'RW1CS'),
            rpPio(0x10, 'RP_PIO_MASK', 'RP PIO Mask', 'RWS'),
            rpPio(0x14, 'RP_PIO_SEVERITY', 'RP PIO Severity', 'RWS'),
            rpPio(0x18, 'RP_PIO_SYSERROR', 'RP PIO SysError', 'RWS'),
            rpPio(0x1c, 'RP_PIO_EXCEPTION', 'RP PIO Exception', 'RWS'),
            ...rpPioLog(read),
          ]
        : []),
    ];
  },
};
