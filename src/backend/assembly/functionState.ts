import { POWER_NAMES } from '../host/pciDev';
import type { DevData } from '../pciback/devData';
import type { FunctionState } from '../view';
import type { MachineFunction } from './functions';

/** A function as plain data for whoever shows it. */
export const functionState = (
  { dev, description, known }: MachineFunction,
  data: DevData | undefined,
  assignedTo: FunctionState['assignedTo'],
): FunctionState => ({
  bdf: dev.bdf,
  vendorId: dev.vendor,
  deviceId: dev.device,
  subsystemVendorId: dev.subsystemVendor,
  subsystemId: dev.subsystemDevice,
  classCode: dev.classCode,
  revision: dev.revision,
  headerType: dev.headerType,
  configSize: known.length,
  driver: dev.driver,
  originalDriver: description.driver,
  assignedTo,
  permissive: data?.permissive ?? false,
  allowInterruptControl: data?.allowInterruptControl ?? false,
  warnedOnWrite: data?.warnedOnWrite ?? false,
  irqHandler:
    data === undefined ? undefined : { on: data.isrOn, acknowledging: data.ackIntr, handled: data.handled },
  powerState: POWER_NAMES[dev.currentState] ?? 'unknown',
  enableCount: dev.enableCount,
  busMaster: dev.isBusMaster,
  msiEnabled: dev.msiEnabled,
  msixEnabled: dev.msixEnabled,
  irq: dev.irq,
  physicalFunction: description.physicalFunction,
  sriov: dev.sriov && { numVFs: dev.sriov.numVFs, totalVFs: dev.sriov.driverMaxVFs },
  sourceLine: description.sourceLine,
});
