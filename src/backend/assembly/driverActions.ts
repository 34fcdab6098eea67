import { resetFunction } from '../host/reset';
import { restoreState, saveState } from '../host/saveRestore';
import type { PciDev } from '../host/pciDev';
import type { AerEvent } from '../pciback/aer';
import { profileNamed } from '../pciback/profiles';
import { storeAttribute } from '../pciback/sysfs';
import { AER_VERDICT } from '../xen/pciif';
import type { PvGuest } from './pvGuest';
import type { XenHost } from './xenHost';

/** Actions on the driver and its devices that the toolstack, an administrator or the hardware would take. */

/** What came of an action: text for a person. */
export type Told =
  { readonly ok: true; readonly told?: string } | { readonly ok: false; readonly message: string };

const did = (told: string): Told => ({ ok: true, told });
const failed = (message: string): Told => ({ ok: false, message });

/** Writes a driver attribute; the result is what write(2) returns. */
export const writeSysfs = (host: XenHost, attribute: string, text: string): Told => {
  const returned = storeAttribute(host.driver.stub, attribute, text);
  const call = `write(2) of "${text}" to ${attribute}`;
  return returned < 0 ? failed(`${call}: error ${returned}`) : did(`${call} returned ${returned}`);
};

/** The device's own `reset` attribute: save, function reset, restore (pci_reset_function). */
export const resetDeviceFunction = (dev: PciDev): Told => {
  if (dev.resetMethods.length === 0) return failed('the function has no reset method');
  const saved = saveState(dev);
  const err = resetFunction(dev);
  restoreState(dev, saved);
  return err === 0 ? did(`reset by ${dev.resetMethods[0] ?? ''}`) : failed(`the reset returned ${err}`);
};

/** The device's interrupt line fires; `shared` is what the hypervisor says of it. */
export const raiseLine = (host: XenHost, dev: PciDev, times: number, shared: boolean): Told => {
  if (dev.irq === 0) return failed('the function has no interrupt line');
  host.platform.lineShared = shared;
  const line = host.driver.stub.find(dev.bdf)?.data.irq ?? 0;
  let handled = 0;
  for (let i = 0; i < times; i++) handled += host.kernel.irqLines.raise(line === 0 ? dev.irq : line).handled;
  return did(`IRQ ${dev.irq} fired ${times} times, ${handled} handled by pciback`);
};

const verdictName = (verdict: number): string =>
  Object.entries(AER_VERDICT).find(([, value]) => value === verdict)?.[0] ?? String(verdict);

/** An error callback of the kernel, answered by the guest with `answer` or not at all. */
export const injectAer = (
  host: XenHost,
  dev: PciDev,
  guest: PvGuest | undefined,
  event: AerEvent,
  state: number,
  answer: number | undefined,
): Told => {
  const front = guest?.pcifront;
  let asked = false;
  const verdict = host.driver.aer(event, dev, state, () => {
    asked = true;
    if (front === undefined || answer === undefined) {
      host.platform.clock.advance(300_000);
      return;
    }
    front.answerAer(answer);
  });
  const who = asked
    ? answer === undefined
      ? 'the guest did not answer'
      : 'the guest answered'
    : 'nobody was asked';
  return did(event === 'resume' ? `${event}: ${who}` : `${event}: ${who}, verdict ${verdictName(verdict)}`);
};

/** The module parameter `permissive`, which can be written at any time. */
export const setModulePermissive = (host: XenHost, on: boolean): Told => {
  host.setPermissive(on);
  return did(`module parameter permissive = ${on ? 'Y' : 'N'}`);
};

/** Loads the driver of another kernel, or with other parameters. Seized functions are released first. */
export const loadDriver = (
  host: XenHost,
  profileName: string,
  passthrough: boolean,
  permissive: boolean,
): Told => {
  const profile = profileNamed(profileName);
  if (profile === undefined) return failed(`no kernel profile ${profileName}`);
  host.loadDriver({ profile, passthrough, permissive });
  return did(`pciback of Linux ${profile.name} loaded, ${passthrough ? 'passthrough' : 'vpci'}`);
};
