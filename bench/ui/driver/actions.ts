import * as vscode from 'vscode';
import type { JournalEntry } from '../../../src/backend/journal/entry';
import { parseBdf, type Bdf } from '../../../src/backend/spec/bdf';
import type { Api } from '../../../src/extension/extension';
import { Command } from '../../../src/extension/ids';
import type { Session } from '../../../src/extension/session';
import { now, type Actions, type Prepared, type Written } from './protocol';

/** What `accessMap` says of a bit that takes writes and that the driver passes on: RW, passes. */
const PLAIN = 0x12;

type Promised = {
  readonly [K in keyof Actions]: (...asked: Parameters<Actions[K]>) => Promise<ReturnType<Actions[K]>>;
};

/** Calls `step` with 1, 2, ... `count`, one every `everyMs`; the times before each call. */
const spaced = async (
  count: number,
  everyMs: number,
  step: (value: number) => unknown,
): Promise<Written[]> => {
  const done: Written[] = [];
  for (let value = 1; value <= count; value++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    done.push([value, now()]);
    await step(value);
  }
  return done;
};

/** Calls `step` with 1, 2, ... so that after t seconds `perSecond * t` calls are made, a turn for each that is due. */
const paced = (perSecond: number, seconds: number, step: (value: number) => void): Promise<Written[]> =>
  new Promise((resolve) => {
    const done: Written[] = [];
    const began = now();
    const turn = (): void => {
      const due = Math.min(perSecond * seconds, Math.floor(((now() - began) / 1000) * perSecond));
      if (done.length < due) {
        const value = done.length + 1;
        done.push([value, now()]);
        step(value);
      }
      if (done.length === perSecond * seconds) resolve(done);
      // A timer has whole milliseconds at best: what has become due meanwhile is done in turns that follow at once.
      else if (done.length < due) setImmediate(turn);
      else setTimeout(turn, 1);
    };
    turn();
  });

const openSession = async (): Promise<Session> => {
  const extension = vscode.extensions.getExtension<Api>('confspace.confspace');
  if (!extension) throw new Error('Confspace is not installed');
  return (await extension.activate()).session;
};

/** The requests of the bench, on the machine that is open. */
export const actions = (): Promised => {
  let function_: { readonly host: Bdf; readonly domid: number; readonly guest: Bdf } | undefined;
  let mark = 0;

  const write = (session: Session, offset: number, size: number, value: number): void => {
    if (!function_) throw new Error('not prepared');
    const op = session.machine.confWrite(function_.domid, function_.guest, offset, size, value);
    if (op.err !== 0) throw new Error(`conf_write at ${offset}: ${op.errName}`);
  };

  return {
    prepare: async ({ dump, address }): Promise<Prepared> => {
      await vscode.commands.executeCommand(Command.openDump, vscode.Uri.file(dump));
      const { machine } = await openSession();
      const host = parseBdf(address);
      const [guest] = machine.guests();
      if (!host || !guest) throw new Error(`no ${address}, or no guest`);
      const assigned = machine.assign(guest.domid, host);
      const passes = machine.permissive(host);
      const seen = machine.function(host)?.assignedTo;
      if (!assigned.ok || !passes.ok || !seen) throw new Error('not assigned');
      function_ = { host, domid: seen.domid, guest: seen.guest };
      const map = machine.accessMap(host);
      const plain = (offset: number, bytes: number): boolean =>
        map.subarray(8 * offset, 8 * (offset + bytes)).every((bit) => bit === PLAIN);
      const { bytes } = machine.realImage(host);
      const offsets = [...bytes.keys()];
      const bytesToType = offsets.filter((offset) => plain(offset, 1));
      const dword = offsets.find((offset) => offset % 4 === 0 && plain(offset, 4));
      const [byte] = bytesToType;
      if (byte === undefined || dword === undefined) throw new Error(`${address} has no plain register`);
      mark = machine.journal().length;
      return { bytes: Buffer.from(bytes).toString('hex'), byte, dword, bytesToType };
    },

    open: async (asked) => {
      const began = now();
      if ('file' in asked) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(asked.file));
      else await vscode.commands.executeCommand(Command.openInspector, asked.address);
      return began;
    },

    closeEditors: async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      return null;
    },

    openMachine: async ({ dump }) => {
      const began = now();
      await vscode.commands.executeCommand(Command.openDump, vscode.Uri.file(dump));
      return began;
    },

    writes: async ({ offset, count, everyMs }) => {
      const session = await openSession();
      return spaced(count, everyMs, (value) => write(session, offset, 1, value));
    },

    edits: async ({ column, count, everyMs }) => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) throw new Error('no text editor is shown');
      const range = new vscode.Range(0, column, 0, column + 2);
      return spaced(count, everyMs, (value) =>
        editor.edit((edit) => edit.replace(range, value.toString(16).padStart(2, '0'))),
      );
    },

    pace: async ({ offset, perSecond, seconds }) => {
      const session = await openSession();
      return paced(perSecond, seconds, (value) => write(session, offset, 4, value));
    },

    written: async () => {
      const { machine } = await openSession();
      return machine
        .journal()
        .slice(mark)
        .filter(
          (entry): entry is Extract<JournalEntry, { action: 'confWrite' }> => entry.action === 'confWrite',
        )
        .map(({ offset, value }) => [offset, value] as const);
    },
  };
};
