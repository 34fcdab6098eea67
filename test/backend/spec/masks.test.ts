import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveMasks } from '../../../src/backend/device/masks';
import { readLe } from '../../../src/backend/spec/uint';
import { imageOf, sampleFunction, sampleFunctions } from './sampleImage';

/** Writable bits of the dword at `offset`. */
const rwAt = (
  image: { readonly config: Uint8Array; readonly known: Uint8Array },
  offset: number,
  barSizes?: Readonly<Record<number, bigint>>,
): number => readLe(deriveMasks(image.config, image.known, barSizes).rw, offset, 4);

const VENDOR = [0x00, 0x34, 0x12, 0x11, 0x11] as const;

describe('write masks of BARs', () => {
  it('follow the size that the source knew', () => {
    const image = imageOf(256, VENDOR, [0x10, 0x0c, 0, 0, 0xfe], [0x18, 0x01, 0xe0], [0x1c, 0, 0, 0, 0xfd]);
    const sizes = { 0: 2n ** 33n, 2: 32n, 3: 2n ** 17n, 6: 2n ** 18n };
    expect([rwAt(image, 0x10, sizes), rwAt(image, 0x14, sizes)]).toEqual([0, 0xfffffffe]);
    expect(rwAt(image, 0x18, sizes)).toBe(0xffffffe0);
    expect(rwAt(image, 0x1c, sizes)).toBe(0xfffe0000);
    expect(rwAt(image, 0x30, sizes)).toBe(0xfffc0001);
  });

  it('are assumed from alignment, at most 16 MiB, 256 ports and 64 KiB of ROM', () => {
    const image = imageOf(
      256,
      VENDOR,
      [0x10, 0x00, 0x40, 0xff, 0xfe],
      [0x14, 0, 0, 0, 0xe0],
      [0x18, 0x01, 0xe0],
      [0x30, 0x01, 0, 0xf0, 0xfe],
    );
    expect(rwAt(image, 0x10)).toBe(0xffffc000);
    expect(rwAt(image, 0x14)).toBe(0xff000000);
    expect(rwAt(image, 0x18)).toBe(0xffffff00);
    expect(rwAt(image, 0x30)).toBe(0xffff0001);
  });

  it('are empty for a BAR that reads 0 or is said not to exist', () => {
    const image = imageOf(256, VENDOR, [0x14, 0, 0, 0, 0xfd]);
    expect([rwAt(image, 0x10), rwAt(image, 0x30), rwAt(image, 0x14, { 1: 0n })]).toEqual([0, 0, 0]);
  });
});

describe('write masks of registers', () => {
  it('leave ids, status and the interrupt pin alone, and clear status errors by writing 1', () => {
    const { config, known } = imageOf(256, VENDOR);
    const { rw, w1c } = deriveMasks(config, known);
    expect([readLe(rw, 0, 4), readLe(rw, 6, 2), rw[0x3d], rw[0x3c]]).toEqual([0, 0, 0, 0xff]);
    expect(readLe(w1c, 6, 2)).toBe(0xf900);
  });

  it('hardwire in an Express function what PCI Express hardwires', () => {
    const express = imageOf(256, VENDOR, [0x06, 0x10], [0x34, 0x40], [0x40, 0x10, 0, 0x02]);
    expect(rwAt(express, 4)).toBe(0x0547);
    expect(rwAt(imageOf(256, VENDOR), 4)).toBe(0x077f);
    expect(rwAt(express, 0x0c)).toBe(0x000000ff);
  });

  it('have no writable bits in bytes that no structure owns', () => {
    const { config, known } = imageOf(256, VENDOR);
    expect(
      deriveMasks(config, known)
        .rw.subarray(0x40)
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  it('never let a reset bit stay set', () => {
    // DEVCAP announces function-level reset; DEVCTL bit 15 starts it and reads 0.
    const image = imageOf(256, VENDOR, [0x06, 0x10], [0x34, 0x40], [0x40, 0x10, 0, 0x02, 0, 0, 0, 0, 0x10]);
    expect(rwAt(image, 0x48) & 0x8000).toBe(0);
  });
});

describe('write masks of the sample machine', () => {
  const measured = JSON.parse(readFileSync(path.resolve('samples/q35/writemask.json'), 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  const nvme = sampleFunction('0000:01:00.0');

  it.each([
    ['MSI-X Message Control', '040-043'],
    ['PMCSR', '064-067'],
    ['SR-IOV Control', '128-12b'],
    ['NumVFs', '130-133'],
    ['System Page Size', '140-143'],
  ])('equal those measured on QEMU NVMe: %s', (_register, range) => {
    const expected = parseInt(measured['1b36:0010']?.[range] ?? '', 16);
    expect(rwAt(nvme, parseInt(range.slice(0, 3), 16))).toBe(expected);
  });

  it('equal those measured on a QEMU root port: windows, bus numbers, bridge control', () => {
    const port = sampleFunction('0000:00:03.0');
    const expected = measured['1b36:000c'] ?? {};
    // Secondary latency timer: QEMU lets it be written, PCI Express hardwires it to 0.
    expect(rwAt(port, 0x18)).toBe(0x00ffffff);
    expect(rwAt(port, 0x1c)).toBe(parseInt(expected['01c-01f'] ?? '', 16));
    expect(rwAt(port, 0x20)).toBe(parseInt(expected['020-027'] ?? '', 16));
    expect(rwAt(port, 0x28)).toBe(parseInt(expected['028-02f'] ?? '', 16));
    expect(rwAt(port, 0x3c)).toBe(parseInt(expected['03c-03f'] ?? '', 16));
  });

  it('touch no id and no pointer of any structure', () => {
    for (const fn of sampleFunctions()) {
      const { rw, w1c } = deriveMasks(fn.config, fn.known);
      expect(readLe(rw, 0, 4) | readLe(w1c, 0, 4)).toBe(0);
      expect(rw[0x34]).toBe(0);
    }
  });
});

describe('write masks of arbitrary bytes', () => {
  it('never overlap, never throw, and are as long as the image', () => {
    const image = fc
      .constantFrom(0, 16, 64, 256, 4096)
      .chain((n) => fc.tuple(fc.uint8Array({ minLength: n, maxLength: n }), fc.boolean()));
    fc.assert(
      fc.property(
        image,
        fc.dictionary(fc.constantFrom('0', '1', '6', '7'), fc.bigInt(-1n, 2n ** 70n)),
        (im, sizes) => {
          const [config, announced] = im;
          if (announced && config.length > 0x34) {
            config[0x06] = 0x10;
            config[0x0e] = (config[0x0e] ?? 0) % 3;
          }
          const { rw, w1c } = deriveMasks(config, new Uint8Array(config.length).fill(1), sizes);
          expect([rw.length, w1c.length]).toEqual([config.length, config.length]);
          expect(rw.some((byte, i) => (byte & (w1c[i] ?? 0)) !== 0)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
