import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXlConfig } from '../../src/sources/xlConfig';
import { bdfOf } from '../../src/backend/spec/bdf';
import { passthroughOptions, type XlPciDevice } from '../../src/sources/xlPciSpec';

const read = (text: string) => {
  const config = parseXlConfig(text);
  if (!config.ok) throw new Error(config.message);
  return config;
};
const only = (spec: string, before = ''): XlPciDevice => {
  const { devices, problems } = read(`${before}pci = [ '${spec}' ]`);
  expect(problems).toEqual([]);
  expect(devices).toHaveLength(1);
  return devices[0]!;
};

describe('xl guest configurations', () => {
  it('give the name and the devices in order, over lines, quotes and comments', () => {
    const { guestName, devices, problems } = read(
      `# a guest\nname = "du"; memory = 512\nvif = [ 'bridge=xenbr0' ]\npci = [ '03:00.0', # the NIC\n  "0001:04:1f.7@1a",\n]\n`,
    );
    expect(guestName).toBe('du');
    expect(problems).toEqual([]);
    expect(devices.map(({ address, virtualSlot, line }) => ({ address, virtualSlot, line }))).toEqual([
      { address: { domain: 0, bus: 3, device: 0, function: 0 }, virtualSlot: undefined, line: 4 },
      { address: { domain: 1, bus: 4, device: 0x1f, function: 7 }, virtualSlot: 0x1a, line: 5 },
    ]);
  });

  it('take the address by position or as bdf=, the slot after @ or as vslot=, and * for all functions', () => {
    const address = { domain: 0, bus: 0x36, device: 0, function: 0 };
    expect(only('36:00.0@20'.replace('20', '1f'))).toMatchObject({ address, virtualSlot: 0x1f });
    expect(only('bdf=36:00.0@8,seize=1')).toMatchObject({ address, virtualSlot: 8, seize: true });
    expect(only('permissive=1,bdf=36:00.0,vslot=8')).toMatchObject({
      address,
      virtualSlot: 8,
      permissive: true,
    });
    expect(only('36:00.*').address?.function).toBe('*');
    expect(only('name=nic')).toMatchObject({ address: undefined, name: 'nic' });
  });

  it('read every option', () => {
    expect(
      only('01:00.0,permissive=1,msitranslate=1,seize=1,power_mgmt=1,rdm_policy=relaxed,name=n'),
    ).toMatchObject({
      permissive: true,
      msitranslate: true,
      seize: true,
      powerManagement: true,
      rdmPolicy: 'relaxed',
      name: 'n',
    });
  });

  it('take the global switches for every device that does not say otherwise', () => {
    const before =
      'pci_permissive = 1\npci_seize=1\npci_msitranslate=1\npci_power_mgmt=1\nrdm="strategy=host,policy=relaxed"\n';
    expect(only('01:00.0,permissive=0', before)).toMatchObject({
      permissive: false,
      seize: true,
      msitranslate: true,
      powerManagement: true,
      rdmPolicy: 'relaxed',
    });
  });

  it('add lists with += and let a later assignment replace an earlier one', () => {
    const buses = (text: string): readonly unknown[] => read(text).devices.map((d) => d.address?.bus);
    expect(buses(`pci=['01:00.0']\npci+=['02:00.0']`)).toEqual([1, 2]);
    expect(buses(`pci=['01:00.0']\npci=['02:00.0']`)).toEqual([2]);
  });

  it('take time in proportion to their length', () => {
    const lines = 20_000;
    expect(read(`pci = []\n${"pci += ['01:00.0']\n".repeat(lines)}`).devices).toHaveLength(lines);
  });

  it('name unknown options at their place and keep the device', () => {
    const { devices, problems } = read(`pci = [ '01:00.0,speed=11' ]`);
    expect(devices).toHaveLength(1);
    expect(problems).toEqual([
      { line: 1, column: 18, endColumn: 23, severity: 'warning', message: `unknown option 'speed'` },
    ]);
  });

  it.each([
    ['01:00.8', 10, `'01:00.8' is not an address ([DDDD:]BB:DD.F, F may be *)`],
    ['01:20.0', 10, `'01:20.0' is not an address ([DDDD:]BB:DD.F, F may be *)`],
    ['01:00.0@20', 18, `'20' is not a virtual slot (hexadecimal, 0 to 1f)`],
    ['01:00.0,permissive=yes', 29, `permissive is 0 or 1, not 'yes'`],
    ['01:00.0,rdm_policy=lax', 29, `rdm_policy is strict or relaxed, not 'lax'`],
    ['01:00.0,permissive', 18, `'permissive' is not KEY=VALUE`],
    ['permissive=1', 10, 'no device: neither an address (bdf) nor a name'],
  ])('tell what is wrong in %s', (spec, column, message) => {
    expect(read(`pci = [ '${spec}' ]`).problems).toMatchObject([{ line: 1, column, message }]);
  });

  it('go on after a fault', () => {
    const { guestName, devices, problems } = read(`pci = [ '01:00.0', \nname = 'du'\nmemory 5\nx = 'y\n`);
    expect(guestName).toBe('du');
    expect(devices).toHaveLength(1);
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [1, 'the list is not closed: ] is missing'],
      [3, 'expected = after memory'],
      [4, 'the string is not closed'],
    ]);
  });

  it('refuse a file that is something else', () => {
    expect(parseXlConfig('00:1f.2 SATA controller\n').ok).toBe(false);
    expect(read(`pci = '01:00.0'`).problems).toMatchObject([{ message: 'pci is a list: pci = [ "..." ]' }]);
  });

  it('never throw, and every problem has a place in the text', () => {
    const word = fc.constantFrom(
      ...['pci', 'name', '=', '+=', '[', ']', ',', ';', '\n', "'", '"', '#', '\\', '@', '01:00.0', 'bdf='],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const lines = text.split('\n');
        for (const { line, column, endColumn } of parseXlConfig(text).problems) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThan(0);
          expect(endColumn).toBeGreaterThan(column ?? 0);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('read back every address that they can hold', () => {
    const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(0xff),
        fc.nat(0x1f),
        fc.nat(7),
        fc.nat(0x1f),
        (domain, bus, device, fn, slot) => {
          const text = `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn}@${hex(slot, 2)}`;
          expect(only(text)).toMatchObject({
            address: { domain, bus, device, function: fn },
            virtualSlot: slot,
          });
        },
      ),
      { seed: 7 },
    );
  });

  it('pass on to the toolstack the wished devfn: function 0 of the slot, with * every function its own', () => {
    const third = bdfOf(0, 2, 3);
    const wished = (spec: string): number | undefined => passthroughOptions(only(spec), third).vdevfn;
    expect(wished('02:00.3@1f')).toBe(0xf8);
    expect(wished('02:00.*@1f')).toBe(0xfb);
    expect(wished('02:00.3@0')).toBeUndefined();
    expect(wished('02:00.3')).toBeUndefined();
    expect(passthroughOptions(only('02:00.3,power_mgmt=1', 'pci_msitranslate = 1\n'), third)).toEqual({
      msitranslate: true,
      powerManagement: true,
      permissive: false,
      rdmPolicy: 'strict',
    });
  });
});
