import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatBdf } from '../../src/backend/spec/bdf';
import { CapId, ExtCapId } from '../../src/backend/spec/capabilityIds';
import { walkCapabilities, walkExtendedCapabilities } from '../../src/backend/spec/chain';
import { parseLspci } from '../../src/sources/lspci';
import { readSample, writeSample } from '../../src/sources/sample';
import { withVpd } from '../../scripts/sampleVpd';

const root = path.resolve(import.meta.dirname, '../..');
const json: unknown = JSON.parse(readFileSync(path.join(root, 'media/sample-machine.json'), 'utf8'));
const machine = readSample(json);

describe('the sample machine', () => {
  it('is the machine of the dump in the sample workspace, with VPD added to its 82576', () => {
    const dump = parseLspci(
      readFileSync(path.join(root, 'samples/workspace/q35-rich.lspci.txt'), 'utf8'),
      'dump',
    );
    if (!dump.ok) throw new Error(dump.message);
    const facts = ({ functions }: typeof machine) =>
      functions.map(({ bdf, config, barSizes, irq, driver, physicalFunction, vendorId, deviceId }) => ({
        bdf,
        bytes: Buffer.from(config).toString('hex'),
        barSizes,
        irq,
        driver,
        physicalFunction,
        vendorId,
        deviceId,
      }));
    expect(facts(machine)).toEqual(
      facts({ ...dump.machine, functions: dump.machine.functions.map(withVpd) }),
    );
  });

  it('holds what a driver writer wants to try: bridges, conventional and Express functions, VPD, MSI, MSI-X, AER, SR-IOV', () => {
    const has = (id: number) =>
      machine.functions.filter(({ config, known }) =>
        walkCapabilities(config, known).found.some((capability) => capability.id === id),
      ).length;
    const hasExtended = (id: number) =>
      machine.functions.filter(({ config, known }) =>
        walkExtendedCapabilities(config, known).found.some((capability) => capability.id === id),
      ).length;
    for (const id of [CapId.PM, CapId.VPD, CapId.MSI, CapId.MSIX, CapId.EXP, CapId.SSVID])
      expect(has(id)).toBeGreaterThan(0);
    for (const id of [ExtCapId.AER, ExtCapId.ARI, ExtCapId.SRIOV, ExtCapId.ACS, ExtCapId.DSN])
      expect(hasExtended(id)).toBeGreaterThan(0);
    expect(machine.functions.filter((fn) => fn.physicalFunction).map(({ bdf }) => formatBdf(bdf))).toEqual([
      '0000:01:00.1',
      '0000:01:00.2',
      '0000:02:10.0',
      '0000:02:10.2',
    ]);
    expect(machine.functions.some((fn) => fn.config.length === 256)).toBe(true);
  });

  it('has no bit that is both writable and cleared by writing 1', () => {
    for (const { rw, w1c } of machine.functions)
      rw?.forEach((bits, at) => expect(bits & (w1c?.[at] ?? 0)).toBe(0));
  });

  it('is read back as it was written', () => {
    expect(readSample(JSON.parse(JSON.stringify(writeSample(machine, 'about'))))).toEqual(machine);
  });

  it('refuses a file that is no sample machine', () => {
    expect(() => readSample({ name: 'x', about: '', functions: [] })).toThrow();
    expect(() =>
      readSample({ name: 'x', about: '', functions: [{ bdf: '0:0', size: 256, config: '' }] }),
    ).toThrow();
  });
});
