import type { Machine } from '../../backend/machine';
import { formatBdf } from '../../backend/spec/bdf';
import { decodeStructure } from '../../backend/spec/decode/decodeStructure';
import { layoutOf } from '../../backend/spec/layout';
import type { BusState, FunctionState } from '../../backend/view';
import type { Bridge, BridgeWindow, Topology, TopologyBus, TopologyFunction } from '../../protocol/topology';
import type { PciIds } from '../../sources/pciIds';

/** What the drawing of the bus topology is told. No vscode here, and nothing that is remembered. */

/** Lines of lspci -v that tell a bridge's windows, by label: PCI bridges', then CardBus bridges'. */
const WINDOWS: readonly (readonly [RegExp, BridgeWindow['kind']])[] = [
  [/^I\/O (behind bridge|window \d)$/, 'io'],
  [/^Memory (behind bridge|window \d)$/, 'memory'],
  [/^Prefetchable memory behind bridge$/, 'prefetchable'],
];

/** Where bridges of both header types keep their bus numbers. Source: PCI-to-PCI Bridge 1.2 section 3.2. */
const BUS_NUMBERS = 0x18;

const bridgeOf = (machine: Machine, { bdf, headerType }: FunctionState): Bridge | undefined => {
  if (headerType !== 1 && headerType !== 2) return undefined;
  const { bytes, known } = machine.realImage(bdf);
  const [header] = layoutOf(bytes, known);
  const lines = header ? decodeStructure(header, bytes, known) : [];
  const windows = lines.flatMap(({ label, text }): BridgeWindow[] => {
    const kind = WINDOWS.find(([pattern]) => pattern.test(label))?.[1];
    return kind === undefined ? [] : [{ kind, text }];
  });
  const number = (index: number): number => bytes[BUS_NUMBERS + index] ?? 0;
  return { primary: number(0), secondary: number(1), subordinate: number(2), windows };
};

const busesOf = (roots: readonly BusState[]): TopologyBus[] => {
  const buses: TopologyBus[] = [];
  const visit = ({ domain, bus, functions }: BusState, bridge: string | undefined): void => {
    buses.push({ domain, bus, ...(bridge === undefined ? {} : { bridge }) });
    for (const { bdf, behind } of functions) for (const below of behind) visit(below, formatBdf(bdf));
  };
  for (const root of roots) visit(root, undefined);
  return buses;
};

/** The whole picture. `viewItemOf`: what the Machine view's row of a function says of itself. */
export const topologyOf = (
  machine: Machine,
  names: PciIds,
  viewItemOf: (state: FunctionState) => {
    readonly standing: TopologyFunction['standing'];
    readonly item: string;
  },
): Topology => {
  const guests = new Map(machine.guests().map(({ domid, name }) => [domid, name]));
  return {
    machine: machine.name,
    buses: busesOf(machine.rootBuses()),
    functions: machine.functions().map((state): TopologyFunction => {
      const { bdf, classCode, assignedTo, driver, physicalFunction, vendorId, deviceId } = state;
      const { standing, item } = viewItemOf(state);
      const bridge = bridgeOf(machine, state);
      return {
        address: formatBdf(bdf),
        domain: bdf.domain,
        bus: bdf.bus,
        className: names.className(classCode),
        deviceName: names.deviceTitle(vendorId, deviceId),
        baseClass: (classCode >>> 16) & 0xff,
        ...(driver === undefined ? {} : { driver }),
        standing,
        ...(assignedTo
          ? {
              owner: {
                domid: assignedTo.domid,
                name: guests.get(assignedTo.domid) ?? '',
                address: formatBdf(assignedTo.guest),
              },
            }
          : {}),
        ...(physicalFunction ? { physicalFunction: formatBdf(physicalFunction) } : {}),
        ...(bridge ? { bridge } : {}),
        viewItem: item,
      };
    }),
  };
};
