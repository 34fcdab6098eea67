/** What selecting with the mouse needs of the grid. */
export interface MouseTarget {
  /** Rows and cells; `scroller` is what moves them. */
  readonly table: HTMLElement;
  readonly scroller: HTMLElement;
  offsetOf(target: EventTarget | null): number | undefined;
  isSelected(offset: number): boolean;
  select(offset: number, extend: boolean): void;
  focus(): void;
  edit(): void;
}

/** Pixels from the edge at which dragging begins to scroll, and how far it does each frame. */
const EDGE = 12;
const STEP = 14;

/** A click selects, with Shift it extends; dragging extends and scrolls; a double click edits. */
export const selectByMouse = (grid: MouseTarget): void => {
  const { table, scroller } = grid;
  let last: { readonly x: number; readonly y: number } | undefined;
  let frame = 0;

  /** The cell nearest to the pointer among those in sight. */
  const cellAt = (x: number, y: number): number | undefined => {
    const box = scroller.getBoundingClientRect();
    const inside = (at: number, from: number, to: number): number =>
      Math.min(to - EDGE, Math.max(from + EDGE, at));
    return grid.offsetOf(
      document.elementFromPoint(inside(x, box.left, box.right), inside(y, box.top, box.bottom)),
    );
  };
  const extend = (): void => {
    const offset = last && cellAt(last.x, last.y);
    if (offset !== undefined) grid.select(offset, true);
  };
  const scroll = (): void => {
    frame = 0;
    if (!last) return;
    const box = scroller.getBoundingClientRect();
    const by = last.y < box.top + EDGE ? -STEP : last.y > box.bottom - EDGE ? STEP : 0;
    if (by === 0) return;
    scroller.scrollBy(0, by);
    extend();
    frame = requestAnimationFrame(scroll);
  };
  const move = (event: MouseEvent): void => {
    if ((event.buttons & 1) === 0) {
      stop();
      return;
    }
    last = { x: event.clientX, y: event.clientY };
    extend();
    if (frame === 0) frame = requestAnimationFrame(scroll);
  };
  const stop = (): void => {
    last = undefined;
    document.removeEventListener('mousemove', move);
    document.removeEventListener('mouseup', stop);
  };

  table.addEventListener('mousedown', (event) => {
    const offset = grid.offsetOf(event.target);
    if (offset === undefined) return;
    if (event.button !== 0 && event.button !== 2) return;
    // The browser would give the focus to this very cell, and leave a text selected elsewhere for Copy to take.
    event.preventDefault();
    document.getSelection()?.removeAllRanges();
    if (event.button === 2) {
      // The menu of a selected cell is about the whole selection.
      if (grid.isSelected(offset)) grid.focus();
      else grid.select(offset, false);
      return;
    }
    grid.select(offset, event.shiftKey);
    document.addEventListener('mousemove', move);
    document.addEventListener('mouseup', stop);
  });
  table.addEventListener('dblclick', (event) => {
    if (grid.offsetOf(event.target) !== undefined) grid.edit();
  });
};
