import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DecodedDevice, decodeDump } from '../../src/sources/decode';
import { PciIds } from '../../src/sources/pciIds';
import { decodeText } from '../../src/sources/text';

const root = path.resolve(import.meta.dirname, '../..');
const shared = path.join(process.env['CONFSPACE_SHARED'] ?? path.join(root, '../shared'), 'dumps');
const noNames = new PciIds('');

type OracleDevice = Omit<DecodedDevice, 'title' | 'flags'>;

/** What must be equal: everything but names, which follow lspci's version. */
const facts = (device: OracleDevice) => ({
  slot: device.slot,
  configBytes: device.configBytes,
  headerType: device.headerType,
  multiFunction: device.multiFunction,
  vendor: device.vendor,
  device: device.device,
  cls: device.cls,
  capabilities: device.capabilities.map(({ offset, id }) => ({ offset, id })),
  extCapabilities: device.extCapabilities.map(({ offset, id, ver }) => ({ offset, id, ver })),
});

/** Devices with one address have no order of their own. */
const ordered = (devices: readonly OracleDevice[]) =>
  devices
    .map((device) => JSON.stringify(facts(device)))
    .sort()
    .map((text): unknown => JSON.parse(text));

const oracleOf = (folder: string): ReadonlyMap<string, OracleDevice[]> => {
  const oracle = JSON.parse(readFileSync(path.join(folder, 'oracle.json'), 'utf8')) as {
    devices: OracleDevice[];
  };
  const byDump = new Map<string, OracleDevice[]>();
  for (const device of oracle.devices)
    if (existsSync(path.join(folder, device.dump)))
      byDump.set(device.dump, [...(byDump.get(device.dump) ?? []), device]);
  return byDump;
};

const expectEqual = (folder: string): number => {
  let compared = 0;
  for (const [dump, devices] of oracleOf(folder)) {
    const decoded = decodeDump(decodeText(readFileSync(path.join(folder, dump))), dump, noNames);
    expect(ordered(decoded), dump).toEqual(ordered(devices));
    compared += devices.length;
  }
  return compared;
};

describe('decode', () => {
  it('equals lspci on the dumps of this project', () => {
    expect(expectEqual(path.join(root, 'samples'))).toBeGreaterThan(60);
  });

  it.skipIf(!existsSync(path.join(shared, 'oracle.json')))(
    'equals lspci 3.14 on a collection of dumps',
    () => {
      expect(expectEqual(shared)).toBeGreaterThanOrEqual(760);
    },
  );
});
