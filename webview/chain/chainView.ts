import type { ChainFinding, Chains } from '../../src/protocol/model';
import { drawnItem, drawnKey, type DrawnItem } from '../ui/drawnItem';
import { element, setAttribute, span } from '../ui/element';
import { fontMetrics, svg, svgText } from '../ui/svg';
import { tintOf } from '../ui/tint';
import type { View } from '../view';
import { layOutSection, type Metrics } from './chainLayout';
import { chainModel, type ChainItem, type ChainModel, type ChainSection } from './chainModel';
import { boxParts, lineParts } from './chainSvg';
import { findingParts, itemDetail, segmentDetail } from './chainDetail';
import { at, bytesText, gapSpoken, itemSpoken, rangeText, ROW_LABEL, SECTION_TITLE } from './chainText';
import { mapHeight, placeSegments, segmentParts, segmentsOf } from './spaceMap';

export interface ChainEvents {
  /** A structure was chosen: bytes to frame in the grid. */
  readonly select: (offset: number, width: number) => void;
  /** How much is wrong, for the tab. */
  readonly found: (count: number) => void;
}

/** Something in the drawing that can have the focus. */
interface Stop extends DrawnItem {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  /** Middle, to find what is above and below. */
  readonly x: number;
  readonly describe: () => readonly HTMLElement[];
  /** Undefined for parts of the map. */
  readonly item: ChainItem | undefined;
}

/** The capability chains: guest's and hardware's together, what no pointer reaches, and what is wrong. */
export class ChainView {
  readonly root = element('section', { class: 'chain', attributes: { 'aria-label': 'Capability chain' } });
  private readonly scroll = element('div', { class: 'chain-scroll' });
  private readonly findings = element('ul', {
    class: 'chain-findings',
    attributes: { 'aria-label': 'Findings' },
  });
  private readonly notes = element('ul', {
    class: 'chain-findings notes',
    attributes: { 'aria-label': 'Notes' },
  });
  private readonly drawing = element('div', { class: 'chain-drawing' });
  private readonly detail = element('div', { class: 'chain-detail' });
  private drawn: Chains | undefined;
  private drawnWidth = 0;
  private model: ChainModel = { sections: [], findings: [] };
  /** Rows of stops from top to bottom, over all sections. */
  private rows: Stop[][] = [];
  private active = '';
  private stale = false;

  constructor(
    private readonly view: View,
    private readonly events: ChainEvents,
  ) {
    this.scroll.append(this.findings, this.drawing, this.notes);
    this.root.append(this.scroll, this.detail);
    this.drawing.addEventListener('keydown', (event) => this.onKey(event));
    this.drawing.addEventListener('click', (event) => {
      const stop = this.stopOf(event.target);
      if (!stop) return;
      this.activate(stop, true);
      this.events.select(stop.offset, stop.length);
    });
    this.drawing.addEventListener('focusin', (event) => {
      const stop = this.stopOf(event.target);
      if (stop) this.activate(stop, false);
    });
    new ResizeObserver(() => {
      if (this.stale || Math.abs(this.scroll.clientWidth - this.drawnWidth) > 1) this.draw();
    }).observe(this.scroll);
  }

  /** Bytes or chains changed. */
  update(): void {
    const { chains } = this.view;
    if (!chains || (chains === this.drawn && this.scroll.clientWidth === 0)) return;
    const model = chainModel(chains, this.view.hardware);
    // Bytes outside of all structures change what a gap holds.
    if (chains === this.drawn && gapsText(model) === gapsText(this.model)) {
      this.showDifferences();
      return;
    }
    this.drawn = chains;
    this.model = model;
    this.showFindings();
    this.draw();
  }

  /** The grid's active cell is in another place: marks what owns it. */
  showSelection(): void {
    for (const stop of this.rows.flat()) {
      const current = this.isCurrent(stop);
      setAttribute(stop.handle, 'aria-selected', String(current));
      stop.root.classList.toggle('current', current);
    }
    const stops = this.rows.flat().filter((stop) => this.isCurrent(stop) && stop.item);
    if (stops.length > 0 && !stops.some(({ key }) => key === this.active) && !this.hasFocus()) {
      const stop = stops.at(-1);
      if (!stop) return;
      this.activate(stop, false);
      stop.root.scrollIntoView({ block: 'nearest' });
    }
  }

  private isCurrent({ item, offset, length }: Stop): boolean {
    const { selection } = this.view;
    if (item && ['hidden', 'absent', 'lost'].includes(item.standing)) return false;
    return selection >= offset && selection < offset + length;
  }

  private hasFocus(): boolean {
    return this.drawing.contains(document.activeElement);
  }

