/** Device/Port Type of the PCI Express capability, and which register groups go with it. Source: PCIe 6.0 section 7.5.3.2. */
export const PortType = {
  endpoint: 0,
  legacyEndpoint: 1,
  rootPort: 4,
  upstreamPort: 5,
  downstreamPort: 6,
  expressToPciBridge: 7,
  pciToExpressBridge: 8,
  rootComplexEndpoint: 9,
  rootComplexEventCollector: 10,
} as const;

/** As lspci prints them. */
export const PORT_TYPE_NAMES: Readonly<Record<number, string>> = {
  [PortType.endpoint]: 'Endpoint',
  [PortType.legacyEndpoint]: 'Legacy Endpoint',
  [PortType.rootPort]: 'Root Port',
  [PortType.upstreamPort]: 'Upstream Port',
  [PortType.downstreamPort]: 'Downstream Port',
  [PortType.expressToPciBridge]: 'PCI-Express to PCI/PCI-X Bridge',
  [PortType.pciToExpressBridge]: 'PCI/PCI-X to PCI-Express Bridge',
  [PortType.rootComplexEndpoint]: 'Root Complex Integrated Endpoint',
  [PortType.rootComplexEventCollector]: 'Root Complex Event Collector',
};

const oneOf =
  (...types: readonly number[]) =>
  (portType: number): boolean =>
    types.includes(portType);

/** Ports whose link leads away from the root: they control the link, and may have a slot. */
export const isDownstreamFacing = oneOf(
  PortType.rootPort,
  PortType.downstreamPort,
  PortType.pciToExpressBridge,
);

/** Functions that collect errors and PMEs for others. */
export const isRoot = oneOf(PortType.rootPort, PortType.rootComplexEventCollector);

export const isEndpoint = oneOf(PortType.endpoint, PortType.legacyEndpoint, PortType.rootComplexEndpoint);

const insideRootComplex = oneOf(PortType.rootComplexEndpoint, PortType.rootComplexEventCollector);

export const hasLink = (portType: number): boolean => !insideRootComplex(portType);
