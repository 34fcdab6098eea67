import { isDownstreamFacing, isEndpoint, PortType } from '../capabilities/portType';
import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Device 3: 14-bit tags, deferrable memory writes, L0p and UIO, as far as no older register has room for them. Source: PCIe 6.0 section 7.7.9; UIO from PCIe 6.1. */

const DEVCAP3 = 0x04;

export const L0P_EXIT_LATENCY = inOrder(
  'Less than 1us',
  '1us to less than 2us',
  '2us to less than 4us',
  '4us to less than 8us',
  '8us to less than 16us',
  '16us to less than 32us',
  '32us-64us',
  'More than 64us',
);

/** Widths as Flit Mode counts them. */
const LINK_WIDTH: Readonly<Record<number, string>> = {
  ...inOrder('x1', 'x2', 'x4', 'x8', 'x16'),
  7: 'Dynamic',
};

const control = (read: StructureReader, owner: StructureOwner): RegisterSpec => {
  const cap = read(DEVCAP3, 4);
  const offers = (lsb: number): boolean => bits(cap, lsb, 1) === 1;
  const portType = owner.express?.portType ?? PortType.endpoint;
  const requests = isEndpoint(portType) || portType === PortType.rootPort;
  const routes = (isDownstreamFacing(portType) || portType === PortType.upstreamPort) && offers(0);
  return register(0x08, 4, 'DEVCTL3', 'Device Control 3', 'RsvdP', 'PCIe 6.0 7.7.9.3', [
    bit(0, 'DMWrReq', 'DMWr Requester Enable', whenOffered(requests)),
    bit(1, 'DMWrEgressBlock', 'DMWr Egress Blocking', whenOffered(routes)),
    bit(2, '14BitTagReq', '14-Bit Tag Requester Enable', whenOffered(offers(2) && !owner.virtualFunction)),
    bit(3, 'L0p', 'L0p Enable', 'RW'),
    span(4, 3, 'TargetLinkWidth', 'Target Link Width', whenOffered(offers(3)), LINK_WIDTH),
    bit(7, 'UIOReq', 'UIO Mem RdWr Requester Enable', whenOffered(offers(11))),
    bit(8, 'UIO256BDis', 'UIO Request 256B Boundary Disable', whenOffered(offers(11))),
  ]);
};

export const DEVICE_3: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x2f,
  name: 'DEV3',
  title: 'Device 3',
  length: () => 16,
  registers: (read, owner) => [
    extendedCapabilityHead(),
    register(DEVCAP3, 4, 'DEVCAP3', 'Device Capabilities 3', 'RsvdP', 'PCIe 6.0 7.7.9.2', [
      bit(0, 'DMWrRouting', 'DMWr Request Routing Supported', 'HwInit'),
      bit(1, '14BitTagComp', '14-Bit Tag Completer Supported', 'HwInit'),
      bit(2, '14BitTagReq', '14-Bit Tag Requester Supported', 'HwInit'),
      bit(3, 'L0p', 'Receiver L0p Supported', 'HwInit'),
      span(4, 3, 'PortL0pExit', 'Port L0p Exit Latency', 'HwInit', L0P_EXIT_LATENCY),
      span(7, 3, 'RetimerL0pExit', 'Retimer L0p Exit Latency', 'HwInit', L0P_EXIT_LATENCY),
      bit(10, 'UIOComp', 'UIO Mem RdWr Completer Supported', 'HwInit'),
      bit(11, 'UIOReq', 'UIO Mem RdWr Requester Supported', 'HwInit'),
    ]),
    control(read, owner),
    register(0x0c, 4, 'DEVSTA3', 'Device Status 3', 'RsvdZ', 'PCIe 6.0 7.7.9.4', [
      span(0, 3, 'InitialLinkWidth', 'Initial Link Width', 'RO', LINK_WIDTH),
      bit(3, 'SegmentCaptured', 'Segment Captured', 'RO'),
      bit(4, 'RemoteL0p', 'Remote L0p Supported', 'RO'),
    ]),
  ],
};
