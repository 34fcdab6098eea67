import {
  parseHostMessage,
  parsePageState,
  type HostMessage,
  type PageMessage,
  type PageState,
  type Reply,
  type Request,
} from '../src/protocol/messages';
import { AskingLink } from './ui/pageLink';

/** A message that is not an answer to a request. */
export type HostNews = Exclude<HostMessage, { type: 'reply' | 'failed' }>;

/** The extension, as the inspector page sees it. */
export class Host extends AskingLink<Request, Reply, HostNews, PageMessage, PageState> {
  constructor() {
    super({ message: parseHostMessage, state: parsePageState });
  }

  resync(have: number): void {
    this.send({ type: 'resync', have });
  }
}
