import {
  parseTopologyHostMessage,
  parseTopologyState,
  type Topology,
  type TopologyHostMessage,
  type TopologyPageMessage,
  type TopologyState,
} from '../../src/protocol/topology';
import { drawnItem, drawnKey, type DrawnItem } from '../ui/drawnItem';
import { element, setText, span } from '../ui/element';
import { PageLink } from '../ui/pageLink';
import { fontMetrics, svg } from '../ui/svg';
import { layOutTopology } from './topologyLayout';
import { boxParts, wirePath } from './topologySvg';
import { nodeSpoken } from './topologyText';
import { childrenOf, treeOf, type Placed, type Topologies } from './topologyTree';

/** The page that draws the bus topology. */
class TopologyPage {
  private readonly link = new PageLink<TopologyHostMessage, TopologyPageMessage, TopologyState>({
    message: parseTopologyHostMessage,
    state: parseTopologyState,
  });
  private readonly title = element('h1');
  private readonly counts = element('span', { class: 'counts' });
  private readonly legend = element('div', { class: 'legend', attributes: { 'aria-hidden': 'true' } });
  private readonly scroll = element('main', { class: 'scroll' });
  private tree: Topologies = { roots: [], nodes: [] };
  private readonly items = new Map<string, DrawnItem>();
  private told: Topology | undefined;
  private drawnWidth = 0;
  private active = '';
  private restored = false;
  private saving = 0;

  start(): void {
    this.legend.append(
      span('plate-sample assigned', 'guest'),
      ' assigned',
      span('plate-sample seized', 'seized'),
      ' bound to pciback',
    );
    document.body.append(
      element('header', { class: 'head' }, this.title, this.counts, this.legend),
      this.scroll,
    );
    this.scroll.addEventListener('keydown', (event) => this.onKey(event));
    this.scroll.addEventListener('click', (event) => {
      const key = drawnKey(event.target);
      if (key === undefined) return;
      this.activate(key, true);
      this.open(key);
    });
    this.scroll.addEventListener('focusin', (event) => {
      const key = drawnKey(event.target);
      if (key !== undefined) this.activate(key, false);
    });
    this.scroll.addEventListener('scroll', () => this.save(), { passive: true });
    this.active = this.link.savedState?.active ?? '';
    this.link.listen(({ topology }) => {
      this.told = topology;
      this.draw(topology);
    });
    new ResizeObserver(() => {
      if (this.told && Math.abs(this.scroll.clientWidth - this.drawnWidth) > 1) this.draw(this.told);
    }).observe(this.scroll);
  }

  private draw(topology: Topology): void {
    this.tree = treeOf(topology);
    this.drawnWidth = this.scroll.clientWidth;
    const focused = this.scroll.contains(document.activeElement);
    const metrics = fontMetrics(this.scroll);
    const layout = layOutTopology(this.tree.roots, metrics, this.drawnWidth);
    const boxes = new Map(layout.boxes.map((box) => [box.node.key, box]));
    this.items.clear();
    for (const placed of this.tree.nodes) {
      const box = boxes.get(placed.node.key);
      if (box) this.items.set(placed.node.key, this.item(placed, boxParts(box, metrics, layout.chars)));
    }
    const known = this.items.has(this.active);
    if (!known) this.active = this.tree.nodes[0]?.node.key ?? '';
    this.items.get(this.active)?.handle.setAttribute('tabindex', '0');
    this.scroll.replaceChildren(
      svg(
        'svg',
        {
          role: 'tree',
          'aria-label': `Bus topology of ${topology.machine}`,
          width: layout.width,
          height: layout.height,
        },
        svg('g', { 'aria-hidden': 'true' }, ...layout.wires.map(wirePath)),
        ...[...this.items.values()].map(({ root }) => root),
      ),
    );
    if (focused) this.items.get(this.active)?.handle.focus({ preventScroll: true });
    this.showHead(topology);
    this.restore();
    document.body.dataset['painted'] = 'topology';
  }

  private item({ node, level, position, siblings }: Placed, parts: readonly SVGElement[]): DrawnItem {
    const spoken = nodeSpoken(node);
    const item = drawnItem('treeitem', node.key, spoken, parts);
    const attributes = { level, posinset: position, setsize: siblings };
    for (const [name, value] of Object.entries(attributes))
      item.handle.setAttribute(`aria-${name}`, String(value));
    if (childrenOf(node).length > 0) item.handle.setAttribute('aria-expanded', 'true');
    item.handle.removeAttribute('aria-selected');
    item.root.classList.add(node.kind);
    item.root.prepend(svg('title', {}, spoken));
    if (node.kind === 'function') {
      item.root.classList.add(node.fn.standing);
      item.root.dataset['vscodeContext'] = JSON.stringify({
        webviewSection: 'function',
        pciViewItem: node.fn.viewItem,
        address: node.fn.address,
        preventDefaultContextMenuItems: true,
      });
    }
    return item;
  }

  private showHead({ machine, functions, buses }: Topology): void {
    const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
    const assigned = functions.filter(({ standing }) => standing === 'assigned').length;
    const seized = functions.filter(({ standing }) => standing === 'seized').length;
    setText(this.title, machine);
    setText(
      this.counts,
      [
        count(buses.length, 'bus', 'buses'),
        count(functions.length, 'function', 'functions'),
        `${assigned} assigned`,
        ...(seized > 0 ? [`${seized} seized`] : []),
      ].join(' · '),
    );
  }

  private open(key: string): void {
    const node = this.tree.nodes.find((placed) => placed.node.key === key)?.node;
    if (node?.kind === 'function') this.link.send({ type: 'open', address: node.fn.address });
  }

  private activate(key: string, focus: boolean): void {
    const item = this.items.get(key);
    if (!item) return;
    if (key !== this.active) {
      this.items.get(this.active)?.handle.setAttribute('tabindex', '-1');
      item.handle.setAttribute('tabindex', '0');
      this.active = key;
      this.save();
    }
    if (focus) item.handle.focus({ preventScroll: true });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { nodes } = this.tree;
    const index = nodes.findIndex(({ node }) => node.key === drawnKey(event.target));
    const placed = nodes[index];
    if (!placed) return;
    const { node, parent } = placed;
    const targets: Readonly<Record<string, string | undefined>> = {
      ArrowDown: nodes[index + 1]?.node.key,
      ArrowUp: nodes[index - 1]?.node.key,
      ArrowRight: childrenOf(node)[0]?.key,
      ArrowLeft: parent?.key,
      Home: nodes[0]?.node.key,
      End: nodes.at(-1)?.node.key,
    };
    if (event.key === 'Enter' || event.key === ' ') this.open(node.key);
    else if (event.key in targets) {
      const key = targets[event.key];
      if (key !== undefined) {
        this.activate(key, true);
        this.items.get(key)?.root.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
    } else return;
    event.preventDefault();
  }

  private restore(): void {
    if (this.restored) return;
    this.restored = true;
    const [left, top] = this.link.savedState?.scroll ?? [0, 0];
    this.scroll.scrollTo(left, top);
  }

  private save(): void {
    if (this.saving !== 0) return;
    this.saving = requestAnimationFrame(() => {
      this.saving = 0;
      this.link.save({ active: this.active, scroll: [this.scroll.scrollLeft, this.scroll.scrollTop] });
    });
  }
}

new TopologyPage().start();
