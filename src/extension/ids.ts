/**
 * Every id that the manifest and the code share. A test in VS Code holds this list and package.json against each
 * other, both ways.
 */

export const Command = {
  openDump: 'confspace.openDump',
  openSample: 'confspace.openSample',
  openInspector: 'confspace.openInspector',
  showTopology: 'confspace.showTopology',
  assign: 'confspace.assign',
  detach: 'confspace.detach',
  seize: 'confspace.seize',
  release: 'confspace.release',
  setPermissive: 'confspace.setPermissive',
  allowInterruptControl: 'confspace.allowInterruptControl',
  addQuirk: 'confspace.addQuirk',
  whatIf: 'confspace.whatIf',
  generateQuirks: 'confspace.generateQuirks',
  toggleIrqHandler: 'confspace.toggleIrqHandler',
  reset: 'confspace.reset',
  raiseLine: 'confspace.raiseLine',
  injectAer: 'confspace.injectAer',
  createVirtualFunctions: 'confspace.createVirtualFunctions',
  createGuest: 'confspace.createGuest',
  destroyGuest: 'confspace.destroyGuest',
  importXl: 'confspace.importXl',
  selectProfile: 'confspace.selectProfile',
  selectTopology: 'confspace.selectTopology',
  toggleModulePermissive: 'confspace.toggleModulePermissive',
  showXenstore: 'confspace.showXenstore',
  showSysfs: 'confspace.showSysfs',
  writeAttribute: 'confspace.writeAttribute',
  copyAddress: 'confspace.copyAddress',
  copyBytes: 'confspace.copyBytes',
  copyAsHex: 'confspace.copyAsHex',
  copyAsLspci: 'confspace.copyAsLspci',
  copyAsC: 'confspace.copyAsC',
  copyAsSetpci: 'confspace.copyAsSetpci',
  copyAsJson: 'confspace.copyAsJson',
  pasteBytes: 'confspace.pasteBytes',
  goTo: 'confspace.goTo',
  find: 'confspace.find',
  clearMarks: 'confspace.clearMarks',
  showLog: 'confspace.showLog',
  showAccesses: 'confspace.showAccesses',
  clearAccessLog: 'confspace.clearAccessLog',
  exportAccessLog: 'confspace.exportAccessLog',
  nextAccess: 'confspace.nextAccess',
  previousAccess: 'confspace.previousAccess',
  openAccess: 'confspace.openAccess',
  whatIfAccess: 'confspace.whatIfAccess',
  copyAccess: 'confspace.copyAccess',
  copyAccessJson: 'confspace.copyAccessJson',
  filterAccessRegister: 'confspace.filterAccessRegister',
  filterAccessDevice: 'confspace.filterAccessDevice',
} as const;

export const View = {
  machine: 'confspace.machine',
  guests: 'confspace.guests',
  accessLog: 'confspace.accessLog',
} as const;

/** Commands that VS Code makes of the views' ids. */
export const FocusCommand = {
  machine: `${View.machine}.focus`,
  guests: `${View.guests}.focus`,
  accessLog: `${View.accessLog}.focus`,
} as const;

/** In the activity bar, and in the panel. */
export const CONTAINER = 'confspace';
export const LOG_CONTAINER = 'confspace-log';

export const Setting = {
  section: 'confspace',
  pciIds: 'confspace.pciIds',
  copyFormat: 'confspace.copyFormat',
} as const;

/**
 * Keys in `when` and `enablement` clauses, kept by contextKeys.ts. They name what is known to be impossible, so that
 * commands are offered before the extension has started.
 */
export const ContextKey = {
  noFunctions: 'confspace.noFunctions',
  noneSeized: 'confspace.noneSeized',
  allSeized: 'confspace.allSeized',
  noneAssigned: 'confspace.noneAssigned',
  allAssigned: 'confspace.allAssigned',
  noGuests: 'confspace.noGuests',
  noSriov: 'confspace.noSriov',
  /** The page of the access log has the focus; VS Code's own `focusedView` does not know of pages. */
  accessLogFocus: 'confspace.accessLogFocus',
} as const;

export const Color = {
  /** Guest's and hardware's value differ. */
  difference: 'confspace.difference',
  /** The guest's value comes from the driver, not from the hardware. */
  emulated: 'confspace.emulated',
  /** The source did not give the byte. */
  unknown: 'confspace.unknown',
  /** Edits go to the hardware, past every driver. */
  hardwareEdit: 'confspace.hardwareEdit',
  /** Changed by the last action. */
  changed: 'confspace.changed',
  /** A function that is bound to pciback. */
  seized: 'confspace.seized',
  /** A function that a guest has. */
  assigned: 'confspace.assigned',
} as const;

/** Diagnostics of opened files. */
export const DIAGNOSTICS = 'confspace';

/** URIs of functions, `pci:/0000:00:1f.2`, and of what the driver and the toolstack show, `pci:/xenstore`. */
export const SCHEME = 'pci';

export const WEBVIEW_PANEL = 'confspace.inspector';
export const TOPOLOGY_PANEL = 'confspace.topology';
export const WHAT_IF_PANEL = 'confspace.whatIfPanel';

/** The part of the grid's context menu that copies in a form of choice. */
export const COPY_MENU = 'confspace.copyAs';

/** What tree rows say of themselves in `viewItem`. */
export const Item = {
  domain: 'domain',
  bus: 'bus',
  function: 'function',
  capabilities: 'capabilities',
  capability: 'capability',
  chainProblem: 'chainProblem',
  guest: 'guest',
  guestDevice: 'guestDevice',
} as const;

/** `viewItem` of a function: `function.free`, `function.seized`, `function.assigned`, then its flags: `.permissive`, `.interruptControl`, `.sriov`. */
export type FunctionStanding = 'free' | 'seized' | 'assigned';
