import { describe, expect, it } from 'vitest';
import { deriveMasks } from '../../../src/backend/device/masks';
import { layoutOf, type PlacedStructure } from '../../../src/backend/spec/layout';
import { PortType } from '../../../src/backend/spec/capabilities/portType';
import { readLe } from '../../../src/backend/spec/uint';
import { dwords, sampleFunction, withExtended } from './sampleImage';

type Image = { readonly config: Uint8Array; readonly known: Uint8Array };

const placed = ({ config, known }: Image): PlacedStructure => {
  const found = layoutOf(config, known).find(({ offset }) => offset === 0x100);
  if (!found) throw new Error('nothing at 100h');
  return found;
};

const writable = ({ config, known }: Image, offset: number): number =>
  readLe(deriveMasks(config, known).rw, offset, 4);
const clearable = ({ config, known }: Image, offset: number): number =>
  readLe(deriveMasks(config, known).w1c, offset, 4);

const registerAt = (image: Image, offset: number): string | undefined =>
  placed(image).registers.find((register) => register.offset === 0x100 + offset)?.name;

describe('length of an extended capability', () => {
  it.each([
    ['Secondary PCI Express, x1', 0x19, [], { lanes: 1 }, 0x10],
    ['Secondary PCI Express, x16', 0x19, [], { lanes: 16 }, 0x2c],
    ['16.0 GT/s, x1: lanes in whole dwords', 0x26, [], { lanes: 1 }, 0x24],
    ['16.0 GT/s, x16', 0x26, [], { lanes: 16 }, 0x30],
    ['32.0 GT/s, x32', 0x2a, [], { lanes: 32 }, 0x40],
    ['64.0 GT/s, x8', 0x31, [], { lanes: 8 }, 0x18],
    ['lane margining, x16', 0x27, [], { lanes: 16 }, 0x48],
    ['event collector without buses', 0x07, [], { version: 1 }, 8],
    ['event collector with buses', 0x07, [], { version: 2 }, 12],
    ['multicast of an endpoint', 0x12, [], { portType: PortType.endpoint }, 0x28],
    ['multicast of a switch port', 0x12, [], { portType: PortType.upstreamPort }, 0x30],
    ['power allocation of 3 substates', 0x16, dwords(2), {}, 0x13],
    ['steering table elsewhere', 0x17, dwords(0x003f0404), {}, 0x0c],
    ['steering table of 64 entries here', 0x17, dwords(0x003f0204), {}, 0x8c],
    ['three links of the root complex', 0x05, dwords(0x00000300), {}, 0x40],
    ['L1 substates that activate links', 0x1e, dwords(0x20), {}, 0x14],
    ['two virtual channels, no table', 0x02, dwords(1), {}, 0x28],
    ['VC arbitration of 32 phases at 30h', 0x02, dwords(1, 0x03000002), {}, 0x40],
    ['port arbitration of 128 phases of 4 bits at 20h', 0x02, dwords(0x800, 0, 0, 0x02000008), {}, 0x60],
    ['link streams of 2 classes', 0x30, dwords(0x2001), {}, 0x1c],
    ['selective streams with 2 and 0 ranges', 0x30, [...dwords(0x10002, 0), ...dwords(2)], {}, 0x4c],
    ['vendor-specific: as it says', 0x0b, dwords(0x0340_0001), {}, 0x34],
  ])('%s', (_name, id, body, facts, length) => {
    expect(placed(withExtended(id, body, facts)).length).toBe(length);
  });
});

describe('registers of an extended capability', () => {
  it('have their lane registers where the rate puts them', () => {
    const last = { lanes: 16 };
    expect(registerAt(withExtended(0x19, [], last), 0x0c + 30)).toBe('LANE_EQUALIZATION_15');
    expect(registerAt(withExtended(0x26, [], last), 0x20 + 15)).toBe('LANE_EQUALIZATION_15');
    expect(registerAt(withExtended(0x31, [], last), 0x10 + 15)).toBe('LANE_EQUALIZATION_15');
    expect(registerAt(withExtended(0x27, [], last), 0x08 + 62)).toBe('LANE_STATUS_15');
  });

  it('follow a selective stream to the ranges that it announces', () => {
    const image = withExtended(0x30, [...dwords(0x10002, 0), ...dwords(1)]);
    expect(registerAt(image, 0x0c + 20)).toBe('SEL0_ADDR0_1');
    expect(registerAt(image, 0x0c + 20 + 12)).toBe('SEL1_CAP');
  });

  it('do not leave extended space, whatever the counts say', () => {
    const image = withExtended(0x30, [...dwords(0x00ff_0002, 0), ...Array<number>(0xef0).fill(0xff)]);
    expect(placed(image).length).toBe(0xf00);
  });
});

