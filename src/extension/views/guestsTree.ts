import * as vscode from 'vscode';
import { formatBdf, formatShortBdf, type Bdf } from '../../backend/spec/bdf';
import type { FunctionState, GuestState } from '../../backend/view';
import { deviceCount } from '../counts';
import { addressText, flagWords, functionLine, functionTitle, stateParts } from '../functionText';
import { functionUri } from '../functionUri';
import { Command, Item } from '../ids';
import type { Session } from '../session';
import { functionTooltip } from './functionTooltip';
import { functionIcon } from './icons';

export interface GuestRow {
  readonly kind: 'guest';
  readonly domid: number;
}
export interface GuestDeviceRow {
  readonly kind: 'guestDevice';
  readonly domid: number;
  /** Host function in the slot. */
  readonly bdf: Bdf;
  /** Address as the guest sees it. */
  readonly guest: Bdf;
}
export type GuestNode = GuestRow | GuestDeviceRow;

/** Rows of the Guests view: guests, and in each the virtual slots with the host functions they hold. */
export class GuestsTree implements vscode.TreeDataProvider<GuestNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly session: Session) {
    const refresh = (): void => this.changed.fire(undefined);
    this.subscriptions = [
      this.changed,
      session.onDidReplaceMachine(refresh),
      session.onDidChangeStanding(refresh),
      session.onDidChangeNames(refresh),
    ];
  }

  getChildren(row?: GuestNode): GuestNode[] {
    if (!row) return this.session.machine.guests().map(({ domid }): GuestRow => ({ kind: 'guest', domid }));
    if (row.kind === 'guestDevice') return [];
    return (this.guest(row.domid)?.devices ?? []).map(({ host, guest }): GuestDeviceRow => ({
      kind: 'guestDevice',
      domid: row.domid,
      bdf: host,
      guest,
    }));
  }

  getParent(row: GuestNode): GuestNode | undefined {
    return row.kind === 'guestDevice' ? { kind: 'guest', domid: row.domid } : undefined;
  }

  getTreeItem(row: GuestNode): vscode.TreeItem {
    return row.kind === 'guest' ? this.guestItem(row) : this.deviceItem(row);
  }

  resolveTreeItem(item: vscode.TreeItem, row: GuestNode): vscode.TreeItem {
    const state = row.kind === 'guestDevice' ? this.session.machine.function(row.bdf) : undefined;
    if (state) item.tooltip = functionTooltip(this.session, state);
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private guest(domid: number): GuestState | undefined {
    return this.session.machine.guests().find((guest) => guest.domid === domid);
  }

  private guestItem(row: GuestRow): vscode.TreeItem {
    const guest = this.guest(row.domid);
    const label = guest?.name ?? vscode.l10n.t('guest {0}', row.domid);
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `guest/${row.domid}`;
    item.contextValue = Item.guest;
    item.iconPath = new vscode.ThemeIcon('vm');
    if (!guest) return item;
    const connection = guest.backendState ?? vscode.l10n.t('no PCI device');
    item.description = `domid ${guest.domid} · ${guest.kind} · ${guest.topology} · ${connection}`;
    item.tooltip = new vscode.MarkdownString()
      .appendMarkdown('**')
      .appendText(guest.name)
      .appendMarkdown('**\n\n')
      .appendMarkdown('| | |\n|---|---|\n')
      .appendMarkdown(`| domid | ${guest.domid} |\n`)
      .appendMarkdown(`| ${vscode.l10n.t('Slots')} | ${guest.topology} |\n`)
      .appendMarkdown(`| ${vscode.l10n.t('Backend')} | ${connection} |\n`)
      .appendMarkdown(`| ${vscode.l10n.t('Frontend')} | ${guest.frontendState ?? connection} |\n`)
      .appendMarkdown(`| ${vscode.l10n.t('Devices')} | ${guest.devices.length} |\n`);
    item.accessibilityInformation = {
      label: `${label}, ${item.description}, ${deviceCount(guest.devices.length)}`,
    };
    return item;
  }

  /** The host's address, then the driver's flags, which a narrow view would cut off behind the name. */
  private hostText(state: FunctionState): string {
    const parts = stateParts(state);
    if (parts.length === 0) return functionLine(this.session, state);
    return `${addressText(this.session, state.bdf)} ${[...parts, functionTitle(this.session, state)].join(' · ')}`;
  }

  private deviceItem(row: GuestDeviceRow): vscode.TreeItem {
    const state = this.session.machine.function(row.bdf);
    const slot = row.guest.domain === 0 ? formatShortBdf(row.guest) : formatBdf(row.guest);
    const line = state ? functionLine(this.session, state) : formatBdf(row.bdf);
    const item = new vscode.TreeItem(slot);
    item.id = `guestDevice/${row.domid}/${formatBdf(row.guest)}/${formatBdf(row.bdf)}`;
    item.description = state ? this.hostText(state) : line;
    item.resourceUri = functionUri(row.bdf);
    item.iconPath = state ? functionIcon(state) : new vscode.ThemeIcon('question');
    item.contextValue = [Item.guestDevice, ...flagWords(state)].join('.');
    item.command = {
      command: Command.openInspector,
      title: vscode.l10n.t('Open Inspector'),
      arguments: [formatBdf(row.bdf)],
    };
    item.accessibilityInformation = { label: vscode.l10n.t('Guest slot {0}: {1}', slot, item.description) };
    return item;
  }
}
