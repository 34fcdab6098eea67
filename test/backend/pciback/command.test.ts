import { describe, expect, it } from 'vitest';
import { addNic, connect, fresh, freshVf, newHost, real, seizeAll, seizedOf, warnings } from './fixtures';

const COMMAND = 0x04;

describe('COMMAND', () => {
  it('50: a fresh device shows the bits of before, and mastering as it really is', () => {
    const { guest, dev } = fresh();
    expect(real(dev, COMMAND, 2)).toBe(0x0003);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0003);
  });

  it('51: enabling with mastering reaches the device', () => {
    const { guest, dev } = fresh();
    guest.write(dev, COMMAND, 2, 0x0007);
    expect(real(dev, COMMAND, 2)).toBe(0x0007);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0007);
    expect(dev).toMatchObject({ enableCount: 1, isBusMaster: true });
  });

  it('52: INTX_DISABLE and decoding are only remembered', () => {
    const { guest, dev } = fresh();
    guest.write(dev, COMMAND, 2, 0x0007);
    expect(guest.write(dev, COMMAND, 2, 0x0406)).toMatchObject({ err: 0, writes: [] });
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0406);
    expect(real(dev, COMMAND, 2)).toBe(0x0007);
  });

  it('53: switching everything off takes only mastering away from the device', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, COMMAND, 2, 0x0007);
    guest.write(dev, COMMAND, 2, 0x0000);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0000);
    expect(real(dev, COMMAND, 2)).toBe(0x0003);
    expect(dev.enableCount).toBe(0);
    expect(seizedOf(host, dev).data.enableIntx).toBe(false);
  });

  it('54: a byte write is merged with what the guest sees', () => {
    const { guest, dev } = fresh();
    guest.write(dev, COMMAND, 2, 0x0000);
    guest.write(dev, COMMAND, 1, 0x06);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0006);
    expect(real(dev, COMMAND, 2)).toBe(0x0007);
  });

  it('55: permissive does not let PARITY and SERR through', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    guest.write(dev, COMMAND, 2, 0x0147);
    expect(real(dev, COMMAND, 2)).toBe(0x0007);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0147);
  });

  it('56: permissive lets palette snooping, wait cycles and fast back-to-back through', () => {
    const { guest, dev } = fresh(undefined, ['permissive']);
    guest.write(dev, COMMAND, 2, 0x03a7);
    expect(real(dev, COMMAND, 2)).toBe(0x02a7);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x03a7);
  });

  it('57: without permissive they neither reach the device nor read back', () => {
    const { guest, dev } = fresh();
    guest.write(dev, COMMAND, 2, 0x00a7);
    expect(real(dev, COMMAND, 2)).toBe(0x0007);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0007);
  });

  it('58: allow_interrupt_control pushes INTX_DISABLE to the device, both ways', () => {
    const { guest, dev } = fresh(undefined, ['allow_interrupt_control']);
    guest.write(dev, COMMAND, 2, 0x0006);
    guest.write(dev, COMMAND, 2, 0x0406);
    expect(real(dev, COMMAND, 2) & 0x0400).toBe(0x0400);
    guest.write(dev, COMMAND, 2, 0x0006);
    expect(real(dev, COMMAND, 2) & 0x0400).toBe(0);
  });

  it('59: MWI is set where the cache line suits the host', () => {
    const { guest, dev } = fresh();
    guest.write(dev, COMMAND, 2, 0x0016);
    expect(real(dev, COMMAND, 2) & 0x0010).toBe(0x0010);
  });

  it('59: otherwise the bit is dropped with a warning', () => {
    const { guest, dev } = fresh(undefined, [], { cacheLine: 0 });
    const reply = guest.write(dev, COMMAND, 2, 0x0016);
    expect(reply.err).toBe(0);
    expect(warnings(reply).join()).toContain('cannot enable memory-write-invalidate (-22)');
    expect(guest.read(dev, COMMAND, 2).value & 0x0010).toBe(0);
  });

  it('60: the error of a failing enable is returned and the guest goes on seeing what it saw', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, COMMAND, 2, 0x0400);
    dev.resources[0]!.claimed = false;
    expect(guest.write(dev, COMMAND, 2, 0x0007).err).toBe(-22);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0400);
    expect(seizedOf(host, dev).data.enableIntx).toBe(false);
    expect(dev.enableCount).toBe(0);
  });

  it('61: the next guest sees the virtual bits of the one before', () => {
    const host = newHost();
    const dev = addNic(host);
    seizeAll(host, [dev]);
    const first = connect(host, [dev]);
    first.write(dev, COMMAND, 2, 0x0407);
    first.detach();
    const second = connect(host, [dev], { domid: 2 });
    expect(second.read(dev, COMMAND, 2).value).toBe(0x0403);
  });

  it('62: the memory enable of a VF reads back and reaches nothing', () => {
    const { guest, dev } = freshVf();
    dev.resources.fill(dev.resources[0]!);
    guest.write(dev, COMMAND, 2, 0x0002);
    expect(guest.read(dev, COMMAND, 2).value).toBe(0x0002);
    expect(real(dev, COMMAND, 2)).toBe(0);
  });
});
