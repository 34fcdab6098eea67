import { element } from '../ui/element';
import type { View } from '../view';

export interface ChainEvents {
  /** A structure was chosen: bytes to frame in the grid. */
  readonly select: (offset: number, width: number) => void;
}

/** The capability chains of the function, each structure a way to its bytes. */
export class ChainView {
  readonly root = element('section', { class: 'chain', attributes: { 'aria-label': 'Capability chain' } });

  constructor(
    private readonly view: View,
    private readonly events: ChainEvents,
  ) {}

  /** Other structures. */
  build(): void {
    this.root.replaceChildren(
      ...this.view.structures.map((structure) => {
        const node = element('button', { class: 'chain-node', text: `${structure.name} ${structure.title}` });
        node.addEventListener('click', () => this.events.select(structure.offset, structure.length));
        return node;
      }),
    );
  }
}
