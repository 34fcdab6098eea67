import type { Parsed } from '../../src/protocol/parse';
import { Requests, type Answer, type RequestMessage, type Settlement } from '../../src/protocol/requests';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare const acquireVsCodeApi: () => VsCodeApi;

/** How a page reads what it is told, and what it kept itself. */
export interface PageWords<Incoming, State> {
  readonly message: (input: unknown) => Parsed<Incoming>;
  readonly state: (input: unknown) => Parsed<State>;
}

/** What every page says besides its own: that it takes messages now, and what went wrong in it, for the log. */
export type CommonMessage =
  { readonly type: 'ready' } | { readonly type: 'problem'; readonly message: string };

/** The extension, as one of our pages sees it: validated messages in, typed messages out, and what a reload keeps. */
export class PageLink<Incoming, Outgoing, State> {
  private readonly api = acquireVsCodeApi();

  constructor(private readonly words: PageWords<Incoming, State>) {}

  /** Calls `take` for each message; then says that the page is ready. */
  listen(take: (message: Incoming) => void): void {
    window.addEventListener('error', (event) => this.problem(event.message));
    window.addEventListener('unhandledrejection', (event) => this.problem(String(event.reason)));
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      const parsed = this.words.message(event.data);
      if (parsed.ok) take(parsed.value);
      else this.problem(parsed.message);
    });
    this.send({ type: 'ready' });
  }

  send(message: Outgoing | CommonMessage): void {
    this.api.postMessage(message);
  }

  problem(message: string): void {
    this.send({ type: 'problem', message });
  }

  get savedState(): State | undefined {
    const state = this.api.getState();
    if (state === undefined || state === null) return undefined;
    const parsed = this.words.state(state);
    if (parsed.ok) return parsed.value;
    this.problem(parsed.message);
    return undefined;
  }

  save(state: State): void {
    this.api.setState(state);
  }
}

const isSettlement = (message: { readonly type: string }): boolean =>
  message.type === 'reply' || message.type === 'failed';

/** The link of a page that asks: `News` are the messages that are no answers, which go to those who asked. */
export class AskingLink<Request, Reply, News extends { readonly type: string }, Outgoing, State> {
  private readonly link: PageLink<News | Settlement<Reply>, Outgoing | RequestMessage<Request>, State>;
  private readonly requests: Requests<Request, Reply>;

  constructor(words: PageWords<News | Settlement<Reply>, State>) {
    this.link = new PageLink(words);
    this.requests = new Requests(
      (message) => this.link.send(message),
      (milliseconds, then) => {
        const timer = setTimeout(then, milliseconds);
        return () => clearTimeout(timer);
      },
    );
  }

  /** Calls `take` for each message but answers; then says that the page is ready. */
  listen(take: (news: News) => void): void {
    this.link.listen((message) => {
      if (!isSettlement(message)) take(message as News);
      else if (!this.requests.settle(message as Settlement<Reply>))
        this.problem(`Nothing waits for answer ${(message as Settlement<Reply>).id}.`);
    });
  }

  ask(request: Request): Promise<Answer<Reply>> {
    return this.requests.ask(request);
  }

  send(message: Outgoing): void {
    this.link.send(message);
  }

  problem(message: string): void {
    this.link.problem(message);
  }

  get savedState(): State | undefined {
    return this.link.savedState;
  }

  save(state: State): void {
    this.link.save(state);
  }
}
