import { describe, expect, it } from 'vitest';
import { D3HOT } from '../../../src/backend/host/pciDev';
import { hideParameter } from '../../../src/backend/assembly/xenHost';
import { addNic, fresh, MSI, MSIX, newHost, PM, real, VPD, writesOf } from './fixtures';

const PMCSR = PM + 4;
const MSI_FLAGS = MSI + 2;
const MSIX_FLAGS = MSIX + 2;

describe('power management', () => {
  it('80: seizing switches PME off', () => {
    const host = newHost();
    const dev = addNic(host);
    const { observed } = host.observe(() => host.driver.load(hideParameter([dev.bdf])));
    expect(writesOf(observed)[0]).toEqual([PMCSR, 2, 0x2008]);
    expect(real(dev, PMCSR, 2)).toBe(0x2008);
  });

  it('81: PMC shows no PME support', () => {
    const { guest, dev } = fresh();
    expect(real(dev, PM + 2, 2)).toBe(0xc822);
    expect(guest.read(dev, PM + 2, 2).value).toBe(0x0022);
  });

  it('82: D3hot is entered through the kernel, and PME stays off', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, PMCSR, 2, 0x2103).err).toBe(0);
    expect(real(dev, PMCSR, 2)).toBe(0x200b);
    expect(dev.currentState).toBe(D3HOT);
  });

  it('83: a shallower low-power state is refused', () => {
    const { guest, dev } = fresh();
    guest.write(dev, PMCSR, 2, 0x2103);
    expect(guest.write(dev, PMCSR, 2, 0x0001).err).toBe(-3);
  });

  it('84: D0 brings it back', () => {
    const { guest, dev } = fresh();
    guest.write(dev, PMCSR, 2, 0x2103);
    expect(guest.write(dev, PMCSR, 2, 0x0000).err).toBe(0);
    expect(real(dev, PMCSR, 2) & 3).toBe(0);
    expect(dev.currentState).toBe(0);
  });

  it('85: an unsupported D1 is refused', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, PMCSR, 2, 0x0001).err).toBe(-3);
  });

  it('86: PME status is cleared by writing 1, and the scale bits stay as they are', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, PMCSR, 2, 0x8008)).toMatchObject({ err: 0, writes: [[PMCSR, 2, 0xa008]] });
  });
});

describe('MSI and MSI-X control words', () => {
  it('87: writing what is there succeeds and writes nothing', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0080)).toMatchObject({ err: 0, writes: [] });
  });

  it('88: any change is refused', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0081)).toMatchObject({ err: -3, writes: [] });
  });

  it('89 to 91: with interrupt control MSI goes on beside INTx, MSI-X then only as far as it stays off', () => {
    const { guest, dev } = fresh(addNic, ['allow_interrupt_control']);
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0081).writes).toEqual([[MSI_FLAGS, 2, 0x0081]]);
    expect(guest.write(dev, MSIX_FLAGS, 2, 0x8004)).toMatchObject({ err: -3, writes: [] });
    expect(guest.write(dev, MSIX_FLAGS, 2, 0x4004).writes).toEqual([[MSIX_FLAGS, 2, 0x4004]]);
  });

  it('92: interrupt control does not open the number of messages', () => {
    const { guest, dev } = fresh(addNic, ['allow_interrupt_control']);
    guest.write(dev, MSI_FLAGS, 2, 0x0081);
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0091)).toMatchObject({ err: -3, writes: [] });
  });

  it('93: MSI off first, then MSI-X on', () => {
    const { guest, dev } = fresh(addNic, ['allow_interrupt_control']);
    guest.write(dev, MSI_FLAGS, 2, 0x0081);
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0080).err).toBe(0);
    expect(guest.write(dev, MSIX_FLAGS, 2, 0xc004).err).toBe(0);
    expect([real(dev, MSI_FLAGS, 2), real(dev, MSIX_FLAGS, 2)]).toEqual([0x0080, 0xc004]);
  });

  it('94: permissive writes the word raw', () => {
    const { guest, dev } = fresh(addNic, ['permissive']);
    expect(guest.write(dev, MSI_FLAGS, 2, 0x0091).writes).toEqual([[MSI_FLAGS, 2, 0x0091]]);
  });
});

describe('VPD and what is not overlaid', () => {
  it('95: VPD can be read but a transfer to it is refused', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, VPD + 2, 2, 0x8010)).toMatchObject({ err: -3, writes: [] });
    expect(guest.write(dev, VPD + 2, 2, 0x0000).writes).toEqual([[VPD + 2, 2, 0x0000]]);
    expect(guest.read(dev, VPD + 2, 2).value & 0x8000).toBe(0x8000);
    expect(guest.read(dev, VPD + 4, 4).value).toBe(0x4e000482);
  });

  it('96: VPD data is ignored, even when permissive', () => {
    const { guest, dev } = fresh(addNic, ['permissive']);
    expect(guest.write(dev, VPD + 4, 4, 0x12345678)).toMatchObject({ err: 0, writes: [], log: [] });
  });

  it('97: extended space reads raw', () => {
    const { guest, dev } = fresh();
    expect(guest.read(dev, 0x100, 4).value).toBe(0x14010001);
  });

  it('capability headers are read-only even when permissive', () => {
    const { guest, dev } = fresh(addNic, ['permissive']);
    for (const at of [PM, MSI, MSIX, VPD])
      expect(guest.write(dev, at, 2, 0xffff)).toMatchObject({ err: 0, writes: [] });
  });
});
