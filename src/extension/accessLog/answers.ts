import * as vscode from 'vscode';
import { formatBdf, sameBdf, type Bdf } from '../../backend/spec/bdf';
import {
  COPY_LIMIT,
  type AccessFilter,
  type AccessReply,
  type AccessRequest,
} from '../../protocol/accessLog';
import { MAX_WRITES } from '../../protocol/whatIf';
import { addressText } from '../functionText';
import { Command } from '../ids';
import type { Session } from '../session';
import type { WhatIfArgument } from '../whatIf/argument';
import { detailOf, rowJson, rowText, type RowContext } from './describe';
import type { AccessRecorder } from './recorder';
import { RowWindows } from './window';

/** An answer, or why there is none, for the person. */
export type Answered =
  { readonly ok: true; readonly reply: AccessReply } | { readonly ok: false; readonly message: string };

/** Shows bytes of a function's configuration space in its inspector. */
export type ShowBytes = (bdf: Bdf, offset: number, size: number, focus: boolean) => void;

const DONE: Answered = { ok: true, reply: { kind: 'done' } };
const refused = (message: string): Answered => ({ ok: false, message });
const fellOut = (): Answered => refused(vscode.l10n.t('The access is not in the log any more.'));

const COMMANDS = {
  clear: Command.clearAccessLog,
  export: Command.exportAccessLog,
  assign: Command.assign,
} as const;

type Of<K extends AccessRequest['kind']> = Extract<AccessRequest, { kind: K }>;

/** What the page of the access log asks for. */
export class AccessAnswers {
  private readonly windows = new RowWindows();
  private lastFilter: AccessFilter | undefined;

  constructor(
    private readonly session: Session,
    private readonly recorder: AccessRecorder,
    private readonly showBytes: ShowBytes,
  ) {}

  get context(): RowContext {
    const { log, registers } = this.recorder;
    return { log, registers, guestName: (domid) => this.recorder.guestName(domid) };
  }

  /** Numbers of the rows that the page shows, all of them when it has not asked yet. */
  shown(): readonly number[] {
    const { log } = this.recorder;
    if (!this.lastFilter) return Array.from({ length: log.end - log.first }, (_, i) => log.first + i);
    const matches = this.windows.rowsOf(this.context, this.lastFilter);
    return Array.from({ length: matches.end - matches.start }, (_, i) => matches.seqAt(matches.start + i));
  }

  /** Throws only what a command or the clipboard throws. */
  async answer(request: AccessRequest): Promise<Answered> {
    switch (request.kind) {
      case 'rows':
        this.lastFilter = request.filter;
        return { ok: true, reply: this.windows.window(this.context, request, this.facts()) };
      case 'seek':
        return this.seek(request);
      case 'detail': {
        const row = this.recorder.log.row(request.seq);
        if (!row) return fellOut();
        return { ok: true, reply: { kind: 'detail', detail: detailOf(this.context, row) } };
      }
      case 'open':
        return this.open(request);
      case 'copy':
        return this.copy(request);
      case 'whatIf':
        return this.whatIf(request);
      case 'command':
        await vscode.commands.executeCommand(COMMANDS[request.command]);
        return DONE;
    }
  }

  private async copy(request: Of<'copy'>): Promise<Answered> {
    const { context } = this;
    const rows = this.windows.range(context, request, COPY_LIMIT);
    if (rows.length === 0) return fellOut();
    const lines = rows.map((row) =>
      request.format === 'json' ? JSON.stringify(rowJson(context, row)) : rowText(context, row),
    );
    await vscode.env.clipboard.writeText(lines.join('\n'));
    return DONE;
  }

  private async whatIf(request: Of<'whatIf'>): Promise<Answered> {
    const row = this.recorder.log.row(request.seq);
    if (!row) return fellOut();
    const { domid, guest } = row;
    const writes = this.windows
      .range(this.context, request, Infinity)
      .filter((r) => r.op === 'conf_write' && r.domid === domid && sameBdf(r.guest, guest))
      .filter(({ offset, size }) => offset >= 0 && size >= 0);
    if (writes.length === 0) return refused(vscode.l10n.t('Only writes of a guest can be tried.'));
    const argument: WhatIfArgument = {
      domid,
      guest,
      writes: writes.slice(0, MAX_WRITES).map(({ offset, size, sent }) => ({ offset, size, value: sent })),
    };
    await vscode.commands.executeCommand(Command.whatIf, argument);
    return DONE;
  }

  private facts(): Parameters<RowWindows['window']>[2] {
    return {
      devices: this.recorder.accessed.map((bdf) => ({
        address: formatBdf(bdf),
        label: addressText(this.session, bdf),
      })),
      assigned: this.session.machine.guests().some(({ devices }) => devices.length > 0),
    };
  }

  private seek(request: Of<'seek'>): Answered {
    const reply = this.windows.seek(this.context, request);
    if (reply) return { ok: true, reply };
    return refused(
      request.direction === 1
        ? vscode.l10n.t('No later access to this register is shown.')
        : vscode.l10n.t('No earlier access to this register is shown.'),
    );
  }

  private open({ seq, focus }: Of<'open'>): Answered {
    const row = this.recorder.log.row(seq);
    if (!row) return fellOut();
    if (!row.host)
      return refused(vscode.l10n.t('The guest had no device there: there is no register to show.'));
    if (!this.session.machine.function(row.host))
      return refused(vscode.l10n.t('{0} is not in {1}.', formatBdf(row.host), this.session.machine.name));
    this.showBytes(row.host, row.offset, row.size, focus);
    return DONE;
  }
}
