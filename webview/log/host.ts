import {
  parseAccessHostMessage,
  parseAccessPageState,
  type AccessHostMessage,
  type AccessPageMessage,
  type AccessPageState,
  type AccessReply,
  type AccessRequest,
} from '../../src/protocol/accessLog';
import { Requests, type Answer } from '../../src/protocol/requests';

interface VsCodeApi {
  postMessage(message: AccessPageMessage): void;
  getState(): unknown;
  setState(state: AccessPageState): void;
}
declare const acquireVsCodeApi: () => VsCodeApi;

/** A message that is not an answer to a request. */
export type LogNews = Exclude<AccessHostMessage, { type: 'reply' | 'failed' }>;

/** The extension, as the page of the access log sees it: validated messages in, typed messages out. */
export class LogHost {
  private readonly api = acquireVsCodeApi();
  private readonly requests = new Requests<AccessRequest, AccessReply>(
    (message) => this.api.postMessage(message),
    (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  );

  /** Calls `onNews` for each message but answers, which go to those who asked; then says that the page is ready. */
  listen(onNews: (news: LogNews) => void): void {
    window.addEventListener('error', (event) => this.problem(event.message));
    window.addEventListener('unhandledrejection', (event) => this.problem(String(event.reason)));
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      const parsed = parseAccessHostMessage(event.data);
      if (!parsed.ok) {
        this.problem(parsed.message);
        return;
      }
      const message = parsed.value;
      if (message.type !== 'reply' && message.type !== 'failed') onNews(message);
      else if (!this.requests.settle(message)) this.problem(`Nothing waits for answer ${message.id}.`);
    });
    const tellFocus = (has: boolean) => () => this.api.postMessage({ type: 'focus', has });
    window.addEventListener('focus', tellFocus(true));
    window.addEventListener('blur', tellFocus(false));
    if (document.hasFocus()) tellFocus(true)();
    this.api.postMessage({ type: 'ready' });
  }

  ask(request: AccessRequest): Promise<Answer<AccessReply>> {
    return this.requests.ask(request);
  }

  problem(message: string): void {
    this.api.postMessage({ type: 'problem', message });
  }

  get savedState(): AccessPageState | undefined {
    const state = this.api.getState();
    if (state === undefined || state === null) return undefined;
    const parsed = parseAccessPageState(state);
    if (parsed.ok) return parsed.value;
    this.problem(parsed.message);
    return undefined;
  }

  save(state: AccessPageState): void {
    this.api.setState(state);
  }
}
