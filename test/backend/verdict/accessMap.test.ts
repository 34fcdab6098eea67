import { describe, expect, it } from 'vitest';
import { accessMap, DEVICE_ACCESS, GUEST_ACCESS } from '../../../src/backend/assembly/accessMap';
import { explained } from '../../../src/backend/assembly/explained';
import { formatBdf } from '../../../src/backend/spec/bdf';
import { layoutOf } from '../../../src/backend/spec/layout';
import { xor, shl } from '../../../src/backend/spec/uint';
import type { Fate } from '../../../src/backend/verdict/rules';
import { at, IGB, sampleMachine } from '../machine/machines';
import { fresh, seizedOf, store, type Fresh } from '../pciback/fixtures';

/** Fates that a bit may meet whose map says this. */
const FATES: Readonly<Record<number, readonly Fate[]>> = {
  [GUEST_ACCESS.passes]: ['written', 'cleared', 'kept', 'same'],
  [GUEST_ACCESS.acted]: ['acted', 'same', 'shadowed', 'refused'],
  [GUEST_ACCESS.emulated]: ['shadowed', 'emulated', 'ignored'],
  [GUEST_ACCESS.ignored]: ['ignored'],
  [GUEST_ACCESS.dropped]: ['dropped', 'masked'],
  [GUEST_ACCESS.refused]: ['refused'],
  [GUEST_ACCESS.hidden]: ['ignored'],
};

const mapOf = ({ host, dev }: Fresh): Uint8Array =>
  accessMap(
    dev.fn,
    layoutOf(dev.fn.config.subarray(0, dev.fn.configSize), new Uint8Array(dev.fn.configSize).fill(1)),
    seizedOf(host, dev).configSpace,
  );

const nothing = (): void => undefined;
const permissive = ({ host, dev }: Fresh): void => void store(host, 'permissive', dev.name);
const control = ({ host, dev }: Fresh): void => void store(host, 'allow_interrupt_control', dev.name);

describe('the access map', () => {
  it.each([
    ['as it is', nothing],
    ['permissive', permissive],
    ['with interrupt control', control],
  ] as const)('says of every bit of every field what a write of it meets: %s', (_name, prepare) => {
    const model = fresh();
    prepare(model);
    const map = mapOf(model);
    const wrong: string[] = [];
    for (const { start, size } of seizedOf(model.host, model.dev).configSpace.entries)
      for (let bit = 0; bit < 8 * size; bit++) {
        const fixture = fresh();
        prepare(fixture);
        const { guest, dev, host } = fixture;
        const sent = xor(guest.read(dev, start, size).value, shl(1, bit));
        const { verdict } = explained(
          seizedOf(host, dev),
          { op: 'conf_write', offset: start, size, sent },
          () => ({ result: guest.write(dev, start, size, sent) }),
        );
        const fate = verdict.parts.find((part) => ((part.mask >>> bit) & 1) === 1)!.fate;
        const way = map[8 * start + bit]! >> 4;
        if (!FATES[way]!.includes(fate))
          wrong.push(`${start.toString(16)} bit ${bit}: way ${way}, fate ${fate}`);
      }
    expect(wrong).toEqual([]);
  });

  it('of bytes that no field covers says dropped, and passes when permissive', () => {
    const fixture = fresh();
    expect(mapOf(fixture)[8 * 0x100]! >> 4).toBe(GUEST_ACCESS.dropped);
    store(fixture.host, 'permissive', fixture.dev.name);
    expect(mapOf(fixture)[8 * 0x100]! >> 4).toBe(GUEST_ACCESS.passes);
  });

  it('tells what the device does with its bits, and nothing of a guest where there is none', () => {
    const machine = sampleMachine();
    const map = machine.accessMap(IGB);
    expect(map).toHaveLength(8 * 4096);
    expect(map.every((byte) => byte < 16)).toBe(true);
    expect(map[8 * 0x04 + 2]).toBe(DEVICE_ACCESS.RW);
    expect(map[8 * 0x07 + 7]).toBe(DEVICE_ACCESS.RW1C);
    expect(map[0]).toBe(DEVICE_ACCESS.RO);
    expect(map[8 * 0x05 + 7]).toBe(DEVICE_ACCESS.reserved);
    expect(map[8 * 0xfff]).toBe(DEVICE_ACCESS.unowned);
    machine.assign(1, IGB);
    expect(machine.accessMap(IGB)[0]! >> 4).toBe(GUEST_ACCESS.ignored);
    machine.sysfs('quirks', `${formatBdf(IGB)}-fff:1:0`);
    expect(machine.accessMap(IGB)[8 * 0xfff]! >> 4).toBe(GUEST_ACCESS.passes);
    expect(machine.confRead(1, at('0000:00:00.0'), 0, 4).err).toBe(0);
  });
});
