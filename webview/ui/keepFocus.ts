/**
 * Gives the focus back to the element that had it last when the page gets the window's focus with none: VS Code comes
 * back from its palette, a menu or another editor to the page as a whole. `first` takes it when no element had it yet.
 */
export const keepFocus = (first: () => void): void => {
  let last: HTMLElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) last = target;
  });
  window.addEventListener('focus', () => {
    if (document.activeElement !== document.body) return;
    if (last?.isConnected) last.focus({ preventScroll: true });
    // What had it may be hidden or gone.
    if (document.activeElement === document.body) first();
  });
};
