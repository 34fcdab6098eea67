import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  layoutOf,
  registerValue,
  type PlacedRegister,
  type PlacedStructure,
} from '../../../src/backend/spec/layout';
import { bits } from '../../../src/backend/spec/uint';
import { imageOf, sampleFunction, sampleFunctions } from './sampleImage';

type Image = { readonly config: Uint8Array; readonly known: Uint8Array };

const structureAt = (image: Image, offset: number): PlacedStructure => {
  const found = layoutOf(image.config, image.known).find((s) => s.offset === offset);
  if (!found) throw new Error(`nothing at ${offset.toString(16)}`);
  return found;
};
const registerOf = (structure: PlacedStructure, name: string): PlacedRegister => {
  const found = structure.registers.find((r) => r.name === name);
  if (!found) throw new Error(`${structure.name} has no ${name}`);
  return found;
};
const nameOf = (structure: PlacedStructure): string => structure.name;
const registerNames = (structure: PlacedStructure): string[] => structure.registers.map((r) => r.name);

/** `register.field` as its meaning where the specification has one, else as a number. */
const told = (image: Image, structure: PlacedStructure, register: string, field: string): string | number => {
  const place = registerOf(structure, register);
  const spec = place.fields.find((f) => f.name === field);
  const value = registerValue(image.config, image.known, place);
  if (!spec || value === undefined) throw new Error(`no ${register}.${field}`);
  const number = bits(value, spec.lsb, spec.width);
  return spec.values?.[number] ?? number;
};

describe('layout of a Type 0 header', () => {
  it('gives every setpci register its offset and width', () => {
    const header = structureAt(imageOf(256), 0);
    expect(header.registers.map((r) => [r.name, r.offset, r.width])).toEqual([
      ['VENDOR_ID', 0x00, 2],
      ['DEVICE_ID', 0x02, 2],
      ['COMMAND', 0x04, 2],
      ['STATUS', 0x06, 2],
      ['REVISION', 0x08, 1],
      ['CLASS_PROG', 0x09, 1],
      ['CLASS_DEVICE', 0x0a, 2],
      ['CACHE_LINE_SIZE', 0x0c, 1],
      ['LATENCY_TIMER', 0x0d, 1],
      ['HEADER_TYPE', 0x0e, 1],
      ['BIST', 0x0f, 1],
      ['BASE_ADDRESS_0', 0x10, 4],
      ['BASE_ADDRESS_1', 0x14, 4],
      ['BASE_ADDRESS_2', 0x18, 4],
      ['BASE_ADDRESS_3', 0x1c, 4],
      ['BASE_ADDRESS_4', 0x20, 4],
      ['BASE_ADDRESS_5', 0x24, 4],
      ['CARDBUS_CIS', 0x28, 4],
      ['SUBSYSTEM_VENDOR_ID', 0x2c, 2],
      ['SUBSYSTEM_ID', 0x2e, 2],
      ['ROM_ADDRESS', 0x30, 4],
      ['CAPABILITIES', 0x34, 1],
      ['INTERRUPT_LINE', 0x3c, 1],
      ['INTERRUPT_PIN', 0x3d, 1],
      ['MIN_GNT', 0x3e, 1],
      ['MAX_LAT', 0x3f, 1],
    ]);
  });

  it('names the COMMAND bits as lspci does', () => {
    const command = registerOf(structureAt(imageOf(256), 0), 'COMMAND');
    expect(command.fields.map((f) => `${f.lsb} ${f.name}`)).toEqual([
      '0 I/O',
      '1 Mem',
      '2 BusMaster',
      '3 SpecCycle',
      '4 MemWINV',
      '5 VGASnoop',
      '6 ParErr',
      '7 Stepping',
      '8 SERR',
      '9 FastB2B',
      '10 DisINTx',
    ]);
  });

  it('joins a 64-bit BAR with the slot after it, and not in the last slot', () => {
    const image = imageOf(256, [0x10, 0x0c, 0, 0, 0xfe], [0x24, 0x04, 0, 0, 0xfd]);
    const header = structureAt(image, 0);
    expect(told(image, header, 'BASE_ADDRESS_0', 'Type')).toBe('64-bit');
    expect(told(image, header, 'BASE_ADDRESS_0', 'Prefetchable')).toBe(1);
    expect(registerOf(header, 'BASE_ADDRESS_1')).toMatchObject({ access: 'RW', fields: [] });
    expect(registerOf(header, 'BASE_ADDRESS_5').fields).toHaveLength(4);
  });
});

