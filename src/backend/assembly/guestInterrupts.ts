import type { Pcifront } from '../guest/pcifront';
import type { Bdf } from '../spec/bdf';
import { errorName } from '../xen/pciif';
import type { Told } from './driverActions';

/** A guest driver switching its interrupts, as it would through pci_enable_msi and pci_enable_msix. */

const refused = (what: string, err: number): Told => ({ ok: false, message: `${what}: ${errorName(err)}` });

export const setMsi = (front: Pcifront, at: Bdf, vectors: number): Told => {
  if (vectors === 0) {
    front.disableMsi(at);
    return { ok: true, told: 'MSI off' };
  }
  const pirq = front.enableMsi(at);
  return pirq < 0 ? refused('enable_msi', pirq) : { ok: true, told: `MSI on, PIRQ ${pirq}` };
};

export const setMsix = (front: Pcifront, at: Bdf, vectors: number): Told => {
  if (vectors === 0) {
    front.disableMsix(at);
    return { ok: true, told: 'MSI-X off' };
  }
  const entries = Array.from({ length: vectors }, (_, i) => i);
  const pirqs = front.enableMsix(at, entries);
  return typeof pirqs === 'number'
    ? refused('enable_msix', pirqs)
    : { ok: true, told: `MSI-X on, PIRQs ${pirqs.join(', ')}` };
};
