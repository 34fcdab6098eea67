import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { hideParameter } from '../src/backend/assembly/xenHost';
import { Pcifront } from '../src/backend/guest/pcifront';
import type { RequestPage } from '../src/backend/guest/requestPage';
import { createPciDevice } from '../src/backend/xen/toolstack';
import type { SeizedDevice } from '../src/backend/pciback/seizedDevice';
import { bdfOf, formatBdf, type Bdf } from '../src/backend/spec/bdf';
import { Player } from '../test/conformance/player';
import type { DeviceLine, Options } from '../test/conformance/scenario';

/** The operation list of the speed yardstick and the machine that it runs on. */

interface Header {
  readonly device: DeviceLine;
  readonly opts: Options;
}

export interface OperationList {
  readonly header: Header;
  readonly dev: Uint8Array;
  readonly isWrite: Uint8Array;
  readonly offset: Int32Array;
  readonly size: Int32Array;
  readonly value: Uint32Array;
}

export const readOperations = (file: string): OperationList => {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const header = JSON.parse(lines[0] ?? '') as Header;
  const rows = lines.slice(1).map((l) => JSON.parse(l) as number[]);
  const column = (i: number): number[] => rows.map((r) => r[i] ?? 0);
  return {
    header,
    dev: Uint8Array.from(column(0)),
    isWrite: Uint8Array.from(column(1)),
    offset: Int32Array.from(column(2)),
    size: Int32Array.from(column(3)),
    value: Uint32Array.from(column(4)),
  };
};

export interface Bench {
  readonly devices: readonly SeizedDevice[];
  readonly guestAddresses: readonly Bdf[];
  readonly ring: RequestPage;
}

/** `count` copies of the list's device at 0000:03:KK.0, seized and given to one connected guest. */
export const setUp = (list: OperationList, count: number, passthrough: boolean): Bench => {
  const devices = Array.from({ length: count }, (_, k) => ({
    ...list.header.device,
    bdf: formatBdf(bdfOf(0, 3, k << 3)),
  }));
  const player = new Player({ devices, opts: { ...list.header.opts, passthrough: passthrough ? 1 : 0 } });
  player.seize();
  player.setup();
  player.attach();
  const { ring } = player;
  const backend = player.host.driver.backend(1)?.backend;
  if (ring === undefined || backend === undefined) throw new Error('the guest is not connected');
  const placed = devices.map((d) => {
    const device = backend.topology.devices().find(({ dev }) => dev.name === d.bdf);
    const guest = device === undefined ? undefined : backend.topology.find(device);
    if (device === undefined || guest === undefined) throw new Error(`${d.bdf} is not in the guest`);
    return { device, guest };
  });
  return { devices: placed.map((p) => p.device), guestAddresses: placed.map((p) => p.guest), ring };
};

const DEVICES_PER_BUS = 32;

/** `count` guests, each connected by its frontend and with one copy of the list's device. */
export const setUpGuests = (list: OperationList, count: number): readonly Bench[] => {
  const places = Array.from({ length: count }, (_, k) =>
    bdfOf(0, 3 + Math.floor(k / DEVICES_PER_BUS), (k % DEVICES_PER_BUS) << 3),
  );
  const devices = places.map((bdf) => ({ ...list.header.device, bdf: formatBdf(bdf) }));
  const { host } = new Player({ devices, opts: list.header.opts });
  const { platform, driver } = host;
  driver.load(hideParameter(places));
  return places.map((bdf, k) => {
    const domid = k + 1;
    createPciDevice(platform.xenstore, domid, `guest${domid}`, [bdf]);
    const backend = driver.probeBackend(domid)?.backend;
    const { ring } = new Pcifront(platform, domid);
    platform.xenstore.drain();
    const device = backend?.topology.devices()[0];
    const guest = device === undefined ? undefined : backend?.topology.find(device);
    if (device === undefined || guest === undefined) throw new Error(`guest ${domid} is not connected`);
    return { devices: [device], guestAddresses: [guest], ring };
  });
};

/** One pass through all guests' pages in turn. */
export const guestsPass = (list: OperationList, guests: readonly Bench[]): void => {
  const n = guests.length;
  for (let i = 0; i < list.offset.length; i++) {
    const { ring, guestAddresses } = guests[i % n]!;
    const at = guestAddresses[0]!;
    if (list.isWrite[i] === 1) ring.configWrite(at, list.offset[i]!, list.size[i]!, list.value[i]!);
    else ring.configRead(at, list.offset[i]!, list.size[i]!);
  }
};

/** One pass straight into the driver's configuration space, as its config_read and config_write are called. */
export const accessPass = (list: OperationList, { devices }: Bench): void => {
  const n = devices.length;
  for (let i = 0; i < list.offset.length; i++) {
    const space = devices[list.dev[i]! % n]!.configSpace;
    if (list.isWrite[i] === 1) space.write(list.offset[i]!, list.size[i]!, list.value[i]!);
    else space.read(list.offset[i]!, list.size[i]!);
  }
};

/** One pass through the shared page: fill, kick, read the answer. */
export const requestPass = (
  list: OperationList,
  { guestAddresses, ring }: Bench,
  answer?: (err: number, value: number) => void,
): void => {
  const n = guestAddresses.length;
  for (let i = 0; i < list.offset.length; i++) {
    const at = guestAddresses[list.dev[i]! % n]!;
    if (list.isWrite[i] === 1) ring.configWrite(at, list.offset[i]!, list.size[i]!, list.value[i]!);
    else ring.configRead(at, list.offset[i]!, list.size[i]!);
    if (answer !== undefined) answer(ring.err, ring.value);
  }
};

const FNV_OFFSET = 1469598103934665603n;
const FNV_PRIME = 1099511628211n;
const MASK64 = 0xffffffffffffffffn;

/** What the real driver's first pass through the page gives, by number of devices; the same for both topologies. */
export const CHECKSUMS: Readonly<Record<number, string>> = { 1: 'acfa40fd15c0b1fa', 32: 'c126a5b21d5c5dd3' };

/** 64-bit FNV-1a over `err` and `value` of every operation of a first pass. */
export const checksum = (list: OperationList, bench: Bench): string => {
  let hash = FNV_OFFSET;
  const add = (word: number): void => {
    for (let i = 0; i < 32; i += 8) hash = ((hash ^ BigInt((word >>> i) & 0xff)) * FNV_PRIME) & MASK64;
  };
  requestPass(list, bench, (err, value) => {
    add(err);
    add(value);
  });
  return hash.toString(16).padStart(16, '0');
};