  /** Faults above the drawing; what is only worth knowing below it. */
  private showFindings(): void {
    const { findings } = this.model;
    this.events.found(findings.length);
    const list = (root: HTMLElement, isNote: boolean): void => {
      const lines = findings.filter(({ finding }) => (finding.severity === 'info') === isNote);
      root.hidden = lines.length === 0;
      root.replaceChildren(
        ...lines.map(({ finding, guestOnly }) => element('li', {}, this.findingButton(finding, guestOnly))),
      );
    };
    list(this.findings, false);
    list(this.notes, true);
  }

  private findingButton({ severity, message, offset }: ChainFinding, guestOnly: boolean): HTMLElement {
    const text = `${guestOnly ? 'In the guest: ' : ''}${message}`;
    const button = element(
      'button',
      { class: `finding ${severity}`, attributes: { 'aria-label': `${severity}: ${text}` } },
      ...findingParts(severity, text),
    );
    button.addEventListener('click', () => this.events.select(offset, 1));
    return button;
  }

  /** Draws everything anew; later, when there is no room because another tab is shown. */
  private draw(): void {
    const width = this.scroll.clientWidth;
    this.stale = width === 0;
    if (this.stale) return;
    this.drawnWidth = width;
    const focused = this.hasFocus();
    const metrics = fontMetrics(this.drawing);
    const style = getComputedStyle(this.drawing);
    const room = width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.rows = [];
    this.drawing.replaceChildren(
      ...this.model.sections.map((section) => this.section(section, room, metrics)),
    );
    const stops = this.rows.flat();
    const stop = stops.find(({ key }) => key === this.active) ?? stops.find(({ item }) => item) ?? stops[0];
    this.active = stop?.key ?? '';
    if (stop) {
      stop.handle.setAttribute('tabindex', '0');
      if (focused) stop.handle.focus({ preventScroll: true });
    }
    this.showSelection();
    this.showDifferences();
  }

  private section(section: ChainSection, width: number, metrics: Metrics): HTMLElement {
    const title = SECTION_TITLE[section.space];
    const count =
      section.rows.find(({ side }) => side === 'hardware')?.items.filter(({ node }) => node).length ?? 0;
    const made = element('section', { class: 'chain-section' });
    const words = section.unknown
      ? 'The source does not give these bytes.'
      : count === 0
        ? 'No list is announced, or it is empty.'
        : '';
    made.append(
      element('h2', {}, title, span('chain-count', count === 0 ? '' : String(count))),
      ...(words === '' ? [] : [element('p', { class: 'chain-words', text: words })]),
    );
    if (!section.unknown) made.append(this.map(section, width, metrics));
    if (section.rows.length > 0) made.append(this.staves(section, width, metrics));
    return made;
  }

  private map(section: ChainSection, width: number, metrics: Metrics): SVGSVGElement {
    const label = `${SECTION_TITLE[section.space]}: bytes in order, not to scale`;
    const segments = placeSegments(segmentsOf(section), width);
    const row = segments.map((segment): Stop => {
      const { offset, length, gap, name } = segment;
      const spoken = gap ? gapSpoken(gap) : `${name}, ${rangeText(offset, length)}, ${bytesText(length)}`;
      const key = `${section.space}/map/${gap ? 'gap' : 'part'}/${offset}`;
      return {
        key,
        ...drawnItem('option', key, spoken, segmentParts(segment, metrics, this.tintAt(offset, !gap))),
        offset,
        length,
        x: segment.x + segment.width / 2,
        describe: () => segmentDetail(segment),
        item: undefined,
      };
    });
    this.rows.push(row);
    return svg(
      'svg',
      {
        class: 'chain-map',
        role: 'listbox',
        'aria-label': label,
        'aria-orientation': 'horizontal',
        width,
        height: mapHeight(metrics),
      },
      ...row.map(({ root }) => root),
    );
  }

  private staves(section: ChainSection, width: number, metrics: Metrics): SVGSVGElement {
    const layout = layOutSection(section, width, metrics);
    const groups = section.rows.map((row) => {
      const stops = row.items.map((item): Stop => {
        const box = layout.boxes.find((candidate) => candidate.item === item);
        if (!box) throw new Error(`${item.key} was not laid out`);
        const lost = this.lostOf(item);
        const parts = boxParts(box, metrics, {
          tint: this.tintAt(item.offset, item.node !== undefined),
          lost,
        });
        const drawn = drawnItem('option', item.key, itemSpoken(item, [], lost), parts);
        drawn.root.classList.add('chain-item', item.standing);
        return {
          ...drawn,
          key: item.key,
          offset: item.offset,
          length: item.length,
          x: box.x + box.width / 2,
          describe: () => itemDetail(item, this.differing(item), lost),
          item,
        };
      });
      this.rows.push(stops);
      return svg(
        'g',
        { role: 'group', 'aria-label': `${SECTION_TITLE[section.space]}, ${ROW_LABEL[row.side]}` },
        ...stops.map(({ root }) => root),
      );
    });
    return svg(
      'svg',
      {
        class: 'chain-staves',
        role: 'listbox',
        'aria-label': SECTION_TITLE[section.space],
        'aria-orientation': 'horizontal',
        width: layout.width,
        height: layout.height,
      },
      ...layout.lines.map(lineParts),
      ...layout.labels.map(({ side, x, y }) => {
        const text = svgText(`row-label ${side}`, x, y, ROW_LABEL[side]);
        text.setAttribute('aria-hidden', 'true');
        return text;
      }),
      ...groups,
    );
  }

