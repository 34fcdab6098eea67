import type { CopyFormat, PageAction, Request } from '../../src/protocol/messages';
import type { Width } from '../../src/protocol/model';
import type { Answer } from '../../src/protocol/requests';
import { Toolbar } from '../toolbar';
import { element, setAttribute, setText } from '../ui/element';
import type { Dirty, Mode, View } from '../view';
import { NOTHING_CHANGED } from './ages';
import { occurring } from './bitBehaviour';
import { legendOf } from './bitMarks';
import { offsetText } from './cellText';
import { COPY_FORMATS, copyText, type CopyResult } from './copyAs';
import { FindBar } from './findBar';
import type { Target } from './goTo';
import { GoToBar } from './goToBar';
import { HexGrid } from './hexGrid';
import { KeyHelp } from './keyHelp';
import { PasteBar } from './pasteBar';
import { spokenRange, type Range } from './selection';
import { writeAll } from './series';
import type { PasteWrite } from './pasteText';

/** What the page does for the grid. */
export interface GridPaneEvents {
  /** Another cell is active. */
  readonly selected: () => void;
  /** Another side is shown or edited. */
  readonly turned: () => void;
  /** Asks and shows the answer. */
  readonly ask: (request: Request) => Promise<Answer>;
  /** Asks only: who asks tells what came of it. */
  readonly askSilently: (request: Request) => Promise<Answer>;
  readonly typing: (offset: number, width: Width, value: number | undefined) => void;
  /** An edit was given up. */
  readonly cancelled: (text: string) => void;
  readonly say: (text: string, problem?: boolean) => void;
  readonly save: () => void;
}

const isTypedIn = (event: Event): boolean => {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
};

/** The grid with everything around it: toolbar, bars, legend, clipboard and the keys that work all over the page. */
export class GridPane {
  /** Goes into the head of the page. */
  readonly head = element('div', { class: 'grid-head' });
  readonly root = element('section', { class: 'grid-pane', attributes: { 'aria-label': 'Bytes' } });
  private readonly toolbar: Toolbar;
  private readonly grid: HexGrid;
  private readonly goTo: GoToBar;
  private readonly find: FindBar;
  private readonly paste: PasteBar;
  private readonly help: KeyHelp;
  private readonly legend = element('ul', {
    class: 'legend',
    attributes: { 'aria-label': 'Marks of the bits' },
  });
  /** What the legend has entries for. */
  private explained = '';
  private copyFormat: CopyFormat = 'hex';

  constructor(
    private readonly view: View,
    private readonly events: GridPaneEvents,
  ) {
    const closed = (): void => this.grid.focusCell();
    this.grid = new HexGrid(view, {
      select: (offset, extend) => this.select(offset, extend),
      selectAll: () => this.selectAll(),
      write: (offset, value) => this.write(offset, value),
      read: (offset) => this.read(offset),
      clearMarks: () => this.clearMarks(),
      typing: (offset, value) => events.typing(offset, view.width, value),
      cancelled: events.cancelled,
      scrolled: events.save,
    });
    this.goTo = new GoToBar(view, { go: (target) => this.goToTarget(target), closed });
    this.find = new FindBar(view, {
      reveal: (match) => this.reveal(match),
      marks: (matches, current) => this.grid.showMatches(matches, current),
      closed,
    });
    this.paste = new PasteBar(view, {
      write: (writes) => void this.writeSeries(writes),
      say: events.say,
      closed,
    });
    this.help = new KeyHelp(closed);
    this.toolbar = new Toolbar(view, {
      mode: (mode) => this.setMode(mode),
      width: (width) => {
        view.setWidth(width);
        this.grid.build();
        this.afterChoice();
      },
      byteOrder: (order) => {
        view.byteOrder = order;
        this.grid.patchAll();
        this.afterChoice();
      },
      access: (shown) => {
        view.showAccess = shown;
        this.grid.patchAll();
        this.afterChoice();
      },
      read: () => this.read(view.selection),
      goTo: () => this.openBar(this.goTo, () => this.goTo.open()),
      find: () => this.openBar(this.find, () => this.find.open()),
      copy: (format) => void this.copyAs(format),
      undo: () => void events.ask({ kind: 'undo' }),
      redo: () => void events.ask({ kind: 'redo' }),
      difference: (direction) => this.goToDifference(direction),
      keys: () => this.help.open(),
    });
    this.legend.hidden = true;
    this.head.append(this.toolbar.root, this.goTo.root, this.find.root, this.paste.root);
    this.root.append(this.legend, this.grid.root, this.help.root);
    document.addEventListener('keydown', (event) => this.onKey(event));
    document.addEventListener('copy', (event) => this.onCopy(event));
    document.addEventListener('paste', (event) => this.onPaste(event));
  }

