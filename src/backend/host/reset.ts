import { CapId } from '../spec/capabilityIds';
import { findCapability } from './capability';
import { EINVAL, ENOTTY } from './codes';
import { expressReadWord, expressWriteWord } from './express';
import { KERN_ERR, KERN_INFO, KERN_WARNING } from './kernelLog';
import { D0, type PciDev, type ResetMethod } from './pciDev';
import {
  AF_CAP,
  AF_CAP_TP_FLR,
  AF_CTRL,
  AF_CTRL_FLR,
  AF_STATUS_TP_WORD,
  EXP_DEVCAP_FLR,
  EXP_DEVCTL,
  EXP_DEVCTL_BCR_FLR,
  EXP_DEVSTA,
  EXP_DEVSTA_TRPND,
  PCI_COMMAND,
  PM_CTRL,
  PM_CTRL_NO_SOFT_RESET,
  PM_CTRL_STATE_MASK,
} from '../spec/kernelRegisters';

/**
 * Function resets: __pci_reset_function_locked with FLR, Advanced Features FLR and the D3hot/D0 transition.
 * Device-specific, ACPI, slot, bus and CXL methods do not exist here.
 */

const READY_POLL_MS = 60_000;
const TELL_AFTER_MS = 1000;
const PENDING_TRIES = 4;

/** pci_wait_for_pending: false when the bit stayed set over four reads. */
const pendingEnds = (dev: PciDev, offset: number, mask: number): boolean => {
  for (let i = 0; i < PENDING_TRIES; i++) if ((dev.read(offset, 2) & mask) === 0) return true;
  return false;
};

/** pci_dev_wait: polls COMMAND with doubling delays until it does not read all ones. */
const waitReady = (dev: PciDev, kind: string): number => {
  for (let delay = 1; ; delay *= 2) {
    if (dev.fn.isGone) return -ENOTTY;
    if (dev.read(PCI_COMMAND, 4) !== 0xffffffff) {
      if (delay > TELL_AFTER_MS) dev.log(KERN_INFO, `ready ${delay - 1}ms after ${kind}`);
      return 0;
    }
    if (delay > READY_POLL_MS) {
      dev.log(KERN_WARNING, `not ready ${delay - 1}ms after ${kind}; giving up`);
      return -ENOTTY;
    }
    if (delay > TELL_AFTER_MS) dev.log(KERN_INFO, `not ready ${delay - 1}ms after ${kind}; waiting`);
  }
};

/** Tells of transactions that do not end; `which` words the reset. */
const pendingTimedOut = (dev: PciDev, which: string): void =>
  dev.log(KERN_ERR, `timed out waiting for pending transaction; performing ${which} reset anyway`);

const expressFlr = (dev: PciDev): number => {
  if (!pendingEnds(dev, dev.expressCap + EXP_DEVSTA, EXP_DEVSTA_TRPND))
    pendingTimedOut(dev, 'function level');
  if (expressReadWord(dev, EXP_DEVCTL) === 0)
    expressWriteWord(dev, EXP_DEVCTL, dev.value | EXP_DEVCTL_BCR_FLR);
  return dev.immediateReady ? 0 : waitReady(dev, 'FLR');
};

const afFlr = (dev: PciDev): number => {
  const af = findCapability(dev, CapId.AF);
  if (af === 0) return -ENOTTY;
  if ((dev.read(af + AF_CAP, 1) & AF_CAP_TP_FLR) !== AF_CAP_TP_FLR) return -ENOTTY;
  if (!pendingEnds(dev, af + AF_CTRL, AF_STATUS_TP_WORD)) pendingTimedOut(dev, 'AF function level');
  dev.configWrite(af + AF_CTRL, 1, AF_CTRL_FLR);
  return dev.immediateReady ? 0 : waitReady(dev, 'AF_FLR');
};

const pmReset = (dev: PciDev): number => {
  const offset = dev.pmCap + PM_CTRL;
  const pmcsr = dev.read(offset, 2);
  if (pmcsr & PM_CTRL_NO_SOFT_RESET) return -ENOTTY;
  if (dev.currentState !== D0) return -EINVAL;
  dev.configWrite(offset, 2, (pmcsr & ~PM_CTRL_STATE_MASK) | 3);
  dev.configWrite(offset, 2, pmcsr & ~PM_CTRL_STATE_MASK);
  return waitReady(dev, 'PM D3hot->D0');
};

const METHODS: Readonly<Record<ResetMethod, (dev: PciDev) => number>> = {
  flr: expressFlr,
  af_flr: afFlr,
  pm: pmReset,
};

/** Methods that the device has, in the kernel's order, as probed at enumeration. */
export const probeResetMethods = (dev: PciDev): readonly ResetMethod[] => {
  const methods: ResetMethod[] = [];
  if (!dev.flags.noFlr && dev.expressDevCap & EXP_DEVCAP_FLR) methods.push('flr');
  const af = findCapability(dev, CapId.AF);
  if (!dev.flags.noFlr && af !== 0 && (dev.read(af + AF_CAP, 1) & AF_CAP_TP_FLR) === AF_CAP_TP_FLR)
    methods.push('af_flr');
  if (
    dev.pmCap !== 0 &&
    !dev.flags.noPmReset &&
    (dev.read(dev.pmCap + PM_CTRL, 2) & PM_CTRL_NO_SOFT_RESET) === 0
  )
    methods.push('pm');
  return methods;
};

/** Tries the methods in order until one answers anything but -ENOTTY: 0 or a negative errno. */
export const resetFunction = (dev: PciDev): number => {
  for (const method of dev.resetMethods) {
    const result = METHODS[method](dev);
    if (result !== -ENOTTY) return result;
  }
  return -ENOTTY;
};