describe('layout of capabilities', () => {
  /** A function whose one capability stands at 40h. */
  const withCapability = (...bytes: number[]): Image =>
    imageOf(256, [0x06, 0x10], [0x34, 0x40], [0x40, ...bytes]);

  it.each([
    [0x00, 10, ['ADDRESS_LO', 'DATA']],
    [0x80, 14, ['ADDRESS_LO', 'ADDRESS_HI', 'DATA']],
    [0x100, 20, ['ADDRESS_LO', 'DATA', 'MASK', 'PENDING']],
    [0x180, 24, ['ADDRESS_LO', 'ADDRESS_HI', 'DATA', 'MASK', 'PENDING']],
  ])('places MSI with flags %i: %i bytes', (flags, length, names) => {
    const msi = structureAt(withCapability(0x05, 0, flags & 0xff, flags >> 8), 0x40);
    expect(msi.length).toBe(length);
    expect(registerNames(msi)).toEqual(['CAP_ID', 'NEXT_POINTER', 'FLAGS', ...names]);
  });

  it.each([
    ['Endpoint', 0x0001, 0x14, { LNKCTL: true, SLTCTL: false, RTCTL: false, DEVCTL2: false }],
    ['Root Port without slot', 0x0041, 0x24, { LNKCTL: true, SLTCTL: false, RTCTL: true, DEVCTL2: false }],
    ['Downstream Port with slot', 0x0161, 0x1c, { LNKCTL: true, SLTCTL: true, RTCTL: false, DEVCTL2: false }],
    ['RC Integrated Endpoint', 0x0091, 0x0c, { LNKCTL: false, SLTCTL: false, RTCTL: false, DEVCTL2: false }],
    ['RC Event Collector, v2', 0x00a2, 0x3c, { LNKCTL: false, SLTCTL: false, RTCTL: true, DEVCTL2: true }],
    ['Root Port with slot, v2', 0x0142, 0x3c, { LNKCTL: true, SLTCTL: true, RTCTL: true, SLTCTL2: true }],
    ['Endpoint, v2', 0x0002, 0x3c, { LNKCTL2: true, SLTCTL2: false, RTCTL: false, DEVCTL2: true }],
  ])('places the Express registers of a %s', (_type, flags, length, present) => {
    const express = structureAt(withCapability(0x10, 0, flags & 0xff, flags >> 8), 0x40);
    expect(express.length).toBe(length);
    const names = registerNames(express);
    for (const [name, there] of Object.entries(present))
      expect([name, names.includes(name)]).toEqual([name, there]);
  });

  it('gives an id that it does not describe its name and its length, and an unassigned one its head', () => {
    const hotplug = structureAt(withCapability(0x0c, 0), 0x40);
    expect([hotplug.name, hotplug.title, hotplug.length]).toEqual(['HOTPLUG', 'Hot-plug capable', 8]);
    expect(registerNames(hotplug)).toEqual(['CAP_ID', 'NEXT_POINTER']);
    expect(structureAt(withCapability(0x5a, 0), 0x40)).toMatchObject({ id: 0x5a, length: 2 });
  });

  it('keeps a vendor-specific length inside conventional space', () => {
    const image = imageOf(4096, [0x06, 0x10], [0x34, 0xf0], [0xf0, 0x09, 0, 0xff]);
    expect(structureAt(image, 0xf0).length).toBe(0x10);
  });
});

