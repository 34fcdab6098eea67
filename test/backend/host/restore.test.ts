// What the PCI core puts back after a reset beside header, Express and MSI: error reporting, access control, SR-IOV.
import { describe, expect, it } from 'vitest';
import { addFunctions } from '../../../src/backend/assembly/functions';
import { BusTree } from '../../../src/backend/assembly/buses';
import { resetDeviceFunction } from '../../../src/backend/assembly/driverActions';
import { DEFAULT_XEN_HOST, XenHost } from '../../../src/backend/assembly/xenHost';
import { readLe, type Width } from '../../../src/backend/spec/uint';
import { IGB, ROOT_PORT, sampleMachine, VF } from '../machine/machines';

/** Where the sample's 82576 and its root ports have these capabilities. */
const AER = 0x100;
const SRIOV = 0x160;
const ACS = 0x148;
const PM = 0x40;

const UNCORRECTABLE_MASK = AER + 0x08;
const UNSUPPORTED_REQUEST = 0x00100000;
const VF_BAR_0 = SRIOV + 0x24;
const VF_BAR_3 = SRIOV + 0x30;

describe('a reset', () => {
  it('leaves masks, severity and control of AER as they were, and clears the status', () => {
    const machine = sampleMachine();
    machine.hardwareWrite(IGB, UNCORRECTABLE_MASK, 4, UNSUPPORTED_REQUEST);
    const { observed } = machine.reset(IGB);
    expect(readLe(machine.realImage(IGB).bytes, UNCORRECTABLE_MASK, 4)).toBe(UNSUPPORTED_REQUEST);
    const aer = observed.writes.filter(({ offset }) => offset >= AER && offset < AER + 0x48);
    expect(aer.map(({ offset }) => offset - AER)).toEqual([0x10, 0x04, 0x08, 0x0c, 0x14, 0x18]);
  });

  it('leaves a physical function its VFs, their number, page size and BARs', () => {
    const machine = sampleMachine();
    const before = machine.realImage(IGB).bytes.slice(SRIOV, SRIOV + 0x40);
    expect(readLe(before, 0x08, 2) & 1).toBe(1);
    expect(machine.reset(IGB).ok).toBe(true);
    expect(machine.realImage(IGB).bytes.slice(SRIOV, SRIOV + 0x40)).toEqual(before);
  });

  it('switches access control on where the function offers it, as a dom0 has it', () => {
    const machine = sampleMachine();
    machine.seize(ROOT_PORT);
    const offered = readLe(machine.realImage(ROOT_PORT).bytes, ACS + 4, 2);
    expect(readLe(machine.realImage(ROOT_PORT).bytes, ACS + 6, 2)).toBe(offered & 0x1d);
  });

  it('does none of that on a host whose kernel does not', () => {
    const { functions } = sampleMachine().description;
    const host = new XenHost({ ...DEFAULT_XEN_HOST, aer: false, acs: false, iov: false });
    addFunctions(host, functions, new BusTree(functions));
    const { observed } = host.observe(() => resetDeviceFunction(host.find(IGB)!));
    expect(observed.writes.filter(({ offset }) => offset >= AER)).toEqual([]);
    expect(host.find(IGB)!.fn.config[SRIOV + 8]).toBe(0);
  });
});

it('leaving D3hot puts VF BARs back, but does not enable VFs again', () => {
  const machine = sampleMachine();
  // While a guest has a VF, the PF keeps its VFs without its driver.
  machine.assign(1, VF);
  machine.assign(1, IGB);
  const { guest } = machine.function(IGB)!.assignedTo!;
  const read = (offset: number, width: Width): number => readLe(machine.realImage(IGB).bytes, offset, width);
  const bars = [VF_BAR_0, VF_BAR_3].map((at) => read(at, 4));
  expect(read(SRIOV + 8, 1) & 1).toBe(1);
  machine.confWrite(1, guest, PM + 4, 2, 3);
  const { observed } = machine.confWrite(1, guest, PM + 4, 2, 0);
  expect(observed.writes.map(({ offset }) => offset)).toContain(VF_BAR_0);
  expect([VF_BAR_0, VF_BAR_3].map((at) => read(at, 4))).toEqual(bars);
  expect(read(SRIOV + 8, 1) & 1).toBe(0);
});
