/**
 * Every assigned capability id and extended capability id, by name. Structures whose bits the register catalogue
 * holds are described there; the others are known by name and length only.
 * Source: PCI Code and ID Assignment Specification, sections 2 and 3; names are those of setpci and lspci.
 */
export interface CapabilityId {
  readonly id: number;
  /** setpci's name without `CAP_` / `ECAP_`; where setpci has none, the usual abbreviation in its style. */
  readonly name: string;
  /** As lspci prints it. */
  readonly title: string;
  /** Bytes of the structure from its first byte; of the shortest form where it depends on its contents. */
  readonly length?: number;
  /** True when `length` is only the shortest form: version, port type or the structure's own fields decide. */
  readonly atLeast?: true;
}

const fixed = (id: number, name: string, title: string, length: number): CapabilityId => ({
  id,
  name,
  title,
  length,
});
const atLeast = (id: number, name: string, title: string, length: number): CapabilityId => ({
  id,
  name,
  title,
  length,
  atLeast: true,
});
/** Structures whose layout is not public or was withdrawn: the header alone is certain. */
const named = (id: number, name: string, title: string): CapabilityId => ({ id, name, title });

/** Capability ids that other code asks for by name. */
export const CapId = {
  PM: 0x01,
  VPD: 0x03,
  MSI: 0x05,
  PCIX: 0x07,
  HT: 0x08,
  VNDR: 0x09,
  SSVID: 0x0d,
  EXP: 0x10,
  MSIX: 0x11,
  AF: 0x13,
  EA: 0x14,
} as const;

/** Extended capability ids that other code asks for by name. */
export const ExtCapId = {
  AER: 0x01,
  DSN: 0x03,
  VNDR: 0x0b,
  ACS: 0x0d,
  ARI: 0x0e,
  ATS: 0x0f,
  SRIOV: 0x10,
  DVSEC: 0x23,
} as const;

export const CAPABILITY_IDS: readonly CapabilityId[] = [
  fixed(0x00, 'NULL', 'Null', 2),
  fixed(CapId.PM, 'PM', 'Power Management', 8),
  fixed(0x02, 'AGP', 'AGP', 12),
  fixed(CapId.VPD, 'VPD', 'Vital Product Data', 8),
  fixed(0x04, 'SLOTID', 'Slot ID', 4),
  atLeast(CapId.MSI, 'MSI', 'MSI', 10),
  atLeast(0x06, 'CHSWP', 'CompactPCI hot-swap', 4),
  atLeast(CapId.PCIX, 'PCIX', 'PCI-X', 8),
  atLeast(CapId.HT, 'HT', 'HyperTransport', 4),
  atLeast(CapId.VNDR, 'VNDR', 'Vendor Specific Information', 3),
  fixed(0x0a, 'DBG', 'Debug port', 4),
  named(0x0b, 'CCRC', 'CompactPCI central resource control'),
  fixed(0x0c, 'HOTPLUG', 'Hot-plug capable', 8),
  fixed(CapId.SSVID, 'SSVID', 'Subsystem', 8),
  atLeast(0x0e, 'AGP3', 'AGP3', 12),
  atLeast(0x0f, 'SECURE', 'Secure device', 20),
  atLeast(CapId.EXP, 'EXP', 'Express', 12),
  fixed(CapId.MSIX, 'MSIX', 'MSI-X', 12),
  fixed(0x12, 'SATA', 'SATA HBA', 8),
  fixed(CapId.AF, 'AF', 'PCI Advanced Features', 6),
  atLeast(CapId.EA, 'EA', 'Enhanced Allocation (EA)', 4),
  fixed(0x15, 'FPB', 'Flattening Portal Bridge', 36),
];

