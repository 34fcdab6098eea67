import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { hex } from '../../backend/spec/uint';
import type { MachineChange } from '../../backend/view';
import { functionLine, ownerText, viewItemOf } from '../functionText';
import { functionUri } from '../functionUri';
import { Command, Item } from '../ids';
import type { Session } from '../session';
import { functionTooltip } from './functionTooltip';
import { functionIcon } from './icons';
import { capabilityLabel, MachineNodes, type FunctionRow, type MachineNode } from './machineNodes';

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** Rows of capabilities follow writes to registers this far behind: a guest can make thousands of them in a second. */
const STRUCTURES_DELAY_MS = 250;

/** Rows of the Machine view: domain, buses behind their bridges, functions as lspci prints them, capabilities. */
export class MachineTree implements vscode.TreeDataProvider<MachineNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<MachineNode | MachineNode[] | undefined>();
  private readonly subscriptions: vscode.Disposable[];
  private nodes: MachineNodes;
  /** Functions that VS Code was given since the buses were laid out. The others it asks for when it wants them. */
  private readonly given = new Set<FunctionRow>();
  /** Rows below which capabilities were given, and what those were. */
  private readonly structures = new Map<MachineNode, string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly session: Session) {
    this.nodes = new MachineNodes(session.machine);
    this.subscriptions = [
      this.changed,
      session.onDidReplaceMachine(() => this.layOut()),
      session.onDidChangeNames(() => this.changed.fire(undefined)),
      session.onDidChangeStanding((change) => this.follow(change)),
      session.onDidChange(() => {
        this.timer ??= setTimeout(() => this.followStructures(), STRUCTURES_DELAY_MS);
      }),
    ];
  }

  /** The row of a function, to reveal it. */
  functionRow(bdf: Bdf): FunctionRow | undefined {
    return this.nodes.functionRow(bdf);
  }

  getChildren(row?: MachineNode): MachineNode[] {
    const children = row ? this.nodes.children(row) : this.nodes.roots;
    for (const child of children) if (child.kind === 'function') this.given.add(child);
    if (row && hasStructures(row)) this.structures.set(row, structuresText(children));
    return [...children];
  }

  getParent(row: MachineNode): MachineNode | undefined {
    return row.parent;
  }

  getTreeItem(row: MachineNode): vscode.TreeItem {
    const item = this.itemOf(row);
    item.id = row.id;
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, row: MachineNode): vscode.TreeItem {
    if (row.kind === 'function') {
      const state = this.session.machine.function(row.bdf);
      if (state) item.tooltip = functionTooltip(this.session, state);
    }
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private layOut(): void {
    this.nodes = new MachineNodes(this.session.machine);
    this.given.clear();
    this.structures.clear();
    this.changed.fire(undefined);
  }

  /** A change of known functions touches their rows only; functions that came or went lay the tree out anew. */
  private follow({ functions }: MachineChange): void {
    const rows = functions?.map((bdf) => this.nodes.functionRow(bdf));
    const known = rows?.filter((row) => row !== undefined && this.session.machine.function(row.bdf));
    if (!rows || known?.length !== rows.length) this.layOut();
    else this.fire((known as FunctionRow[]).filter((row) => this.given.has(row)));
  }

  /** A write can move a capability or break a chain. */
  private followStructures(): void {
    this.timer = undefined;
    const rows = [...this.structures].filter(
      ([row, text]) => structuresText(this.nodes.children(row)) !== text,
    );
    this.fire(rows.map(([row]) => row));
  }

  private fire(rows: MachineNode[]): void {
    if (rows.length > 0) this.changed.fire(rows);
  }

  private itemOf(row: MachineNode): vscode.TreeItem {
    switch (row.kind) {
      case 'domain':
        return this.plain(vscode.l10n.t('Domain {0}', hex(row.domain, 4)), Item.domain, 'server', Expanded);
      case 'bus': {
        const { bus, functions } = row.bus;
        const item = this.plain(
          vscode.l10n.t('Bus {0}', hex(bus, 2)),
          Item.bus,
          'list-tree',
          functions.length === 0 ? None : Expanded,
        );
        if (functions.length === 0) item.description = vscode.l10n.t('empty');
        return item;
      }
      case 'function':
        return this.functionItem(row);
      case 'capabilities':
        return this.plain(vscode.l10n.t('Capabilities'), Item.capabilities, 'list-flat', Collapsed);
      case 'capability': {
        const item = this.plain(capabilityLabel(row.structure), Item.capability, 'symbol-structure', None);
        item.tooltip = vscode.l10n.t(
          '{0}, {1} bytes at offset {2}',
          row.structure.title,
          row.structure.length,
          `0x${hex(row.structure.offset, 2)}`,
        );
        item.command = this.openInspector(row.bdf);
        return item;
      }
      case 'chainProblem': {
        const item = this.plain(row.problem.message, Item.chainProblem, row.problem.severity, None);
        item.tooltip = row.problem.message;
        item.command = this.openInspector(row.bdf);
        return item;
      }
    }
  }

  private functionItem(row: FunctionRow): vscode.TreeItem {
    const state = this.session.machine.function(row.bdf);
    if (!state) return this.plain(formatBdf(row.bdf), Item.function, 'question', None);
    const label = functionLine(this.session, state);
    const owner = ownerText(state);
    const item = new vscode.TreeItem(label, row.behind.length > 0 ? Expanded : Collapsed);
    item.description = owner;
    item.resourceUri = functionUri(row.bdf);
    item.iconPath = functionIcon(state);
    item.contextValue = viewItemOf(state);
    item.command = this.openInspector(row.bdf);
    item.accessibilityInformation = { label: owner === '' ? label : `${label}, ${owner}` };
    return item;
  }

  private plain(
    label: string,
    contextValue: string,
    icon: string,
    state: vscode.TreeItemCollapsibleState,
  ): vscode.TreeItem {
    const item = new vscode.TreeItem(label, state);
    item.contextValue = contextValue;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.accessibilityInformation = { label };
    return item;
  }

  private openInspector(bdf: Bdf): vscode.Command {
    return {
      command: Command.openInspector,
      title: vscode.l10n.t('Open Inspector'),
      arguments: [formatBdf(bdf)],
    };
  }
}

const hasStructures = ({ kind }: MachineNode): boolean => kind === 'function' || kind === 'capabilities';

const structuresText = (rows: readonly MachineNode[]): string =>
  rows
    .map((row) =>
      row.kind === 'capability'
        ? capabilityLabel(row.structure)
        : row.kind === 'chainProblem'
          ? row.problem.message
          : row.id,
    )
    .join('\n');
