import * as vscode from 'vscode';
import type { Machine } from '../backend/machine';
import { formatBdf, formatShortBdf, type Bdf } from '../backend/spec/bdf';
import type { DriverState, FunctionState } from '../backend/view';
import { Item, type FunctionStanding } from './ids';
import type { Session } from './session';

/** The driver's name when a function is seized: /sys/bus/pci/drivers/pciback. */
export const PCIBACK = 'pciback';

/** Per machine, because every row asks; a machine's domains do not change. */
const needsDomains = new WeakMap<Machine, boolean>();

const withDomains = (machine: Machine): boolean => {
  const known = needsDomains.get(machine);
  if (known !== undefined) return known;
  const needed = machine.functions().some((f) => f.bdf.domain !== 0);
  needsDomains.set(machine, needed);
  return needed;
};

/** The address as lspci prints it for this machine: with domains only where some domain is not zero. */
export const addressText = (session: Session, bdf: Bdf): string =>
  withDomains(session.machine) ? formatBdf(bdf) : formatShortBdf(bdf);

/** `SATA controller: Intel Corporation ... (rev 02)`: what lspci prints after the address. */
export const functionTitle = ({ names }: Session, state: FunctionState): string => names.title(state);

/** `00:1f.2 SATA controller: Intel Corporation ...`: the line that lspci prints. */
export const functionLine = (session: Session, state: FunctionState): string =>
  `${addressText(session, state.bdf)} ${functionTitle(session, state)}`;

export const standingOf = (state: FunctionState): FunctionStanding =>
  state.assignedTo ? 'assigned' : state.driver === PCIBACK ? 'seized' : 'free';

/** The fake handler as the driver's `irq_handlers` names its state: `on`, `on, not acking`, `off`. */
export const irqHandlerText = (handler: FunctionState['irqHandler']): string => {
  if (!handler?.on) return vscode.l10n.t('off');
  return handler.acknowledging ? vscode.l10n.t('on') : vscode.l10n.t('on, not acking');
};

/** What pciback made of the function, where that is not what a newly seized one has. */
export const stateParts = (state: FunctionState): readonly string[] => {
  if (state.driver !== PCIBACK) return [];
  return [
    ...(state.permissive ? [vscode.l10n.t('permissive')] : []),
    ...(state.allowInterruptControl ? [vscode.l10n.t('interrupt control')] : []),
    ...(/^D[123]/.test(state.powerState) ? [state.powerState] : []),
    ...(state.msiEnabled ? ['MSI+'] : []),
    ...(state.msixEnabled ? ['MSI-X+'] : []),
    ...(state.irqHandler?.on ? [vscode.l10n.t('IRQ handler {0}', irqHandlerText(state.irqHandler))] : []),
  ];
};

/** Who has the function and how: `pciback · guest 1 00:00.0 · permissive`, or the driver's name, or nothing. */
export const ownerText = (state: FunctionState): string => {
  const parts: string[] = [];
  if (state.driver !== undefined) parts.push(state.driver);
  if (state.assignedTo)
    parts.push(
      vscode.l10n.t('guest {0} {1}', state.assignedTo.domid, formatShortBdf(state.assignedTo.guest)),
    );
  return [...parts, ...stateParts(state)].join(' · ');
};

/** What menus ask of a function's `viewItem`: the flags that are set. */
export const flagWords = (state: FunctionState | undefined): readonly string[] => [
  ...(state?.permissive ? ['permissive'] : []),
  ...(state?.allowInterruptControl ? ['interruptControl'] : []),
];

/** What rows and drawings of a function say of themselves to menus: `function.seized.permissive`. */
export const viewItemOf = (state: FunctionState): string =>
  [Item.function, standingOf(state), ...flagWords(state), ...(state.sriov ? ['sriov'] : [])].join('.');

/** `Linux 6.12 · vpci · permissive`. */
export const driverText = ({ profile, topology, permissive }: DriverState): string =>
  [`Linux ${profile}`, topology, ...(permissive ? [vscode.l10n.t('permissive')] : [])].join(' · ');
