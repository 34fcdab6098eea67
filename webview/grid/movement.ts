import type { Width } from '../../src/protocol/model';
import { ROW } from './cellText';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * Where a key takes the active cell, as in every data grid: arrows by cell and row, Home and End in the row,
 * Page keys by `page` rows, with Ctrl to the ends. `rows` are the offsets of the rows that are shown, in order and with
 * the active cell's; movement skips the others. undefined when the key is not one of movement.
 */
export const moved = (
  at: number,
  press: KeyPress,
  width: Width,
  rows: readonly number[],
  page: number,
): number | undefined => {
  if (press.altKey) return undefined;
  const column = at % ROW;
  const row = at - column;
  const here = rows.indexOf(row);
  const toEnds = press.ctrlKey || press.metaKey;
  const first = rows[0] ?? row;
  const last = rows.at(-1) ?? row;
  /** Rows up or down stay in the column, and stop at the ends rather than wrapping. */
  const byRows = (count: number): number =>
    (rows[Math.min(rows.length - 1, Math.max(0, here + count))] ?? row) + column;
  switch (press.key) {
    case 'ArrowLeft':
      if (column > 0) return at - width;
      return row === first ? at : byRows(-1) + ROW - width;
    case 'ArrowRight':
      if (column < ROW - width) return at + width;
      return row === last ? at : byRows(1) - column;
    case 'ArrowUp':
      return byRows(-1);
    case 'ArrowDown':
      return byRows(1);
    case 'PageUp':
      return byRows(-page);
    case 'PageDown':
      return byRows(page);
    case 'Home':
      return toEnds ? first : row;
    case 'End':
      return (toEnds ? last : row) + ROW - width;
    default:
      return undefined;
  }
};

/** A key that starts typing a new value over the cell. */
export const isHexDigit = (press: KeyPress): boolean =>
  /^[0-9a-fA-F]$/.test(press.key) && !press.ctrlKey && !press.metaKey && !press.altKey;