describe('layout of a real function', () => {
  const nic = sampleFunction('0000:02:00.0');
  const nvme = sampleFunction('0000:01:00.0');

  it('has the header first, then both chains in their order', () => {
    expect(layoutOf(nic.config, nic.known).map((s) => [nameOf(s), s.offset, s.version])).toEqual([
      ['HEADER', 0, undefined],
      ['PM', 0xc8, undefined],
      ['MSI', 0xd0, undefined],
      ['EXP', 0xe0, undefined],
      ['MSIX', 0xa0, undefined],
      ['AER', 0x100, 2],
      ['DSN', 0x140, 1],
    ]);
  });

  it('reads what lspci prints of an 82574L', () => {
    const pm = structureAt(nic, 0xc8);
    expect(told(nic, pm, 'PMC', 'Version')).toBe(2);
    expect(told(nic, pm, 'PMC', 'DSI')).toBe(1);
    expect(told(nic, pm, 'PMCSR', 'PowerState')).toBe('D0');
    const msi = structureAt(nic, 0xd0);
    expect([told(nic, msi, 'FLAGS', 'MMC'), told(nic, msi, 'FLAGS', '64bit')]).toEqual(['1', 1]);
    const express = structureAt(nic, 0xe0);
    expect(told(nic, express, 'FLAGS', 'Type')).toBe('Endpoint');
    expect(told(nic, express, 'DEVCAP', 'MaxPayload')).toBe('128 bytes');
    expect(told(nic, express, 'DEVCAP', 'L0s')).toBe('<64ns');
    expect(told(nic, express, 'LNKSTA', 'Speed')).toBe('2.5GT/s');
    expect(told(nic, express, 'LNKCAP', 'ASPM')).toBe('L0s');
    const msix = structureAt(nic, 0xa0);
    expect(told(nic, msix, 'FLAGS', 'TabSize')).toBe(4);
    expect([told(nic, msix, 'TABLE', 'BAR'), told(nic, msix, 'PBA', 'Offset')]).toEqual([3, 0x2000 >> 3]);
    const aer = structureAt(nic, 0x100);
    expect(told(nic, aer, 'UESVRT', 'MalfTLP')).toBe(1);
    expect(told(nic, aer, 'CEMSK', 'AdvNonFatalErr')).toBe(1);
    expect(told(nic, aer, 'AERCAP', 'ECRCGenCap')).toBe(1);
    expect(registerNames(aer)).not.toContain('ROOTCMD');
  });

  it('reads what lspci prints of an SR-IOV physical function', () => {
    const sriov = structureAt(nvme, 0x120);
    const value = (name: string): number | undefined =>
      registerValue(nvme.config, nvme.known, registerOf(sriov, name));
    expect([value('INITIAL_VFS'), value('TOTAL_VFS'), value('NUM_VFS')]).toEqual([4, 4, 4]);
    expect([value('VF_OFFSET'), value('VF_STRIDE'), value('VF_DEVICE_ID')]).toEqual([1, 1, 0x10]);
    expect([value('SUPPORTED_PAGE_SIZE'), value('SYSTEM_PAGE_SIZE')]).toEqual([0x553, 1]);
    expect(told(nvme, sriov, 'IOVCTL', 'MSE')).toBe(1);
    expect(told(nvme, sriov, 'SYSTEM_PAGE_SIZE', '4KiB')).toBe(1);
    expect(told(nvme, sriov, 'VF_BAR_0', 'Type')).toBe('64-bit');
  });

  it('leaves a virtual function its bus master bit alone', () => {
    const vf = sampleFunctions().find((fn) => fn.physicalFunction !== undefined);
    if (!vf) throw new Error('the sample has no virtual function');
    const command = registerOf(structureAt(vf, 0), 'COMMAND');
    expect(command.fields.filter((f) => f.access === 'RW').map((f) => f.name)).toEqual(['BusMaster']);
  });

  it('gives a root port the root registers of AER', () => {
    const port = sampleFunction('0000:00:03.0');
    const aer = layoutOf(port.config, port.known).find((s) => s.name === 'AER');
    expect(aer && registerNames(aer)).toContain('ROOTCMD');
  });

  it('places every structure and register of the sample inside its space', () => {
    for (const fn of sampleFunctions())
      for (const structure of layoutOf(fn.config, fn.known))
        for (const r of structure.registers) {
          expect(r.offset).toBeGreaterThanOrEqual(structure.offset);
          expect(r.offset + r.width).toBeLessThanOrEqual(structure.offset + structure.length);
        }
  });
});

describe('layout of arbitrary bytes', () => {
  const length = fc.constantFrom(64, 256, 4096);
  const image = length.chain((n) =>
    fc.record({
      config: fc.uint8Array({ minLength: n, maxLength: n }),
      known: fc.oneof(
        fc.constant(new Uint8Array(n).fill(1)),
        fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }).map((a) => Uint8Array.from(a)),
      ),
      announced: fc.boolean(),
    }),
  );

  it('never throws and never leaves the image', () => {
    fc.assert(
      fc.property(image, ({ config, known, announced }) => {
        if (announced) {
          config[0x06] = 0x10;
          config[0x0e] = (config[0x0e] ?? 0) % 3;
        }
        for (const s of layoutOf(config, known)) {
          expect(s.offset + s.length).toBeLessThanOrEqual(config.length);
          for (const r of s.registers) expect(r.offset + r.width).toBeLessThanOrEqual(config.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('calls a register with an unknown byte unknown', () => {
    const { config, known } = imageOf(256, [0, 0x86, 0x80]);
    const vendor = registerOf(structureAt({ config, known }, 0), 'VENDOR_ID');
    expect(registerValue(config, known, vendor)).toBe(0x8086);
    known[1] = 0;
    expect(registerValue(config, known, vendor)).toBeUndefined();
  });
});