export const EXTENDED_CAPABILITY_IDS: readonly CapabilityId[] = [
  fixed(0x00, 'NULL', 'Null', 4),
  atLeast(ExtCapId.AER, 'AER', 'Advanced Error Reporting', 44),
  atLeast(0x02, 'VC', 'Virtual Channel', 28),
  fixed(ExtCapId.DSN, 'DSN', 'Device Serial Number', 12),
  fixed(0x04, 'PB', 'Power Budgeting', 16),
  atLeast(0x05, 'RCLINK', 'Root Complex Link', 16),
  fixed(0x06, 'RCILINK', 'Root Complex Internal Link', 12),
  atLeast(0x07, 'RCEC', 'Root Complex Event Collector Endpoint Association', 8),
  atLeast(0x08, 'MFVC', 'Multi-Function Virtual Channel', 28),
  atLeast(0x09, 'VC2', 'Virtual Channel', 28),
  fixed(0x0a, 'RBCB', 'Root Complex Register Block', 20),
  atLeast(ExtCapId.VNDR, 'VNDR', 'Vendor Specific Information', 8),
  named(0x0c, 'CAC', 'Configuration Access Correlation'),
  atLeast(ExtCapId.ACS, 'ACS', 'Access Control Services', 8),
  fixed(ExtCapId.ARI, 'ARI', 'Alternative Routing-ID Interpretation (ARI)', 8),
  fixed(ExtCapId.ATS, 'ATS', 'Address Translation Service (ATS)', 8),
  fixed(ExtCapId.SRIOV, 'SRIOV', 'Single Root I/O Virtualization (SR-IOV)', 64),
  named(0x11, 'MRIOV', 'Multi-Root I/O Virtualization'),
  atLeast(0x12, 'MCAST', 'Multicast', 40),
  fixed(0x13, 'PRI', 'Page Request Interface (PRI)', 16),
  named(0x14, 'AMD', 'Reserved for AMD'),
  atLeast(0x15, 'REBAR', 'Physical Resizable BAR', 12),
  atLeast(0x16, 'DPA', 'Dynamic Power Allocation', 17),
  atLeast(0x17, 'TPH', 'Transaction Processing Hints', 12),
  fixed(0x18, 'LTR', 'Latency Tolerance Reporting', 8),
  atLeast(0x19, 'SECPCI', 'Secondary PCI Express', 16),
  atLeast(0x1a, 'PMUX', 'Protocol Multiplexing', 16),
  fixed(0x1b, 'PASID', 'Process Address Space ID (PASID)', 8),
  fixed(0x1c, 'LNR', 'LN Requester', 8),
  atLeast(0x1d, 'DPC', 'Downstream Port Containment', 12),
  atLeast(0x1e, 'L1PM', 'L1 PM Substates', 16),
  fixed(0x1f, 'PTM', 'Precision Time Measurement', 12),
  named(0x20, 'M_PCIE', 'PCI Express over M_PHY'),
  fixed(0x21, 'FRS', 'FRS Queueing', 16),
  fixed(0x22, 'RTR', 'Readiness Time Reporting', 12),
  atLeast(ExtCapId.DVSEC, 'DVSEC', 'Designated Vendor-Specific', 10),
  atLeast(0x24, 'VF_REBAR', 'Virtual Resizable BAR', 12),
  fixed(0x25, 'DLNK', 'Data Link Feature', 12),
  atLeast(0x26, '16GT', 'Physical Layer 16.0 GT/s', 36),
  atLeast(0x27, 'LMR', 'Lane Margining at the Receiver', 12),
  named(0x28, 'HIER_ID', 'Hierarchy ID'),
  fixed(0x29, 'NPEM', 'Native PCIe Enclosure Management', 16),
  atLeast(0x2a, '32GT', 'Physical Layer 32.0 GT/s', 36),
  atLeast(0x2b, 'AP', 'Alternate Protocol', 20),
  fixed(0x2c, 'SFI', 'System Firmware Intermediary', 20),
  named(0x2d, 'SHADOW', 'Shadow Functions'),
  fixed(0x2e, 'DOE', 'Data Object Exchange', 24),
  fixed(0x2f, 'DEV3', 'Device 3', 16),
  atLeast(0x30, 'IDE', 'Integrity & Data Encryption', 12),
  atLeast(0x31, '64GT', 'Physical Layer 64.0 GT/s', 20),
  fixed(0x32, 'FL', 'Flit Logging', 60),
  named(0x33, 'FPM', 'Flit Performance Measurement'),
  named(0x34, 'FEI', 'Flit Error Injection'),
  named(0x35, 'SVC', 'Streamlined Virtual Channel'),
  named(0x36, 'MRBL', 'MMIO Register Block Locator'),
];

const byId = (ids: readonly CapabilityId[]): ReadonlyMap<number, CapabilityId> =>
  new Map(ids.map((entry) => [entry.id, entry]));

const CAPABILITIES = byId(CAPABILITY_IDS);
const EXTENDED_CAPABILITIES = byId(EXTENDED_CAPABILITY_IDS);

/** The capability with this id (0..0xff); undefined when the id is not assigned. */
export const capabilityName = (id: number): CapabilityId | undefined => CAPABILITIES.get(id);

/** The extended capability with this id (0..0xffff); undefined when the id is not assigned. */
export const extendedCapabilityName = (id: number): CapabilityId | undefined => EXTENDED_CAPABILITIES.get(id);