  /** The tint that the grid gives the structure. */
  private tintAt(offset: number, structure: boolean): string | undefined {
    if (!structure) return undefined;
    const index = this.view.structures.findIndex(
      (placed) => placed.offset === offset && placed.kind !== 'header',
    );
    return index < 0 ? undefined : tintOf(index);
  }

  /** Why a pointer leads in vain. */
  private lostOf(item: ChainItem): ChainFinding | undefined {
    const chain = item.side === 'guest' ? this.drawn?.guest : this.drawn?.hardware;
    return item.standing === 'lost'
      ? chain?.findings.find(
          ({ kind, offset }) => offset === item.offset && ['loop', 'broken', 'truncated'].includes(kind),
        )
      : undefined;
  }

  /** Registers of the structure in which guest and hardware differ; the offsets of bytes that no register has. */
  private differing({ offset, length, standing }: ChainItem): readonly string[] {
    if (!this.view.guest || standing !== 'linked') return [];
    const structure = this.view.structures.find(
      (placed) => placed.offset === offset && placed.kind !== 'header',
    );
    const names: string[] = [];
    for (let i = offset; i < offset + length; i++) {
      if (!this.view.differs(i)) continue;
      const register = structure?.registers.find((r) => i >= r.offset && i < r.offset + r.width);
      const name = register?.name ?? at(i);
      if (names.at(-1) !== name) names.push(name);
    }
    return names;
  }

  /** Marks the structures in which guest and hardware differ; boxes stay. */
  private showDifferences(): void {
    for (const { item, root, handle } of this.rows.flat()) {
      if (!item || item.standing !== 'linked') continue;
      const names = this.differing(item);
      root.classList.toggle('differs', names.length > 0);
      setAttribute(handle, 'aria-label', itemSpoken(item, names));
    }
    this.showDetail();
  }

  private activate(stop: Stop, focus: boolean): void {
    if (stop.key !== this.active) {
      this.rows
        .flat()
        .find(({ key }) => key === this.active)
        ?.handle.setAttribute('tabindex', '-1');
      stop.handle.setAttribute('tabindex', '0');
      this.active = stop.key;
      this.showDetail();
    }
    if (focus) stop.handle.focus();
  }

  private showDetail(): void {
    const stop = this.rows.flat().find(({ key }) => key === this.active);
    this.detail.replaceChildren(...(stop?.describe() ?? []));
  }

  private stopOf(target: EventTarget | null): Stop | undefined {
    const key = drawnKey(target);
    return key === undefined ? undefined : this.rows.flat().find((stop) => stop.key === key);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const stop = this.stopOf(event.target);
    if (!stop) return;
    const rowIndex = this.rows.findIndex((row) => row.includes(stop));
    const row = this.rows[rowIndex] ?? [];
    const index = row.indexOf(stop);
    const targets: Readonly<Record<string, () => Stop | undefined>> = {
      ArrowRight: () => row[index + 1],
      ArrowLeft: () => row[index - 1],
      Home: () => row[0],
      End: () => row.at(-1),
      ArrowDown: () => this.beside(stop, this.rows[rowIndex + 1]),
      ArrowUp: () => this.beside(stop, this.rows[rowIndex - 1]),
    };
    const target = targets[event.key];
    if (target) {
      const next = target();
      if (next) {
        this.activate(next, true);
        next.root.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
    } else if (event.key === 'Enter' || event.key === ' ') this.events.select(stop.offset, stop.length);
    else return;
    event.preventDefault();
  }

  /** The stop of another row that is in the same column, or else the nearest. */
  private beside(stop: Stop, row: readonly Stop[] | undefined): Stop | undefined {
    const { item } = stop;
    const same =
      item && row?.find((other) => other.item?.column === item.column && other.item.side !== 'unlinked');
    return same ?? [...(row ?? [])].sort((a, b) => Math.abs(a.x - stop.x) - Math.abs(b.x - stop.x))[0];
  }
}

const gapsText = ({ sections }: ChainModel): string => JSON.stringify(sections.map(({ gaps }) => gaps));
