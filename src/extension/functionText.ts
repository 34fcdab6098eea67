import * as vscode from 'vscode';
import type { Machine } from '../backend/machine';
import { formatBdf, formatShortBdf, type Bdf } from '../backend/spec/bdf';
import type { FunctionState } from '../backend/view';
import type { FunctionStanding } from './ids';
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

/** Who has the function: `pciback · guest 1 00:00.0`, or the driver's name, or nothing. */
export const ownerText = (state: FunctionState): string => {
  const parts: string[] = [];
  if (state.driver !== undefined) parts.push(state.driver);
  if (state.assignedTo)
    parts.push(
      vscode.l10n.t('guest {0} {1}', state.assignedTo.domid, formatShortBdf(state.assignedTo.guest)),
    );
  if (state.permissive) parts.push(vscode.l10n.t('permissive'));
  return parts.join(' · ');
};
