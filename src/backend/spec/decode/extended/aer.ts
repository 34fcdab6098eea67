import { ExtCapId } from '../../capabilityIds';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';

const uncorrectable = (label: string, register: string): readonly LineSpec[] => [
  line(label, register, 'DLP± SDES± TLP± FCP± CmpltTO± CmpltAbrt± UnxCmplt± RxOF± MalfTLP±'),
  line('', register, 'ECRC± UnsupReq± ACSViol± UncorrIntErr± BlockedTLP± AtomicOpBlocked± TLPBlockedErr±'),
  line('', register, 'PoisonTLPBlocked± DMWrReqBlocked± IDECheck± MisIDETLP± PCRC_CHECK± TLPXlatBlocked±'),
];

const correctable = (label: string, register: string): LineSpec =>
  line(label, register, 'RxErr± BadTLP± BadDLLP± Rollover± Timeout± AdvNonFatalErr± CorrIntErr± HeaderOF±');

export const AER_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.AER,
  lines: [
    ...uncorrectable('UESta', 'UESTA'),
    ...uncorrectable('UEMsk', 'UEMSK'),
    ...uncorrectable('UESvrt', 'UESVRT'),
    correctable('CESta', 'CESTA'),
    correctable('CEMsk', 'CEMSK'),
    line(
      'AERCap',
      'AERCAP',
      'First Error Pointer: {FirstErrorPointer:2}, ECRCGenCap± ECRCGenEn± ECRCChkCap± ECRCChkEn±',
    ),
    line('', 'AERCAP', 'MultHdrRecCap± MultHdrRecEn± TLPPfxPres± HdrLogCap±'),
    line('HeaderLog', 'HEADER_LOG_0 HEADER_LOG_1 HEADER_LOG_2 HEADER_LOG_3', (at) =>
      [0, 1, 2, 3].map((i) => at.fill(`HEADER_LOG_${i}`, '{:8}')).join(' '),
    ),
    line('RootCmd', 'ROOTCMD', 'CERptEn± NFERptEn± FERptEn±'),
    line('RootSta', 'ROOTSTA', 'CERcvd± MultCERcvd± UERcvd± MultUERcvd±'),
    line('', 'ROOTSTA', 'FirstFatal± NonFatalMsg± FatalMsg± IntMsgNum {IntMsgNum}'),
    line('ErrorSrc', 'ERRSRC_COR ERRSRC_UNCOR', (at) =>
      [at.fill('ERRSRC_COR', 'ERR_COR: {:4}'), at.fill('ERRSRC_UNCOR', 'ERR_FATAL/NONFATAL: {:4}')].join(' '),
    ),
  ],
};
