import type { HostNews } from './host';
import { Places } from './fields/locate';
import type { Chains, Head, Image, Snapshot, Structure, Width } from '../src/protocol/model';
import { applyRuns } from '../src/protocol/runs';

/** differences: both, but only where they differ. */
export type Mode = 'guest' | 'hardware' | 'both' | 'differences';
export type Target = 'guest' | 'hardware';

/** What the parts of the page have to draw again. */
export interface Dirty {
  /** Other structures, size or owner: build anew. */
  readonly layout: boolean;
  /** Offsets of bytes that changed, when only bytes did. */
  readonly bytes: readonly number[];
}

/** What the page shows: the last snapshot with the changes since, and the choices of the person. No DOM. */
export class View {
  private snapshot: Snapshot | undefined;
  places = new Places([], 0);
  chosenMode: Mode = 'guest';
  width: Width = 1;
  /** Offset of the active cell, a multiple of the width. */
  selection = 0;

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
  get guest(): Image | undefined {
    return this.snapshot?.guest;
  }
  get size(): number {
    return this.hardware.bytes.length;
  }
  /** Without a guest there is only the hardware to see. */
  get mode(): Mode {
    return this.guest ? this.chosenMode : 'hardware';
  }
  /** Edits follow the view. */
  get target(): Target {
    return this.mode === 'hardware' ? 'hardware' : 'guest';
  }
  /** What edits start from. */
  get targetImage(): Image {
    return this.target === 'guest' ? (this.guest ?? this.hardware) : this.hardware;
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
    if (news.type === 'snapshot') {
      this.snapshot = news.snapshot;
      this.place();
      return { layout: true, bytes: [] };
    }
    const now = this.snapshot;
    if (!now || now.revision !== news.from) return undefined;
    if (news.guest.length > 0 && !now.guest) return undefined;
    if (!applyRuns(now.hardware, news.hardware)) return undefined;
    if (now.guest && !applyRuns(now.guest, news.guest)) return undefined;
    if (news.access && news.access.length !== 8 * now.hardware.bytes.length) return undefined;
    this.snapshot = {
      ...now,
      revision: news.revision,
      head: news.head ?? now.head,
      structures: news.structures ?? now.structures,
      chains: news.chains ?? now.chains,
      ...(news.access ? { access: news.access } : {}),
    };
    if (news.structures) this.place();
    const bytes = new Set<number>();
    for (const run of [...news.hardware, ...news.guest])
      for (let i = 0; i < run.bytes.length; i++) bytes.add(run.offset + i);
    return { layout: news.structures !== undefined, bytes: [...bytes] };
  }

  private place(): void {
    this.places = new Places(this.structures, this.size);
    this.selection = this.cellOf(this.selection);
  }
}

const NOTHING: Image = { bytes: new Uint8Array(0), known: new Uint8Array(0) };
