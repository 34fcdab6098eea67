import type { HostNews } from './host';
import { Places } from './fields/locate';
import { Ages, type Changed, type Side } from './grid/ages';
import { ROW } from './grid/cellText';
import { rangeOf, type Range } from './grid/selection';
import type { ByteOrder, NumberFormat } from '../src/protocol/messages';
import type { Chains, Decoded, Head, Image, Run, Snapshot, Structure, Width } from '../src/protocol/model';
import { applyRuns } from '../src/protocol/runs';

/** differences: both, but only the rows in which they differ. */
export type Mode = 'guest' | 'hardware' | 'both' | 'differences';
export type Target = 'guest' | 'hardware';

/** What the parts of the page have to draw again. */
export interface Dirty {
  /** Other structures, size or owner: build anew. */
  readonly layout: boolean;
  /** Offsets of bytes that changed, or their mark of change, or how their bits take a write; when only bytes did. */
  readonly bytes: readonly number[];
}

/** What the page shows: the last snapshot with the changes since, and the choices of the person. No DOM. */
export class View {
  private snapshot: Snapshot | undefined;
  places = new Places([], 0);
  chosenMode: Mode = 'guest';
  width: Width = 1;
  /** How groups of 2 and 4 bytes are shown and typed. Operations always carry the little-endian value. */
  byteOrder: ByteOrder = 'little';
  /** The grid shows how each bit takes a write. */
  showAccess = false;
  readonly ages = new Ages();
  private active = 0;
  private anchor = 0;
  /** In the mode `differences`: the row of the active cell stays, also when it does not differ (any more). */
  private kept: number | undefined;
  /** How the field list writes numbers. */
  numberFormat: NumberFormat = 'hex';

  get revision(): number {
    return this.snapshot?.revision ?? 0;
  }
  get head(): Head | undefined {
    return this.snapshot?.head;
  }
  get structures(): readonly Structure[] {
    return this.snapshot?.structures ?? [];
  }
  /** The same object until a chain changes. */
  get chains(): Chains | undefined {
    return this.snapshot?.chains;
  }
  get hardware(): Image {
    return this.snapshot?.hardware ?? NOTHING;
  }
  /** What the hardware holds after a reset. */
  get reset(): Image {
    return this.snapshot?.reset ?? NOTHING;
  }
  /** lspci's lines, by structure; the same objects until they change. */
  get decoded(): Decoded {
    return this.snapshot?.decoded ?? { hardware: [] };
  }
  get guest(): Image | undefined {
    return this.snapshot?.guest;
  }
  /** See `accessMapSchema`; undefined when the host did not work it out. */
  get access(): Uint8Array | undefined {
    return this.snapshot?.access;
  }
  get size(): number {
    return this.hardware.bytes.length;
  }
  /** Without a guest there is only the hardware to see. */
  get mode(): Mode {
    return this.guest ? this.chosenMode : 'hardware';
  }
  /** Both sides are shown, one below the other. */
  get compares(): boolean {
    return this.mode === 'both' || this.mode === 'differences';
  }
  /** Edits follow the view. */
  get target(): Target {
    return this.mode === 'hardware' ? 'hardware' : 'guest';
  }
  /** What is shown first, found, copied, and what edits start from. */
  get targetImage(): Image {
    return this.target === 'guest' ? (this.guest ?? this.hardware) : this.hardware;
  }
  /** The sides whose changes are marked. */
  get markedSides(): readonly Side[] {
    return this.compares ? ['guest', 'hardware'] : [this.target];
  }

  /** Offset of the active cell, a multiple of the width. */
  get selection(): number {
    return this.active;
  }
  /** The bytes that are selected: at least the active cell's. */
  get range(): Range {
    return rangeOf(this.anchor, this.active, this.width);
  }

  /** Makes the cell at the offset the active one. extend: the selection goes on from where it began. */
  select(offset: number, extend = false): void {
    this.active = this.cellOf(offset);
    if (!extend) this.anchor = this.active;
    this.kept = this.active - (this.active % ROW);
  }

  /** Where the active cell was when the page was last open; its space is not known yet. */
  startAt(offset: number): void {
    this.active = this.anchor = offset;
  }

  /** Selects the cells that hold these bytes, with the first as the active one. */
  selectRange(range: Range): void {
    this.select(range.start);
    this.anchor = this.cellOf(range.end - 1);
  }

  setWidth(width: Width): void {
    this.width = width;
    this.select(this.active);
  }

  setMode(mode: Mode): void {
    this.chosenMode = mode;
    this.toDifference();
  }

