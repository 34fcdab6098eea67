import type { JournalEntry } from './journal/entry';
import type { Machine } from './machine';

/** Applies one entry of a journal to a machine: false when the machine refuses it or does not know whom it names. */
export const applyEntry = (machine: Machine, e: JournalEntry): boolean => {
  if ('domid' in e && !machine.guests().some((g) => g.domid === e.domid)) return false;
  if ('bdf' in e && machine.function(e.bdf) === undefined) return false;
  switch (e.action) {
    case 'seize':
      return machine.seize(e.bdf).ok;
    case 'release':
      return machine.release(e.bdf).ok;
    case 'assign':
      return machine.assign(e.domid, e.bdf, e.options).ok;
    case 'detach':
      return machine.detach(e.domid, e.bdf).ok;
    case 'permissive':
      return machine.permissive(e.bdf).ok;
    case 'confWrite':
      return machine.confWrite(e.domid, e.guest, e.offset, e.size, e.value).host !== undefined;
    case 'reset':
      return machine.reset(e.bdf).ok;
    case 'sysfs':
      return machine.sysfs(e.attribute, e.text).ok;
    case 'createVirtualFunctions':
      return machine.createVirtualFunctions(e.bdf, e.count).ok;
    case 'raiseLine':
      return machine.raiseLine(e.bdf, e.times, e.shared).ok;
    case 'aer':
      return machine.aer(e.bdf, e.event, e.state, e.answer).ok;
    case 'guestScan':
      return machine.guestScan(e.domid).result.ok;
    case 'guestMsi':
      return machine.guestMsi(e.domid, e.guest, e.vectors).ok;
    case 'guestMsix':
      return machine.guestMsix(e.domid, e.guest, e.vectors).ok;
    case 'modulePermissive':
      return machine.modulePermissive(e.on).ok;
    case 'createGuest':
      return machine.createGuest(e.name).ok;
    case 'destroyGuest':
      return machine.destroyGuest(e.domid).ok;
    case 'loadDriver':
      return machine.loadDriver(e.profile, e.passthrough, e.permissive).ok;
    case 'hardwareWrite':
      return machine.hardwareWrite(e.bdf, e.offset, e.width, e.value).ok;
  }
};
