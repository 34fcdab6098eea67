import * as vscode from 'vscode';
import type { Machine } from '../backend/machine';
import type { MachineChange } from '../backend/view';
import type { PciIds } from '../sources/pciIds';
import { Standings } from './standings';

/** Where the machine that is open came from. */
export type Origin = { readonly kind: 'sample' } | { readonly kind: 'dump'; readonly uri: vscode.Uri };

/** The machine that is open in this window. There is always one. */
export interface Session {
  readonly machine: Machine;
  readonly origin: Origin;
  /** Another machine was opened in place of the one before; its functions and guests are all new. */
  readonly onDidReplaceMachine: vscode.Event<Machine>;
  /** An action on the machine that is open may have changed something. Not sent when the machine is replaced. */
  readonly onDidChange: vscode.Event<MachineChange>;
  /** The same for changes of who has which function and how the driver treats it, which accesses seldom are. */
  readonly onDidChangeStanding: vscode.Event<MachineChange>;
  /** Names of vendors, devices and classes. */
  readonly names: PciIds;
  /** The names were read again from another file. */
  readonly onDidChangeNames: vscode.Event<PciIds>;
}

/** The session as the extension itself holds it: it alone opens machines and changes names. */
export class MachineSession implements Session, vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<Machine>();
  private readonly changed = new vscode.EventEmitter<MachineChange>();
  private readonly stoodOtherwise = new vscode.EventEmitter<MachineChange>();
  private readonly renamed = new vscode.EventEmitter<PciIds>();
  private unsubscribe: () => void;

  readonly onDidReplaceMachine = this.replaced.event;
  readonly onDidChange = this.changed.event;
  readonly onDidChangeStanding = this.stoodOtherwise.event;
  readonly onDidChangeNames = this.renamed.event;

  constructor(
    private currentMachine: Machine,
    private currentOrigin: Origin,
    private currentNames: PciIds,
  ) {
    this.unsubscribe = this.follow(currentMachine);
  }

  get machine(): Machine {
    return this.currentMachine;
  }
  get origin(): Origin {
    return this.currentOrigin;
  }
  get names(): PciIds {
    return this.currentNames;
  }

  /** Puts another machine in the place of the one that is open. */
  open(machine: Machine, origin: Origin): void {
    this.unsubscribe();
    this.currentMachine = machine;
    this.currentOrigin = origin;
    this.unsubscribe = this.follow(machine);
    this.replaced.fire(machine);
  }

  rename(names: PciIds): void {
    this.currentNames = names;
    this.renamed.fire(names);
  }

  dispose(): void {
    this.unsubscribe();
    this.replaced.dispose();
    this.changed.dispose();
    this.stoodOtherwise.dispose();
    this.renamed.dispose();
  }

  private follow(machine: Machine): () => void {
    const standings = new Standings(machine);
    return machine.onDidChange((change) => {
      const standing = standings.after(change);
      this.changed.fire(change);
      if (standing) this.stoodOtherwise.fire(standing);
    });
  }
}
