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
 * Page keys by `page` rows, with Ctrl to the ends. undefined when the key is not one of movement.
 */
export const moved = (
  at: number,
  press: KeyPress,
  width: Width,
  size: number,
  page: number,
): number | undefined => {
  if (press.altKey) return undefined;
  const last = size - width;
  const column = at % ROW;
  const row = at - column;
  const end = press.ctrlKey || press.metaKey;
  const clamp = (offset: number): number => Math.min(last, Math.max(0, offset));
  /** Rows up or down stay in the column, and stop at the last full step rather than wrapping. */
  const byRows = (rows: number): number => Math.min(size - ROW, Math.max(0, row + rows * ROW)) + column;
  switch (press.key) {
    case 'ArrowLeft':
      return clamp(at - width);
    case 'ArrowRight':
      return clamp(at + width);
    case 'ArrowUp':
      return byRows(-1);
    case 'ArrowDown':
      return byRows(1);
    case 'PageUp':
      return byRows(-page);
    case 'PageDown':
      return byRows(page);
    case 'Home':
      return end ? 0 : row;
    case 'End':
      return end ? last : row + ROW - width;
    default:
      return undefined;
  }
};

/** A key that starts typing a new value over the cell. */
export const isHexDigit = (press: KeyPress): boolean =>
  /^[0-9a-fA-F]$/.test(press.key) && !press.ctrlKey && !press.metaKey && !press.altKey;
