import { describe, expect, it } from 'vitest';
import { addBig, addNic, addNvme, connect, fresh, newHost, poke, seizeAll, type Fresh } from './fixtures';

const ONES = 0xffffffff;

/** Writes and reads the register back. */
const after = ({ guest, dev }: Fresh, offset: number, value: number): number => {
  guest.write(dev, offset, 4, value);
  return guest.read(dev, offset, 4).value;
};

describe('BARs and the ROM', () => {
  it.each([
    [63, 'a memory BAR', 0x10, ONES, 0xfffe0000],
    [64, 'a BAR that does not exist', 0x14, ONES, 0],
    [65, 'an I/O BAR', 0x18, ONES, 0xffffffe1],
    [66, 'an I/O BAR written without its low two bits', 0x18, 0xfffffffc, 0xffffffe1],
    [67, 'the second memory BAR', 0x1c, ONES, 0xffffc000],
    [68, 'the ROM', 0x30, 0xfffff800, 0xffff0000],
    [70, 'a memory BAR written without its low four bits', 0x10, 0xfffffff0, 0xfffe0000],
  ])('%i: sizing %s', (_number, _name, offset, written, read) => {
    expect(after(fresh(), offset, written)).toBe(read);
  });

  it('63: sizing does not touch the device', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, 0x10, 4, ONES).writes).toEqual([]);
  });

  it('69: a ROM write that leaves one address bit out is not a size probe', () => {
    expect(after(fresh(), 0x30, 0xfffff000)).toBe(0xfeb40000);
  });

  it('71: writing the address back ends sizing, and writes nothing that hardware already holds', () => {
    const f = fresh();
    f.guest.write(f.dev, 0x10, 4, ONES);
    expect(f.guest.write(f.dev, 0x10, 4, 0xfeb80000).writes).toEqual([]);
    expect(f.guest.read(f.dev, 0x10, 4).value).toBe(0xfeb80000);
  });

  it('72: an address that hardware has lost is put back', () => {
    const { guest, dev } = fresh();
    poke(dev, 0x10, 4, 0);
    expect(guest.write(dev, 0x10, 4, 0xfeb80000).writes).toEqual([[0x10, 4, 0xfeb80000]]);
  });

  it('73: any other address is ignored', () => {
    const f = fresh();
    expect(f.guest.write(f.dev, 0x10, 4, 0x12340000)).toMatchObject({ err: 0, writes: [] });
    expect(f.guest.read(f.dev, 0x10, 4).value).toBe(0xfeb80000);
  });

  it('73: permissive does not change that', () => {
    const f = fresh(addNic, ['permissive']);
    expect(f.guest.write(f.dev, 0x10, 4, 0x12340000)).toMatchObject({ err: 0, writes: [] });
    expect(f.guest.read(f.dev, 0x10, 4).value).toBe(0xfeb80000);
  });

  it('74: a half-word of ones leaves size mode', () => {
    const f = fresh();
    f.guest.write(f.dev, 0x10, 4, ONES);
    f.guest.write(f.dev, 0x10, 2, 0xffff);
    expect(f.guest.read(f.dev, 0x10, 4).value).toBe(0xfeb80000);
  });

  it('75: a 64-bit BAR shows both halves of its address', () => {
    const { guest, dev } = fresh(addNvme);
    expect([0x10, 0x14].map((o) => guest.read(dev, o, 4).value)).toEqual([0x20000004, 0x00000004]);
  });

  it('76: and both halves of its size', () => {
    const f = fresh(addNvme);
    expect([0x10, 0x14].map((o) => after(f, o, ONES))).toEqual([0xffffc004, 0xffffffff]);
  });

  it('77: the upper half is probed by all ones only', () => {
    expect(after(fresh(addNvme), 0x14, 0xfffffff0)).toBe(0x00000004);
  });

  it('78: 16 GiB leave nothing in the lower half', () => {
    const f = fresh(addBig);
    expect([0x10, 0x14].map((o) => after(f, o, ONES))).toEqual([0x0000000c, 0xfffffffc]);
  });

  it('79: size mode ends with the guest', () => {
    const host = newHost();
    const dev = addNic(host);
    seizeAll(host, [dev]);
    const first = connect(host, [dev]);
    first.write(dev, 0x10, 4, ONES);
    first.detach();
    const second = connect(host, [dev], { domid: 2 });
    expect(second.read(dev, 0x10, 4).value).toBe(0xfeb80000);
  });

  it('what the hardware does to its BARs after seizing stays out of sight', () => {
    const { guest, dev } = fresh();
    poke(dev, 0x10, 4, 0x12340000);
    expect(guest.read(dev, 0x10, 4).value).toBe(0xfeb80000);
  });
});
