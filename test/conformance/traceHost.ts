import { DEFAULT_XEN_HOST, type XenHostOptions } from '../../src/backend/assembly/xenHost';

/**
 * The host that the golden traces were made on (golden/DEVICE-MODEL.md, M4 and M8): its PCI core reads no SSVID, and
 * neither saves nor restores AER, ACS and SR-IOV; messages are not held back.
 */
export const TRACE_HOST: XenHostOptions = {
  ...DEFAULT_XEN_HOST,
  rateLimit: false,
  bridgeSubsystem: false,
  aer: false,
  acs: false,
  iov: false,
};
