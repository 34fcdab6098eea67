import {
  parseAccessHostMessage,
  parseAccessPageState,
  type AccessHostMessage,
  type AccessPageMessage,
  type AccessPageState,
  type AccessReply,
  type AccessRequest,
} from '../../src/protocol/accessLog';
import { AskingLink } from '../ui/pageLink';

/** A message that is not an answer to a request. */
export type LogNews = Exclude<AccessHostMessage, { type: 'reply' | 'failed' }>;

/** The extension, as the page of the access log sees it. */
export class LogHost extends AskingLink<
  AccessRequest,
  AccessReply,
  LogNews,
  AccessPageMessage,
  AccessPageState
> {
  constructor() {
    super({ message: parseAccessHostMessage, state: parseAccessPageState });
  }

  /** Tells whether the page has the focus, besides what every page does. */
  override listen(take: (news: LogNews) => void): void {
    const tellFocus = (has: boolean) => () => this.send({ type: 'focus', has });
    window.addEventListener('focus', tellFocus(true));
    window.addEventListener('blur', tellFocus(false));
    if (document.hasFocus()) tellFocus(true)();
    super.listen(take);
  }
}
