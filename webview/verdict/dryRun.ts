import type { Width } from '../../src/protocol/model';
import type { Host } from '../host';
import type { View } from '../view';
import type { OutcomeStrip } from './outcomeStrip';

/** Typing pauses this long before the write is tried: a value is a few keys. */
const PAUSE_MS = 120;

/** Shows what a write would come to while its value is typed. Only a guest's writes are tried. */
export class DryRun {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(
    private readonly host: Host,
    private readonly view: View,
    private readonly strip: OutcomeStrip,
  ) {}

  /** The value so far; undefined while it is none. */
  typed(offset: number, size: Width, value: number | undefined): void {
    this.cancel();
    if (this.view.target !== 'guest') return;
    if (value === undefined) {
      this.strip.endPreview();
      return;
    }
    const { turn } = this;
    this.timer = setTimeout(() => void this.tryIt(turn, offset, size, value), PAUSE_MS);
  }

  /** The edit ended: an answer that comes later is not shown. */
  cancel(): void {
    clearTimeout(this.timer);
    this.turn++;
  }

  private async tryIt(turn: number, offset: number, size: Width, value: number): Promise<void> {
    const answer = await this.host.ask({ kind: 'dryRun', offset, size, value });
    if (turn !== this.turn) return;
    if (answer.ok && answer.reply.kind === 'outcome') this.strip.preview(answer.reply.outcome);
    else this.strip.endPreview();
  }
}