describe('writable bits of an extended capability', () => {
  it('equalization belongs to the downstream port', () => {
    expect(writable(withExtended(0x19, [], { portType: PortType.rootPort }), 0x104)).toBe(0x3e03);
    expect(writable(withExtended(0x19, []), 0x104)).toBe(0x3e00);
  });

  it('signals to firmware only where correctable errors have subclasses', () => {
    const port = withExtended(0x1d, [], { portType: PortType.rootPort });
    expect([writable(port, 0x104) >>> 16, clearable(port, 0x108) & 0xffff]).toEqual([0x1f, 0x9]);
    port.config[0x46] = 1;
    expect([writable(port, 0x104) >>> 16, clearable(port, 0x108) & 0xffff]).toEqual([0x11f, 0x2009]);
  });

  it('lane errors are cleared lane by lane, up to the link width', () => {
    expect(clearable(withExtended(0x19, [], { lanes: 4 }), 0x108)).toBe(0xf);
    expect(clearable(withExtended(0x26, [], { lanes: 16 }), 0x110)).toBe(0xffff);
  });

  it('steering tags have an upper half only with extended TPH', () => {
    expect(writable(withExtended(0x17, dwords(0x0001_0204)), 0x10c)).toBe(0x00ff_00ff);
    expect(writable(withExtended(0x17, dwords(0x0001_0304)), 0x10c)).toBe(0xffff_ffff);
  });

  it('a mailbox keeps nothing that is written', () => {
    const doe = withExtended(0x2e, dwords(1));
    expect([writable(doe, 0x108), writable(doe, 0x110), writable(doe, 0x114)]).toEqual([2, 0, 0]);
    expect(clearable(doe, 0x10c)).toBe(2);
  });

  it('an arbitration table can be written, but for the bits that a phase does not use', () => {
    const vc = withExtended(0x02, dwords(1, 0x03000002));
    expect([0x130, 0x13c].map((at) => writable(vc, at))).toEqual([0x7777_7777, 0x7777_7777]);
  });

  it('a virtual function reports errors of its own, under masks that are not its own', () => {
    const vf = withExtended(0x01, []);
    vf.config.fill(0xff, 0, 4);
    expect([writable(vf, 0x108), writable(vf, 0x10c), writable(vf, 0x114)]).toEqual([0, 0, 0]);
    expect([clearable(vf, 0x104), clearable(vf, 0x110)]).toEqual([0x0031_d000, 0x2000]);
  });
});

describe('CXL', () => {
  it.each([
    ['port control extensions, alternate buses', '0000:80:00.0', 0x15c, 0xffff400f],
    ['alternate memory', '0000:80:00.0', 0x160, 0xfff0fff0],
    ['alternate prefetchable memory', '0000:80:00.0', 0x164, 0xfff0fff0],
    ['its upper base', '0000:80:00.0', 0x168, 0xffffffff],
    ['its upper limit', '0000:80:00.0', 0x16c, 0xffffffff],
    ['global persistent flush timeouts', '0000:80:00.0', 0x184, 0x0f0f0f0f],
    ['flex bus control of a downstream port', '0000:80:00.0', 0x194, 0x000000bd],
    ['flex bus control of an upstream port', '0000:82:00.0', 0x17c, 0],
    ['control of a device', '0000:81:00.0', 0x10c, 0x00004ffd],
    ['lock of a device', '0000:81:00.0', 0x114, 0x00000001],
    ['upper base of range 1', '0000:81:00.0', 0x120, 0xffffffff],
    ['lower base of range 1', '0000:81:00.0', 0x124, 0xf0000000],
    ['lower base of range 2', '0000:81:00.0', 0x134, 0xf0000000],
  ])('writes what was measured on QEMU 7.2: %s', (_name, address, offset, mask) => {
    expect(writable(sampleFunction(address), offset)).toBe(mask);
  });

  it('freezes control and bases once the lock is set', () => {
    const device = sampleFunction('0000:81:00.0');
    device.config[0x114] = 1;
    expect([0x10c, 0x114, 0x120, 0x124].map((at) => writable(device, at))).toEqual([0, 0, 0, 0]);
  });
});
