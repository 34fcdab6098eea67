import type * as Inspector from './messages';

/** How a request ended. `failed` is for people. */
export type Answer<Reply = Inspector.Reply> =
  { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly failed: string };

/** A request on its way, and what ends it. */
export interface RequestMessage<Request> {
  readonly type: 'request';
  readonly id: number;
  readonly request: Request;
}
export type Settlement<Reply> =
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** Runs `then` after some milliseconds, unless the function that it returns is called before. */
export type Timer = (milliseconds: number, then: () => void) => () => void;

/** An answer takes well under a millisecond; after this the host is taken to be gone. */
const LIMIT_MS = 10_000;

/**
 * Requests that wait for their answer. Each ends exactly once: by the host's reply, by its refusal, by the
 * time limit, or by `abandon` when the host is known to be gone or started anew.
 */
export class Requests<Request = Inspector.Request, Reply = Inspector.Reply> {
  private nextId = 0;
  private readonly waiting = new Map<number, (answer: Answer<Reply>) => void>();

  constructor(
    private readonly send: (message: RequestMessage<Request>) => void,
    private readonly timer: Timer,
  ) {}

  ask(request: Request): Promise<Answer<Reply>> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      const cancel = this.timer(LIMIT_MS, () => {
        this.waiting.delete(id);
        resolve({ ok: false, failed: `No answer within ${LIMIT_MS / 1000} seconds.` });
      });
      this.waiting.set(id, (answer) => {
        cancel();
        resolve(answer);
      });
      this.send({ type: 'request', id, request });
    });
  }

  /** Takes a `reply` or `failed` message; false when nothing waits for it. */
  settle(message: Settlement<Reply>): boolean {
    const resolve = this.waiting.get(message.id);
    if (!resolve) return false;
    this.waiting.delete(message.id);
    resolve(
      message.type === 'reply' ? { ok: true, reply: message.reply } : { ok: false, failed: message.message },
    );
    return true;
  }

  /** Ends every waiting request with the message. */
  abandon(message: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const resolve of waiting) resolve({ ok: false, failed: message });
  }

  get pending(): number {
    return this.waiting.size;
  }
}