  get scrollTop(): number {
    return this.grid.root.scrollTop;
  }
  set scrollTop(pixels: number) {
    this.grid.root.scrollTop = pixels;
  }

  /** To the active cell, without moving what is in sight. */
  focus(): void {
    this.grid.focusCell({ preventScroll: true });
  }

  /** Brings the grid up to date; the toolbar and what else follows the view comes with `update`. */
  draw(dirty: Dirty): void {
    if (dirty.layout) {
      this.goTo.forget();
      this.grid.build();
    } else this.grid.patch(dirty.bytes);
    this.find.refresh();
    this.frameSelection(false);
  }

  update(): void {
    const { view } = this;
    this.toolbar.update();
    this.showSelected();
    this.showLegend();
    const context = {
      webviewSection: 'grid',
      address: view.head?.address,
      preventDefaultContextMenuItems: true,
    };
    setAttribute(this.grid.root, 'data-vscode-context', JSON.stringify(context));
  }

  /** Bytes that another part of the page names, without taking the focus from it. */
  selectBytes(offset: number, width: number): void {
    this.view.select(offset);
    this.grid.showSelection(true, { offset, width });
    this.showSelected();
    this.events.save();
  }

  /** What a command or a menu of VS Code asks for. */
  act(what: PageAction): void {
    switch (what.action) {
      case 'copy':
        void this.copyAs(what.format ?? this.copyFormat);
        break;
      case 'paste':
        this.openBar(this.paste, () => this.paste.open(what.text));
        break;
      case 'goTo':
        this.openBar(this.goTo, () => this.goTo.open());
        break;
      case 'find':
        this.openBar(this.find, () => this.find.open());
        break;
      case 'clearMarks':
        this.clearMarks();
        break;
      case 'select':
        // What was told before is drawn in this frame.
        requestAnimationFrame(() => {
          this.reveal({ start: what.offset, end: what.offset + what.width });
          if (what.focus) this.grid.focusCell();
        });
        break;
    }
  }

  setCopyFormat(format: CopyFormat): void {
    this.copyFormat = format;
  }

  private openBar(bar: { readonly isOpen: boolean }, open: () => void): void {
    for (const other of [this.goTo, this.find, this.paste]) if (other !== bar && other.isOpen) other.hide();
    open();
  }

  private setMode(mode: Mode): void {
    this.view.setMode(mode);
    this.grid.patchAll();
    this.events.turned();
    this.afterChoice();
  }

  private afterChoice(): void {
    this.update();
    this.find.refresh();
    this.frameSelection(true);
    this.events.save();
  }

  private select(offset: number, extend = false): void {
    this.view.select(offset, extend);
    this.frameSelection(true);
    this.showSelected();
    this.events.selected();
    this.events.save();
  }

  private selectAll(): void {
    this.view.selectRange({ start: 0, end: this.view.size });
    this.frameSelection(false);
    this.grid.focusCell({ preventScroll: true });
    this.showSelected();
  }

  private reveal(match: Range): void {
    this.view.selectRange(match);
    this.frameSelection(true);
    this.showSelected();
    this.events.selected();
    this.events.save();
  }

  /** Frames the register at the active cell. */
  private frameSelection(scroll: boolean): void {
    const register = this.view.places.find(this.view.selection)?.register;
    this.grid.showSelection(scroll, register && { offset: register.offset, width: register.width });
  }

  /** Says how much is selected, when it is more than the active cell. */
  private showSelected(): void {
    const { range, width, size } = this.view;
    const several = range.end - range.start > width;
    setText(this.toolbar.selected, several ? spokenRange(range, (offset) => offsetText(offset, size)) : '');
  }

  private showLegend(): void {
    const { access, showAccess, target } = this.view;
    this.legend.hidden = !showAccess || access === undefined;
    if (this.legend.hidden || !access) return;
    const behaviours = occurring(access, target);
    if (behaviours.join() === this.explained) return;
    this.explained = behaviours.join();
    this.legend.replaceChildren(...legendOf(behaviours));
  }

  private goToTarget({ offset, width }: Target): void {
    if (width !== undefined && width !== this.view.width) {
      this.view.setWidth(width);
      this.grid.build();
      this.update();
      this.find.refresh();
    }
    this.select(offset);
    this.grid.focusCell();
  }

