import { formatBdf } from '../spec/bdf';
import { hex } from '../spec/uint';
import type { JournalEntry } from './entry';

type Text = {
  readonly [A in JournalEntry['action']]: (entry: Extract<JournalEntry, { action: A }>) => string;
};

const TEXT: Text = {
  seize: (e) => `seizing ${formatBdf(e.bdf)}`,
  release: (e) => `releasing ${formatBdf(e.bdf)}`,
  assign: (e) => `assigning ${formatBdf(e.bdf)} to domain ${e.domid}`,
  detach: (e) => `detaching ${formatBdf(e.bdf)} from domain ${e.domid}`,
  permissive: (e) => `permissive for ${formatBdf(e.bdf)}`,
  createVirtualFunctions: (e) => `${e.count} to sriov_numvfs of ${formatBdf(e.bdf)}`,
  reset: (e) => `reset of ${formatBdf(e.bdf)}`,
  sysfs: (e) => `sysfs write of ${e.attribute}`,
  raiseLine: (e) => `interrupts of ${formatBdf(e.bdf)}`,
  aer: (e) => `AER ${e.event} on ${formatBdf(e.bdf)}`,
  guestScan: (e) => `bus scan by domain ${e.domid}`,
  guestMsi: (e) => `MSI of ${formatBdf(e.guest)} in domain ${e.domid}`,
  guestMsix: (e) => `MSI-X of ${formatBdf(e.guest)} in domain ${e.domid}`,
  modulePermissive: (e) => `module parameter permissive=${e.on ? 1 : 0}`,
  createGuest: (e) => `creating ${e.name}`,
  destroyGuest: (e) => `destroying domain ${e.domid}`,
  loadDriver: (e) => `loading pciback of Linux ${e.profile}`,
  confWrite: (e) =>
    `conf_write ${formatBdf(e.guest)} offset 0x${hex(e.offset, 2)} size ${e.size} value 0x${hex(e.value, 2 * e.size)}`,
  hardwareWrite: (e) =>
    `hardware write ${formatBdf(e.bdf)} offset 0x${hex(e.offset, 2)} size ${e.width} value 0x${hex(e.value, 2 * e.width)}`,
};

/** What an action was, as undo, redo and the log name it: a noun phrase without a full stop. */
export const entryText = (entry: JournalEntry): string =>
  (TEXT[entry.action] as (entry: JournalEntry) => string)(entry);
