import * as vscode from 'vscode';
import { formatBdf, formatShortBdf } from '../../backend/spec/bdf';
import { hex } from '../../backend/spec/uint';
import type { FunctionState } from '../../backend/view';
import { functionLine, irqHandlerText, PCIBACK } from '../functionText';
import type { Session } from '../session';
import { capabilityLabel } from './machineNodes';

const id = (value: number): string => hex(value, 4);

const yesNo = (flag: boolean): string => (flag ? vscode.l10n.t('yes') : vscode.l10n.t('no'));

const interruptText = (state: FunctionState): string =>
  [
    state.irq === 0 ? vscode.l10n.t('none') : String(state.irq),
    state.msiEnabled ? 'MSI+' : undefined,
    state.msixEnabled ? 'MSI-X+' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

const driverText = ({ driver, originalDriver }: FunctionState): string => {
  if (driver === originalDriver || originalDriver === undefined) return driver ?? vscode.l10n.t('none');
  return vscode.l10n.t('{0} (at first {1})', driver ?? vscode.l10n.t('none'), originalDriver);
};

/** What a person asks of a function before opening it: ids, class, driver, guest, interrupt, power, capabilities. */
export const functionTooltip = (session: Session, state: FunctionState): vscode.MarkdownString => {
  const rows: [string, string][] = [
    [vscode.l10n.t('Address'), formatBdf(state.bdf)],
    [vscode.l10n.t('Ids'), `${id(state.vendorId)}:${id(state.deviceId)} (rev ${hex(state.revision, 2)})`],
  ];
  if (state.subsystemVendorId !== 0 || state.subsystemId !== 0)
    rows.push([vscode.l10n.t('Subsystem'), `${id(state.subsystemVendorId)}:${id(state.subsystemId)}`]);
  rows.push(
    [
      vscode.l10n.t('Class'),
      `${id(state.classCode >>> 8)} (prog-if ${hex(state.classCode & 0xff, 2)}), ` +
        vscode.l10n.t('header type {0}', state.headerType),
    ],
    [vscode.l10n.t('Driver'), driverText(state)],
  );
  if (state.assignedTo)
    rows.push([
      vscode.l10n.t('Guest'),
      `${state.assignedTo.domid}, ${formatShortBdf(state.assignedTo.guest)}`,
    ]);
  if (state.driver === PCIBACK)
    rows.push(
      [vscode.l10n.t('Permissive'), yesNo(state.permissive)],
      [vscode.l10n.t('Interrupt control'), yesNo(state.allowInterruptControl)],
      [
        vscode.l10n.t('IRQ handler'),
        vscode.l10n.t('{0}, {1} handled', irqHandlerText(state.irqHandler), state.irqHandler?.handled ?? 0),
      ],
    );
  if (state.physicalFunction)
    rows.push([vscode.l10n.t('Physical function'), formatBdf(state.physicalFunction)]);
  if (state.sriov)
    rows.push([
      vscode.l10n.t('Virtual functions'),
      vscode.l10n.t('{0} of {1}', state.sriov.numVFs, state.sriov.totalVFs),
    ]);
  rows.push(
    [vscode.l10n.t('IRQ'), interruptText(state)],
    [vscode.l10n.t('Power state'), state.powerState],
    [vscode.l10n.t('Configuration space'), vscode.l10n.t('{0} bytes', state.configSize)],
  );
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(functionLine(session, state)).appendMarkdown('**\n\n');
  text.appendMarkdown('| | |\n|---|---|\n');
  for (const [name, value] of rows)
    text.appendMarkdown('| ').appendText(name).appendMarkdown(' | ').appendText(value).appendMarkdown(' |\n');
  const structures = session.machine.layout(state.bdf).filter((structure) => structure.kind !== 'header');
  if (structures.length > 0)
    text.appendMarkdown('\n').appendCodeblock(structures.map(capabilityLabel).join('\n'), 'text');
  return text;
};