  private goToDifference(direction: 1 | -1): void {
    const offset = this.view.differenceFrom(direction);
    if (offset === undefined) {
      this.events.say('Guest and hardware give the same bytes.');
      return;
    }
    this.select(offset);
    this.grid.focusCell();
  }

  private read(offset: number): void {
    const kind = this.view.target === 'guest' ? 'confRead' : 'hardwareRead';
    void this.events.ask({ kind, offset, size: this.view.width });
  }

  private write(offset: number, value: number): void {
    const kind = this.view.target === 'guest' ? 'confWrite' : 'hardwareWrite';
    void this.events.ask({ kind, offset, size: this.view.width, value });
  }

  /** A write of ours ended. One that changed nothing is an operation as well: older marks get older. */
  wrote(countBefore: number): void {
    if (this.view.ages.count === countBefore) this.grid.patch(this.view.ages.operation(NOTHING_CHANGED));
  }

  private clearMarks(): void {
    const bytes = this.view.ages.reset();
    this.grid.patch(bytes);
    this.events.say(bytes.length > 0 ? 'Marks of changed bytes cleared.' : 'No byte is marked as changed.');
  }

  private async writeSeries(writes: readonly PasteWrite[]): Promise<void> {
    const { target } = this.view;
    const kind = target === 'guest' ? 'confWrite' : 'hardwareWrite';
    this.view.ages.beginSeries();
    const result = await writeAll(
      writes,
      (write) => this.events.askSilently({ kind, ...write }),
      () => (target === 'guest' ? this.view.guest : this.view.hardware),
      (done) => this.events.say(`${done} of ${writes.length} writes made.`),
    );
    this.view.ages.endSeries();
    this.events.say(result.text, !result.ok);
  }

  private selectionText(format: CopyFormat): CopyResult {
    const { view } = this;
    const { head } = view;
    const side = view.target;
    return copyText(
      {
        image: view.targetImage,
        range: view.range,
        width: view.width,
        address: (side === 'guest' ? head?.owner?.address : undefined) ?? head?.address ?? '',
        side,
        structures: view.structures,
      },
      format,
    );
  }

  private copiedText(format: CopyFormat): string {
    const { start, end } = this.view.range;
    const name = COPY_FORMATS.find((candidate) => candidate.format === format)?.name;
    return `Copied ${end - start} ${end - start === 1 ? 'byte' : 'bytes'} as ${name}.`;
  }

  private async copyAs(format: CopyFormat): Promise<void> {
    const copied = this.selectionText(format);
    if (!copied.ok) {
      this.events.say(copied.message, true);
      return;
    }
    const answer = await this.events.askSilently({ kind: 'copy', text: copied.text });
    if (answer.ok) this.events.say(this.copiedText(format));
    else this.events.say(answer.failed, true);
  }

  /** The key and VS Code's own menu come as the browser's event, which has the clipboard at hand. */
  private onCopy(event: ClipboardEvent): void {
    if (!this.grid.focused || document.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    const copied = this.selectionText(this.copyFormat);
    if (!copied.ok) {
      this.events.say(copied.message, true);
      return;
    }
    event.clipboardData?.setData('text/plain', copied.text);
    this.events.say(this.copiedText(this.copyFormat));
  }

  private onPaste(event: ClipboardEvent): void {
    if (!this.grid.focused) return;
    event.preventDefault();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    this.openBar(this.paste, () => this.paste.open(text));
  }

  /** Keys that mean the same wherever the focus is. VS Code must not take them as its own. */
  private onKey(event: KeyboardEvent): void {
    if (this.help.isOpen) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (event.key === 'F7' && !command && !event.altKey) this.goToDifference(event.shiftKey ? -1 : 1);
    else if (event.key === 'F3' && !command && !event.altKey)
      this.openBar(this.find, () => this.find.stepOrOpen(event.shiftKey ? -1 : 1));
    else if (command && !event.shiftKey && key === 'g') this.openBar(this.goTo, () => this.goTo.open());
    else if (command && !event.shiftKey && key === 'f') this.openBar(this.find, () => this.find.open());
    else if (isTypedIn(event)) return;
    else if (command && key === 'z' && !event.shiftKey) this.again('undo');
    else if (command && (key === 'y' || (key === 'z' && event.shiftKey))) this.again('redo');
    else if (event.key === '?' && !command) this.help.open();
    else if (event.key === 'Escape' && this.find.isOpen) {
      this.find.hide();
      this.grid.focusCell();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private again(kind: 'undo' | 'redo'): void {
    if (this.view.head?.[kind] === undefined) this.events.say(`There is nothing to ${kind}.`);
    else void this.events.ask({ kind });
  }
}