  /** The offsets of the rows that the mode shows. */
  shownRows(): readonly number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.size; row += ROW) if (this.rowShown(row)) rows.push(row);
    return rows;
  }
  rowShown(row: number): boolean {
    return this.mode !== 'differences' || row === this.kept || this.differs(row, ROW);
  }

  /** Guest and hardware give different bytes at the offset, or only one of them is known. */
  differs(offset: number, width = 1): boolean {
    const guest = this.guest;
    if (!guest) return false;
    for (let i = offset; i < offset + width; i++) {
      if (guest.known[i] !== this.hardware.known[i]) return true;
      if (guest.known[i] === 1 && guest.bytes[i] !== this.hardware.bytes[i]) return true;
    }
    return false;
  }

  differences(): number {
    let count = 0;
    for (let i = 0; i < this.size; i++) if (this.differs(i)) count++;
    return count;
  }

  /** The next cell that differs after (or before) the selection, around the end; undefined when none does. */
  differenceFrom(direction: 1 | -1): number | undefined {
    const cells = this.size / this.width;
    const at = this.selection / this.width;
    for (let step = 1; step <= cells; step++) {
      const offset = ((at + direction * step + 2 * cells) % cells) * this.width;
      if (this.differs(offset, this.width)) return offset;
    }
    return undefined;
  }

  /** The offset as a cell of the chosen width inside the space. */
  cellOf(offset: number): number {
    const last = Math.max(0, this.size - this.width);
    return Math.min(last, Math.max(0, offset - (offset % this.width)));
  }

  /** Takes what the host says; undefined when the page must ask for a snapshot, since a revision is missing. */
  take(news: Extract<HostNews, { type: 'snapshot' | 'changed' }>): Dirty | undefined {
    return news.type === 'snapshot' ? this.takeSnapshot(news.snapshot) : this.takeChange(news);
  }

  private takeSnapshot(snapshot: Snapshot): Dirty {
    const before = this.snapshot;
    const mode = this.mode;
    this.snapshot = snapshot;
    // Another machine may have another device at the same address: nothing of it has changed.
    if (before?.head.address === snapshot.head.address && before.head.title === snapshot.head.title) {
      const guest = before.guest && snapshot.guest ? differing(before.guest, snapshot.guest) : [];
      const hardware = differing(before.hardware, snapshot.hardware);
      if (guest.length + hardware.length > 0) this.ages.operation({ guest, hardware });
    } else if (before) this.ages.reset();
    this.place();
    if (mode !== this.mode) this.toDifference();
    return { layout: true, bytes: [] };
  }

  private takeChange(news: Extract<HostNews, { type: 'changed' }>): Dirty | undefined {
    const now = this.snapshot;
    if (!now || now.revision !== news.from) return undefined;
    if (news.guest.length > 0 && !now.guest) return undefined;
    if (news.access && news.access.length !== 8 * now.hardware.bytes.length) return undefined;
    const changed: Changed = {
      guest: now.guest ? inRuns(now.guest, news.guest) : [],
      hardware: inRuns(now.hardware, news.hardware),
    };
    if (!applyRuns(now.hardware, news.hardware)) return undefined;
    if (now.guest && !applyRuns(now.guest, news.guest)) return undefined;
    this.snapshot = {
      ...now,
      revision: news.revision,
      head: news.head ?? now.head,
      structures: news.structures ?? now.structures,
      decoded: news.decoded ?? now.decoded,
      chains: news.chains ?? now.chains,
      ...(news.access ? { access: news.access } : {}),
    };
    if (news.structures) this.place();
    const aged = changed.guest.length + changed.hardware.length > 0 ? this.ages.operation(changed) : [];
    const bytes = news.access ? [...aged, ...bytesOfBits(now.access, news.access)] : aged;
    return { layout: news.structures !== undefined, bytes };
  }

  private place(): void {
    this.places = new Places(this.structures, this.size);
    this.active = this.cellOf(this.active);
    this.anchor = this.cellOf(this.anchor);
    this.kept = this.active - (this.active % ROW);
  }

  /** Who asks for the differences is taken to one; without any there is no row to show. */
  private toDifference(): void {
    if (this.mode !== 'differences' || this.differs(this.active - (this.active % ROW), ROW)) return;
    this.kept = undefined;
    const next = this.differenceFrom(1);
    if (next !== undefined) this.select(next);
  }
}

const NOTHING: Image = { bytes: new Uint8Array(0), known: new Uint8Array(0) };

/** Offsets at which two images of one size differ; all of them when the sizes do. */
const differing = (before: Image, after: Image): number[] => {
  const offsets: number[] = [];
  for (let i = 0; i < after.bytes.length; i++)
    if (before.bytes[i] !== after.bytes[i] || before.known[i] !== after.known[i]) offsets.push(i);
  return offsets;
};

/** Runs may enclose bytes that stay as they are. */
const inRuns = (image: Image, runs: readonly Run[]): number[] =>
  runs.flatMap((run) =>
    Array.from(run.bytes.keys())
      .filter(
        (i) => run.bytes[i] !== image.bytes[run.offset + i] || run.known[i] !== image.known[run.offset + i],
      )
      .map((i) => run.offset + i),
  );

/** Offsets of the bytes of which a bit has another entry in the access map. */
const bytesOfBits = (before: Uint8Array | undefined, after: Uint8Array): number[] => {
  const bytes = new Set<number>();
  for (let bit = 0; bit < after.length; bit++) if (before?.[bit] !== after[bit]) bytes.add(bit >> 3);
  return [...bytes];
};
