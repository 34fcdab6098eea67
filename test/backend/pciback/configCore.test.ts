import { describe, expect, it } from 'vitest';
import { fresh, freshVf, MSI, real, warnings } from './fixtures';

/** Writes reach the device as [offset, width, value]. */
const NO_WRITES: never[] = [];

describe('reading through the virtual configuration space', () => {
  it.each([
    [0x01, 2],
    [0x02, 4],
    [0x00, 3],
    [0x00, 8],
    [-2, 4],
    [0, 0],
    [0, -1],
  ])('32: a read of 0x%x with size %i is an invalid offset with value 0', (offset, size) => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, offset, size)).toMatchObject({ err: -2, value: 0 });
  });

  it('33: the ids come from the kernel', () => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, 0x00, 4)).toMatchObject({ err: 0, value: 0x10d38086 });
  });

  it('34: so a VF has ids although its registers read ffff', () => {
    const { guest, dev } = freshVf();
    expect(real(dev, 0x00, 4)).toBe(0xffffffff);
    expect(guest.read(dev, 0x00, 4).value).toBe(0x10ca8086);
  });

  it('35: a dword over three one-byte fields is put together', () => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, 0x0c, 4).value).toBe(0x00000010);
  });

  it('36: the interrupt line is the kernel line, not the register', () => {
    const { guest, dev } = fresh();
    expect(real(dev, 0x3c, 1)).toBe(0x0b);
    expect(guest.read(dev, 0x3c, 4).value).toBe(0x00000110);
  });

  it('37: a read narrower than the field leaves the field whole in the page', () => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, 0x10, 2).value).toBe(0xfeb80000);
  });

  it('38: what no field covers reads raw', () => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, 0x2c, 4).value).toBe(0xa01f8086);
  });

  it.each([0x1000, -4, 0x7ffffffc])('39: beyond the bus 0x%x gives its error and all ones', (offset) => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, offset, 4)).toMatchObject({ err: -22, value: 0xffffffff });
  });

  it('40: the error of the real read is lost where fields overlay it', () => {
    const { guest, dev } = fresh();
    dev.fn.addFailingRange({ offset: 0x00, length: 4, readCode: 0x86, writeCode: 0 });
    expect(guest.read(dev, 0x00, 4)).toMatchObject({ err: 0, value: 0x10d38086 });
    dev.fn.addFailingRange({ offset: 0x2c, length: 4, readCode: 0x86, writeCode: 0 });
    expect(guest.read(dev, 0x2c, 4)).toMatchObject({ err: -1, value: 0xffffffff });
  });
});

describe('writing through the virtual configuration space', () => {
  it('41: a write that no field covers succeeds, reaches nothing and warns with offset and size', () => {
    const { guest, dev } = fresh();
    const reply = guest.write(dev, 0x06, 2, 0xffff);
    expect(reply).toMatchObject({ err: 0, writes: NO_WRITES });
    expect(warnings(reply)).toHaveLength(1);
    expect(warnings(reply)[0]).toMatch(/read-only configuration space field at offset 0x6, size 2\./);
  });

  it('42: only the first one warns', () => {
    const { guest, dev } = fresh();
    guest.write(dev, 0x06, 2, 0xffff);
    expect(guest.write(dev, MSI + 4, 4, 1)).toMatchObject({ err: 0, writes: NO_WRITES, log: [] });
  });

  it('43: permissive lets it through', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    expect(guest.write(dev, 0xe8, 2, 0xbeef).writes).toEqual([[0xe8, 2, 0xbeef]]);
  });

  it('43: the module parameter does so for every device', () => {
    const { guest, dev } = fresh(undefined, [], { permissive: true });
    expect(guest.write(dev, 0xe8, 2, 0xbeef).writes).toEqual([[0xe8, 2, 0xbeef]]);
  });

  it('44: a write that touches a field never reaches bytes beside it, even when permissive', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    const { writes } = guest.write(dev, 0x04, 4, 0xffff0007);
    expect(writes.filter(([offset, width]) => offset + width > 6)).toEqual(NO_WRITES);
    expect(real(dev, 0x04, 2)).toBe(0x0007);
  });

  it('45: the header type is not a field: permissive writes it raw', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    expect(guest.write(dev, 0x0e, 1, 0x80).writes).toEqual([[0x0e, 1, 0x80]]);
  });

  it('46: a dword is split into its fields: cache line and BIST go through, latency and header type do not', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, 0x0c, 4, 0x40ff1120)).toMatchObject({
      err: 0,
      writes: [
        [0x0c, 1, 0x20],
        [0x0f, 1, 0x40],
      ],
      log: [],
    });
  });

  it('46: other BIST values than the start bit are ignored', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, 0x0f, 1, 0x41)).toMatchObject({ err: 0, writes: NO_WRITES });
  });

  it('47: a field without a write handler ignores the write in silence, even when permissive', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    expect(guest.write(dev, 0x0d, 1, 0x40)).toMatchObject({ err: 0, writes: NO_WRITES, log: [] });
  });

  it('48: the last field of a request decides its error', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, MSI, 4, 0x00810000)).toMatchObject({ err: -3, writes: NO_WRITES });
  });

  it('49: MSI address is not a field: dropped with the warning', () => {
    const { guest, dev } = fresh();
    const reply = guest.write(dev, MSI + 4, 4, 0xfee00000);
    expect(reply).toMatchObject({ err: 0, writes: NO_WRITES });
    expect(warnings(reply)).toHaveLength(1);
  });
});
