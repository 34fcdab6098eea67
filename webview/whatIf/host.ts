import {
  parseWhatIfHostMessage,
  parseWhatIfState,
  type WhatIfHostMessage,
  type WhatIfPageMessage,
  type WhatIfReply,
  type WhatIfRequest,
  type WhatIfState,
} from '../../src/protocol/whatIf';
import { AskingLink } from '../ui/pageLink';

/** A message that is not an answer to a request. */
export type WhatIfNews = Exclude<WhatIfHostMessage, { type: 'reply' | 'failed' }>;

/** The extension, as this page sees it. */
export class WhatIfHost extends AskingLink<
  WhatIfRequest,
  WhatIfReply,
  WhatIfNews,
  WhatIfPageMessage,
  WhatIfState
> {
  constructor() {
    super({ message: parseWhatIfHostMessage, state: parseWhatIfState });
  }
}
