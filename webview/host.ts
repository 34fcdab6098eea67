import {
  parseHostMessage,
  parsePageState,
  type HostMessage,
  type PageMessage,
  type PageState,
  type Request,
} from '../src/protocol/messages';
import { Requests, type Answer } from '../src/protocol/requests';

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}
declare const acquireVsCodeApi: () => VsCodeApi;

/** A message that is not an answer to a request. */
export type HostNews = Exclude<HostMessage, { type: 'reply' | 'failed' }>;

/** The extension, as the page sees it: validated messages in, typed messages out. */
export class Host {
  private readonly api = acquireVsCodeApi();
  private readonly requests = new Requests(
    (message) => this.api.postMessage(message),
    (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  );

  /** Calls `onNews` for each message but answers, which go to those who asked; then says that the page is ready. */
  listen(onNews: (news: HostNews) => void): void {
    window.addEventListener('error', (event) => this.problem(event.message));
    window.addEventListener('unhandledrejection', (event) => this.problem(String(event.reason)));
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      const parsed = parseHostMessage(event.data);
      if (!parsed.ok) {
        this.problem(parsed.message);
        return;
      }
      const message = parsed.value;
      if (message.type !== 'reply' && message.type !== 'failed') onNews(message);
      else if (!this.requests.settle(message)) this.problem(`Nothing waits for answer ${message.id}.`);
    });
    this.api.postMessage({ type: 'ready' });
  }

  ask(request: Request): Promise<Answer> {
    return this.requests.ask(request);
  }

  resync(have: number): void {
    this.api.postMessage({ type: 'resync', have });
  }

  problem(message: string): void {
    this.api.postMessage({ type: 'problem', message });
  }

  get savedState(): PageState | undefined {
    const state = this.api.getState();
    if (state === undefined || state === null) return undefined;
    const parsed = parsePageState(state);
    if (parsed.ok) return parsed.value;
    this.problem(parsed.message);
    return undefined;
  }

  save(state: PageState): void {
    this.api.setState(state);
  }
}
