import type { PassthroughOptions } from '../description';
import { formatBdf, type Bdf } from '../spec/bdf';
import { XenbusState } from './xenbusState';
import type { Xenstore } from './xenstore';

/** The toolstack's part of PCI passthrough in xenstore (libxl_pci.c): directories, keys, hot add and remove. */

export const backendDirectory = (domid: number): string => `/local/domain/0/backend/pci/${domid}/0`;
export const frontendDirectory = (domid: number): string => `/local/domain/${domid}/device/pci/0`;

/** What xl passes on of a device whose configuration gives an address and nothing else. */
export const DEFAULT_OPTIONS: PassthroughOptions = {
  msitranslate: false,
  powerManagement: false,
  permissive: false,
  rdmPolicy: 'strict',
};

const optionsText = (o: PassthroughOptions): string =>
  `msitranslate=${Number(o.msitranslate)},power_mgmt=${Number(o.powerManagement)},` +
  `permissive=${Number(o.permissive)},rdm_policy=${o.rdmPolicy}`;

const writeDevice = (
  xenstore: Xenstore,
  domid: number,
  index: number,
  bdf: Bdf,
  options: PassthroughOptions,
): void => {
  const backend = backendDirectory(domid);
  const text = formatBdf(bdf);
  xenstore.write(`${backend}/key-${index}`, text);
  xenstore.write(`${backend}/dev-${index}`, text);
  if (options.vdevfn) xenstore.write(`${backend}/vdevfn-${index}`, options.vdevfn.toString(16));
  xenstore.write(`${backend}/opts-${index}`, optionsText(options));
  xenstore.write(`${backend}/state-${index}`, String(XenbusState.Initialising));
};

/** Both directories of a guest's PCI device, with these devices from the start, all with the same options. */
export const createPciDevice = (
  xenstore: Xenstore,
  domid: number,
  guestName: string,
  devices: readonly Bdf[],
  options = DEFAULT_OPTIONS,
): void => {
  const backend = backendDirectory(domid);
  const frontend = frontendDirectory(domid);
  const keys: readonly (readonly [string, string])[] = [
    [`${frontend}/backend`, backend],
    [`${frontend}/backend-id`, '0'],
    [`${frontend}/state`, String(XenbusState.Initialising)],
    [`${backend}/frontend`, frontend],
    [`${backend}/frontend-id`, String(domid)],
    [`${backend}/online`, '1'],
    [`${backend}/state`, String(XenbusState.Initialising)],
    [`${backend}/domain`, guestName],
  ];
  for (const [path, value] of keys) xenstore.write(path, value);
  for (const [i, bdf] of devices.entries()) writeDevice(xenstore, domid, i, bdf, options);
  xenstore.write(`${backend}/num_devs`, String(devices.length));
};

const deviceCount = (xenstore: Xenstore, domid: number): number => {
  const count = xenstore.scanDecimal(`${backendDirectory(domid)}/num_devs`);
  return count.ok ? count.value : 0;
};

/** Index of a host device in the backend directory; -1 when it is not there. */
export const deviceIndex = (xenstore: Xenstore, domid: number, bdf: Bdf): number => {
  const text = formatBdf(bdf);
  const count = deviceCount(xenstore, domid);
  for (let i = 0; i < count; i++) if (xenstore.read(`${backendDirectory(domid)}/dev-${i}`) === text) return i;
  return -1;
};

/** Hot add, step one: a new index and the request to reconfigure. */
export const requestAdd = (xenstore: Xenstore, domid: number, bdf: Bdf, options = DEFAULT_OPTIONS): void => {
  const backend = backendDirectory(domid);
  const index = deviceCount(xenstore, domid);
  writeDevice(xenstore, domid, index, bdf, options);
  xenstore.write(`${backend}/num_devs`, String(index + 1));
  xenstore.write(`${backend}/state`, String(XenbusState.Reconfiguring));
};

/** Hot remove, step one: the substate and the request to reconfigure. */
export const requestRemove = (xenstore: Xenstore, domid: number, index: number): void => {
  const backend = backendDirectory(domid);
  xenstore.write(`${backend}/state-${index}`, String(XenbusState.Closing));
  xenstore.write(`${backend}/state`, String(XenbusState.Reconfiguring));
};

const DEVICE_KEYS = ['state', 'key', 'dev', 'vdev', 'opts', 'vdevfn', 'name'];

/** Hot remove, last step: the index's keys go and higher indices move down. Returns how many devices are left. */
export const finishRemove = (xenstore: Xenstore, domid: number, index: number): number => {
  const backend = backendDirectory(domid);
  const count = deviceCount(xenstore, domid);
  for (const key of DEVICE_KEYS) {
    for (let i = index; i < count; i++) {
      const next = i + 1 < count ? xenstore.read(`${backend}/${key}-${i + 1}`) : undefined;
      if (next !== undefined) xenstore.write(`${backend}/${key}-${i}`, next);
      else if (xenstore.read(`${backend}/${key}-${i}`) !== undefined)
        xenstore.remove(`${backend}/${key}-${i}`);
    }
  }
  xenstore.write(`${backend}/num_devs`, String(count - 1));
  return count - 1;
};

/** Both directories go. */
export const removePciDevice = (xenstore: Xenstore, domid: number): void => {
  xenstore.remove(backendDirectory(domid));
  xenstore.remove(frontendDirectory(domid));
};
