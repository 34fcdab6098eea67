import * as v from 'valibot';
import { addressSchema, ownerSchema } from './model';
import { parse, type Parsed } from './parse';

/**
 * Messages between the extension and the page that draws the bus topology. The page is told the whole picture
 * whenever it changed, and asks for nothing but functions to be opened.
 */

const u8 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff));
/** Domains go up to 32 bits: those that VMD makes begin at 0x10000. */
const domain = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));

/** A range of addresses that a bridge forwards, in lspci's words. */
export const bridgeWindowSchema = v.object({
  kind: v.picklist(['io', 'memory', 'prefetchable']),
  /** `0000c000-0000cfff [size=4K] [16-bit]`. */
  text: v.string(),
});
export type BridgeWindow = v.InferOutput<typeof bridgeWindowSchema>;

export const bridgeSchema = v.object({
  primary: u8,
  secondary: u8,
  subordinate: u8,
  windows: v.array(bridgeWindowSchema),
});
export type Bridge = v.InferOutput<typeof bridgeSchema>;

export const topologyFunctionSchema = v.object({
  address: addressSchema,
  domain,
  bus: u8,
  className: v.string(),
  deviceName: v.string(),
  /** Base class: 2 is a network controller. Source: PCI Code and ID Assignment, section 1. */
  baseClass: u8,
  driver: v.exactOptional(v.string()),
  standing: v.picklist(['free', 'seized', 'assigned']),
  owner: v.exactOptional(ownerSchema),
  /** The PF, of an SR-IOV virtual function. */
  physicalFunction: v.exactOptional(addressSchema),
  bridge: v.exactOptional(bridgeSchema),
  /** What the Machine view's row says of itself in `viewItem`, so that both have one context menu. */
  viewItem: v.string(),
});
export type TopologyFunction = v.InferOutput<typeof topologyFunctionSchema>;

export const topologyBusSchema = v.object({
  domain,
  bus: u8,
  /** The bridge that leads to it; absent for root buses. */
  bridge: v.exactOptional(addressSchema),
});
export type TopologyBus = v.InferOutput<typeof topologyBusSchema>;

export const topologySchema = v.object({
  /** Name of the machine. */
  machine: v.string(),
  /** Each after the bus of its bridge. */
  buses: v.array(topologyBusSchema),
  /** In order of address. */
  functions: v.array(topologyFunctionSchema),
});
export type Topology = v.InferOutput<typeof topologySchema>;

export const topologyHostMessageSchema = v.variant('type', [
  v.object({ type: v.literal('topology'), topology: topologySchema }),
]);
export type TopologyHostMessage = v.InferOutput<typeof topologyHostMessageSchema>;

export const topologyPageMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('open'), address: addressSchema }),
  v.object({ type: v.literal('problem'), message: v.string() }),
]);
export type TopologyPageMessage = v.InferOutput<typeof topologyPageMessageSchema>;

/** What the page keeps over a reload of the window. */
export const topologyStateSchema = v.object({
  /** Key of the active node. */
  active: v.exactOptional(v.string()),
  /** Scroll position in pixels: right, down. */
  scroll: v.exactOptional(v.tuple([v.number(), v.number()])),
});
export type TopologyState = v.InferOutput<typeof topologyStateSchema>;

/** Reads a message from the page. Never throws. */
export const parseTopologyPageMessage = (input: unknown): Parsed<TopologyPageMessage> =>
  parse(topologyPageMessageSchema, 'Message from the page', input);

/** Reads a message from the extension. Never throws. */
export const parseTopologyHostMessage = (input: unknown): Parsed<TopologyHostMessage> =>
  parse(topologyHostMessageSchema, 'Message from the extension', input);

/** Reads what the page kept over a reload. Never throws. */
export const parseTopologyState = (input: unknown): Parsed<TopologyState> =>
  parse(topologyStateSchema, 'Saved state', input);
