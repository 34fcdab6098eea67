import { KERN_ERR } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import type { AerEventName } from '../journal/entry';
import { devfnOf } from '../spec/bdf';
import {
  AER_BUS,
  AER_CMD,
  AER_DEVFN,
  AER_DOMAIN,
  AER_ERR,
  AER_VERDICT,
  WORD_AER_OP,
  XEN_PCIB_active,
  XEN_PCIB_AERHANDLER,
  XEN_PCI_OP_aer_detected,
  XEN_PCI_OP_aer_mmio,
  XEN_PCI_OP_aer_resume,
  XEN_PCI_OP_aer_slotreset,
} from '../xen/pciif';
import type { BackendDevice } from './backendDevice';
import type { SeizedDevice } from './seizedDevice';

/**
 * PCI error recovery passed on to the guest (pci_stub.c).
 * Policy: the kernel's callback is sent through the shared page and answered by the guest's AER worker; a guest
 * that cannot answer, or answers that it cannot recover, is marked for destruction; a time-out gives the callback's
 * own default and leaves the pending flag set.
 * Functions: xen_pcibk_error_detected, _mmio_enabled, _slot_reset, _error_resume, common_process,
 * kill_domain_by_device.
 */

export type AerEvent = AerEventName;

const IO_NORMAL = 1;

interface Callback {
  readonly cmd: number;
  /** Verdict when nobody could be asked. */
  readonly initial: number;
  /** Whether a guest without an AER handler is marked for destruction, and whether that is told. */
  readonly killWithoutHandler: boolean;
  readonly tellWithoutHandler: boolean;
  /** error_detected carries the real channel state, the others io_normal. */
  readonly realState: boolean;
  readonly hasVerdict: boolean;
}

const callback = (
  cmd: number,
  initial: number,
  killWithoutHandler: boolean,
  tellWithoutHandler: boolean,
  realState: boolean,
  hasVerdict: boolean,
): Callback => ({ cmd, initial, killWithoutHandler, tellWithoutHandler, realState, hasVerdict });

const CALLBACKS: Readonly<Record<AerEvent, Callback>> = {
  error_detected: callback(XEN_PCI_OP_aer_detected, AER_VERDICT.CAN_RECOVER, true, false, true, true),
  mmio_enabled: callback(XEN_PCI_OP_aer_mmio, AER_VERDICT.RECOVERED, false, true, false, true),
  slot_reset: callback(XEN_PCI_OP_aer_slotreset, AER_VERDICT.RECOVERED, false, true, false, true),
  resume: callback(XEN_PCI_OP_aer_resume, 0, true, true, false, false),
};

/** What the exchange needs of the world: the guest gets its chance to answer, and can be marked for destruction. */
export interface AerEnvironment {
  /** Lets the guest run until it clears XEN_PCIB_active or 300 seconds have passed. */
  readonly waitForGuest: () => void;
  /** Writes aerState = aerfail. */
  readonly killGuest: () => void;
}

const told = (dev: PciDev, text: string): void => dev.log(KERN_ERR, `xen_pciback: ${text}`);

/** common_process: sends the request and returns the guest's (unvalidated) verdict. */
const exchange = (
  backend: BackendDevice,
  device: SeizedDevice,
  state: number,
  entry: Callback,
  env: AerEnvironment,
): number => {
  const page = backend.page;
  if (page === undefined) throw new Error('an AER exchange needs the shared page');
  const { words } = page;
  words[WORD_AER_OP + AER_CMD] = entry.cmd;
  words[WORD_AER_OP + AER_ERR] = state;
  const guest = backend.topology.find(device);
  if (guest === undefined) {
    told(device.dev, 'failed to get pcifront device');
    return AER_VERDICT.NONE;
  }
  words[WORD_AER_OP + AER_DOMAIN] = guest.domain;
  words[WORD_AER_OP + AER_BUS] = guest.bus;
  words[WORD_AER_OP + AER_DEVFN] = devfnOf(guest);
  backend.aerPending = true;
  page.setFlag(XEN_PCIB_active);
  backend.notify();
  // An ordinary request may have the channel masked; the guest's answer must be able to raise an event.
  backend.lateEoi(false);
  env.waitForGuest();
  if (!backend.isOpActive) backend.lateEoi(false);
  if (page.flags & XEN_PCIB_active) {
    told(device.dev, 'pcifront aer process not responding!');
    page.clearFlag(XEN_PCIB_active);
    words[WORD_AER_OP + AER_ERR] = AER_VERDICT.NONE;
    return entry.initial;
  }
  backend.aerPending = false;
  return words[WORD_AER_OP + AER_ERR]!;
};

/** Runs one error callback of the kernel. Returns the verdict (0 for resume). */
export const handleAer = (
  event: AerEvent,
  dev: PciDev,
  device: SeizedDevice | undefined,
  backend: BackendDevice | undefined,
  channelState: number,
  env: AerEnvironment,
): number => {
  const entry = CALLBACKS[event];
  if (device === undefined || backend === undefined) {
    told(dev, 'device is not found/assigned');
    return entry.initial;
  }
  if (backend.page === undefined) {
    told(dev, 'device is not connected or owned by HVM, kill it');
    env.killGuest();
    return entry.initial;
  }
  if (!(backend.page.flags & XEN_PCIB_AERHANDLER)) {
    if (entry.tellWithoutHandler) told(dev, 'guest with no AER driver should have been killed');
    if (entry.killWithoutHandler) env.killGuest();
    return entry.initial;
  }
  const verdict = exchange(backend, device, entry.realState ? channelState : IO_NORMAL, entry, env);
  if (!entry.hasVerdict) return 0;
  if (verdict === AER_VERDICT.NONE || verdict === AER_VERDICT.DISCONNECT) env.killGuest();
  return verdict;
};
