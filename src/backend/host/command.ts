import { EINVAL } from './codes';
import type { PciDev } from './pciDev';
import {
  COMMAND_INTX_DISABLE,
  COMMAND_INVALIDATE,
  COMMAND_MASTER,
  PCI_CACHE_LINE_SIZE,
  PCI_COMMAND,
  PCI_LATENCY_TIMER,
} from '../spec/kernelRegisters';

/** Helpers that flip single COMMAND bits, writing only on change: pci_set_master, pci_clear_master, pci_set_mwi, pci_clear_mwi, pci_intx. */

const setCommandBit = (dev: PciDev, bit: number, on: boolean): void => {
  const old = dev.read(PCI_COMMAND, 2);
  const wanted = on ? old | bit : old & ~bit;
  if (wanted !== old) dev.configWrite(PCI_COMMAND, 2, wanted);
};

const DEFAULT_LATENCY = 64;
const MIN_LATENCY = 16;

/** pcibios_set_master: conventional devices get a sane latency timer. */
const fixLatency = (dev: PciDev): void => {
  if (dev.expressCap !== 0) return;
  const max = dev.host.options.maxLatency;
  const latency = dev.read(PCI_LATENCY_TIMER, 1);
  if (latency < MIN_LATENCY) dev.configWrite(PCI_LATENCY_TIMER, 1, Math.min(DEFAULT_LATENCY, max));
  else if (latency > max) dev.configWrite(PCI_LATENCY_TIMER, 1, max);
};

export const setMaster = (dev: PciDev): void => {
  setCommandBit(dev, COMMAND_MASTER, true);
  dev.isBusMaster = true;
  fixLatency(dev);
};

export const clearMaster = (dev: PciDev): void => {
  setCommandBit(dev, COMMAND_MASTER, false);
  dev.isBusMaster = false;
};

/** pci_set_cacheline_size: the register must be a multiple of the host's cache line, else it is set to it. */
const setCacheLineSize = (dev: PciDev): number => {
  const line = dev.host.options.cacheLine;
  if (line === 0) return -EINVAL;
  const current = dev.read(PCI_CACHE_LINE_SIZE, 1);
  if (current >= line && current % line === 0) return 0;
  dev.configWrite(PCI_CACHE_LINE_SIZE, 1, line);
  return dev.read(PCI_CACHE_LINE_SIZE, 1) === line ? 0 : -EINVAL;
};

/** 0 or -EINVAL when the device does not take the host's cache line size. */
export const setMwi = (dev: PciDev): number => {
  const err = setCacheLineSize(dev);
  if (err !== 0) return err;
  setCommandBit(dev, COMMAND_INVALIDATE, true);
  return 0;
};

export const clearMwi = (dev: PciDev): void => setCommandBit(dev, COMMAND_INVALIDATE, false);

export const intx = (dev: PciDev, enable: boolean): void => setCommandBit(dev, COMMAND_INTX_DISABLE, !enable);
