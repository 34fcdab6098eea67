import { addressOf } from '../../backend/journal/accessColumns';
import type { AccessLog, AccessRow } from '../../backend/journal/accessLog';
import type { AccessFilter, AccessReply, AccessRequest, AccessWindow } from '../../protocol/accessLog';
import { toldRow, type RowContext } from './describe';
import { compileFilter } from './filter';
import { AllRows, FilteredRows, sameRegister, type Matches } from './matches';

type Of<K extends AccessRequest['kind']> = Extract<AccessRequest, { kind: K }>;

/** What a window tells besides its rows, and that does not come from the log. */
export type WindowFacts = Pick<AccessWindow, 'devices' | 'assigned'>;

/**
 * Answers to what a page asks of the rows under a filter: windows of them, and where the next access to a register
 * stands. Only the last filter is kept, as there is one page. No vscode here.
 */
export class RowWindows {
  private log: AccessLog | undefined;
  private filter = '';
  private matches: Matches | undefined;
  private generation = 0;

  window(context: RowContext, request: Of<'rows'>, facts: WindowFacts): AccessWindow {
    const { log } = context;
    const matches = this.rowsOf(context, request.filter);
    const { start, end } = matches;
    const from = Math.max(start, Math.min(request.from ?? end - request.limit, end));
    const rows = [];
    for (let ordinal = from; ordinal < Math.min(from + request.limit, end); ordinal++) {
      const row = log.row(matches.seqAt(ordinal));
      if (row) rows.push(toldRow(context, row, ordinal));
    }
    let warned = 0;
    let hidden = 0;
    for (const [, warning] of log.warnings()) {
      if (warning.seq !== undefined) warned++;
      hidden += warning.hides;
    }
    return {
      kind: 'rows',
      generation: this.generation,
      start,
      end,
      rows,
      ...(request.find === undefined ? {} : { found: matches.ordinalFrom(request.find) }),
      total: log.end - log.first,
      fallen: log.fallen,
      lost: log.lostWrites,
      warned,
      hidden,
      ...facts,
    };
  }

  /** Undefined when the filter shows no other row for the register; throws nothing, also for a row that fell out. */
  seek(context: RowContext, request: Of<'seek'>): Extract<AccessReply, { kind: 'found' }> | undefined {
    const { log } = context;
    if (request.seq < log.first || request.seq >= log.end) return undefined;
    const matches = this.rowsOf(context, request.filter);
    const ordinal = sameRegister(log, matches, request.seq, request.direction);
    return ordinal === undefined ? undefined : { kind: 'found', ordinal, seq: matches.seqAt(ordinal) };
  }

  /** Rows from one ordinal to another, both included, oldest first; `limit` of them at most. */
  range(
    context: RowContext,
    { filter, from, to }: Pick<Of<'copy'>, 'filter' | 'from' | 'to'>,
    limit: number,
  ): readonly AccessRow[] {
    const matches = this.rowsOf(context, filter);
    const first = Math.max(matches.start, Math.min(from, to));
    const end = Math.min(matches.end, Math.max(from, to) + 1, first + limit);
    return Array.from({ length: Math.max(0, end - first) }, (_, i) =>
      context.log.row(matches.seqAt(first + i)),
    ).filter((row) => row !== undefined);
  }

  /** The rows that the filter shows, up to date with the log. */
  rowsOf(context: RowContext, filter: AccessFilter): Matches {
    const { log } = context;
    const text = JSON.stringify(filter);
    if (this.matches && log === this.log && text === this.filter && this.matches.update())
      return this.matches;
    this.log = log;
    this.filter = text;
    this.generation++;
    const compiled = compileFilter(filter, log, {
      guest: context.guestName,
      registers: (host, offset, size) => context.registers.text(addressOf(host), offset, size),
    });
    this.matches = compiled === undefined ? new AllRows(log) : new FilteredRows(log, compiled);
    return this.matches;
  }
}
