import { bit, extendedCapabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';
import { L0P_EXIT_LATENCY } from './device3';

/** Data Link Feature. Source: PCIe 6.0 section 7.7.4. */
export const DATA_LINK_FEATURE: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x25,
  name: 'DLNK',
  title: 'Data Link Feature',
  length: () => 12,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'DLFCAP', 'Data Link Feature Capabilities', 'RO', 'PCIe 6.0 7.7.4.2', [
      bit(0, 'ScaledFlowCtl', 'Local Scaled Flow Control Supported', 'HwInit'),
      bit(1, 'ImmReady', 'Local Immediate Readiness', 'HwInit'),
      span(2, 3, 'ExtVCCount', 'Local Extended VC Count', 'HwInit'),
      span(5, 3, 'L0pExitLatency', 'Local L0p Exit Latency', 'HwInit', L0P_EXIT_LATENCY),
      bit(31, 'ExchangeEnable', 'Data Link Feature Exchange Enable', 'HwInit'),
    ]),
    register(0x08, 4, 'DLFSTA', 'Data Link Feature Status', 'RO', 'PCIe 6.0 7.7.4.3', [
      bit(0, 'ScaledFlowCtl', 'Remote Scaled Flow Control Supported', 'RO'),
      bit(1, 'ImmReady', 'Remote Immediate Readiness', 'RO'),
      span(2, 3, 'ExtVCCount', 'Remote Extended VC Count', 'RO'),
      span(5, 3, 'L0pExitLatency', 'Remote L0p Exit Latency', 'RO', L0P_EXIT_LATENCY),
      bit(31, 'Valid', 'Remote Data Link Feature Supported Valid', 'RO'),
    ]),
  ],
};
