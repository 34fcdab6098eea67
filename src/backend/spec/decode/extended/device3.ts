import { sign, type Reading } from '../reading';
import { line, type StructureDecoder } from '../decodedLine';

const width = (at: Reading, register: string, field: string): string =>
  at.meaning(register, field, `Unknown (${at.field(register, field)})`);

export const DEVICE_3_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x2f,
  lines: [
    line(
      'DevCap3',
      'DEVCAP3',
      'DMWr Request Routing{DMWrRouting±}, 14-Bit Tag Completer{14BitTagComp±}, 14-Bit Tag Requester{14BitTagReq±}',
    ),
    line('', 'DEVCAP3', (at) =>
      at.fill(
        'DEVCAP3',
        at.isSet('DEVCAP3', 'L0p')
          ? 'L0p±, Port L0p Exit Latency: {PortL0pExit}, Retimer L0p Exit Latency: {RetimerL0pExit}'
          : 'L0p±',
      ),
    ),
    line('', 'DEVCAP3', 'UIO Mem RdWr Completer{UIOComp±}, UIO Mem RdWr Requester{UIOReq±}'),
    line(
      'DevCtl3',
      'DEVCTL3',
      'DMWr Requester{DMWrReq±}, DMWr Egress Blocking{DMWrEgressBlock±}, 14-Bit Tag Requester{14BitTagReq±}',
    ),
    line('', 'DEVCTL3', (at) =>
      at.fill('DEVCTL3', `L0p±, Target Link Width: ${width(at, 'DEVCTL3', 'TargetLinkWidth')}`),
    ),
    // The register's bit disables the boundary.
    line('', 'DEVCTL3', (at) =>
      at.fill(
        'DEVCTL3',
        `UIO Mem RdWr Requester{UIOReq±}, UIO Request 256B Boundary${sign(!at.isSet('DEVCTL3', 'UIO256BDis'))}`,
      ),
    ),
    line('DevSta3', 'DEVSTA3', (at) =>
      at.fill(
        'DEVSTA3',
        `Initial Link Width: ${width(at, 'DEVSTA3', 'InitialLinkWidth')}, Segment Captured{SegmentCaptured±}, Remote L0p{RemoteL0p±}`,
      ),
    ),
  ],
};
