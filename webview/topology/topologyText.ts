import type { Bridge, BridgeWindow, TopologyFunction } from '../../src/protocol/topology';
import type { TopologyNode } from './topologyTree';

/** The words of the drawing, for eyes and for screen readers. */

const hex = (value: number): string => value.toString(16).padStart(2, '0');

const WINDOW_NAME: Readonly<Record<BridgeWindow['kind'], string>> = {
  io: 'I/O',
  memory: 'Mem',
  prefetchable: 'Pref',
};
const WINDOW_SPOKEN: Readonly<Record<BridgeWindow['kind'], string>> = {
  io: 'I/O',
  memory: 'memory',
  prefetchable: 'prefetchable memory',
};

const SIZE = / \[size=(\w+)\]/;
const WIDTH = / \[\d+-bit\]$/;

/** `Mem  fe600000-fe9fffff  4M`: the range without its leading zeros, or that there is none. */
export const windowText = ({ kind, text }: BridgeWindow): string => {
  const name = WINDOW_NAME[kind].padEnd(4);
  const size = SIZE.exec(text)?.[1];
  if (size === undefined) return `${name} ${/disabled/.test(text) ? 'none' : text.replace(WIDTH, '')}`;
  const range = text.replace(WIDTH, '').replace(SIZE, '');
  return `${name} ${withoutZeros(range)} ${size}`;
};

/** Both ends of a range with as many digits as the longer one needs, but at least four. */
const withoutZeros = (range: string): string => {
  const zeros = Math.min(...range.split('-').map((end) => /^0*/.exec(end)?.[0].length ?? 0));
  return range
    .split('-')
    .map((end) => end.slice(Math.min(zeros, Math.max(0, end.length - 4))))
    .join('-');
};

export const busRangeText = ({ primary, secondary, subordinate }: Bridge): string =>
  `bus ${hex(primary)} → ${hex(secondary)}${subordinate === secondary ? '' : `-${hex(subordinate)}`}`;

/** Who has the function, in a mark of few words; undefined when nobody but its driver. */
export const markText = ({ standing, owner }: TopologyFunction): string | undefined => {
  if (standing === 'assigned' && owner) return `${owner.name} ${owner.address.replace(/^0000:/, '')}`;
  return standing === 'seized' ? 'seized' : undefined;
};

export const driverText = ({ driver, physicalFunction }: TopologyFunction): string =>
  [
    driver ?? 'no driver',
    ...(physicalFunction === undefined ? [] : [`VF of ${physicalFunction.replace(/^0000:/, '')}`]),
  ].join(' · ');

const standingSpoken = ({ standing, owner }: TopologyFunction): string => {
  if (standing === 'assigned' && owner) return `, assigned to ${owner.name} as ${owner.address}`;
  return standing === 'seized' ? ', seized by pciback' : '';
};

const bridgeSpoken = (bridge: Bridge): string => {
  const windows = bridge.windows.map(
    (window) =>
      `, ${WINDOW_SPOKEN[window.kind]} ${window.text.replace(SIZE, ', size $1').replace(WIDTH, '')}`,
  );
  const { secondary, subordinate } = bridge;
  return `, leads to bus ${hex(secondary)}${subordinate === secondary ? '' : ` to ${hex(subordinate)}`}${windows.join('')}`;
};

/** What a screen reader says of a node. */
export const nodeSpoken = (node: TopologyNode): string => {
  if (node.kind === 'bus') {
    const count = node.functions.length;
    return `Bus ${node.name}, ${count === 0 ? 'empty' : count === 1 ? '1 function' : `${count} functions`}`;
  }
  const { fn } = node;
  return `${node.name} ${fn.className}, ${fn.deviceName}, ${driverText(fn)}${standingSpoken(fn)}${fn.bridge ? bridgeSpoken(fn.bridge) : ''}`;
};
