import { svg } from './svg';

/** A part of a drawing that can have the focus and has a name. */
export interface DrawnItem {
  /** Everything of it; clicks anywhere in it are its. */
  readonly root: SVGGElement;
  /** What has role, name and focus. */
  readonly handle: SVGGElement;
}

/**
 * The first part is the frame that shows the focus, and all that assistive technology sees; the words drawn in it are
 * abbreviations, which the label says in full.
 */
export const drawnItem = (
  role: 'option' | 'treeitem',
  key: string,
  label: string,
  [frame, ...parts]: readonly SVGElement[],
): DrawnItem => {
  const handle = svg('g', { role, tabindex: -1, 'aria-selected': 'false', 'aria-label': label }, frame);
  const root = svg('g', { 'data-key': key }, handle, svg('g', { 'aria-hidden': 'true' }, ...parts));
  return { root, handle };
};

/** The key of the item that an event happened in. */
export const drawnKey = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<SVGGElement>('[data-key]')?.dataset['key'] : undefined;
