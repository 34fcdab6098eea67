import type { WhatIfReply } from '../../protocol/whatIf';

/** An answer to the page, or why there is none, for the person. */
export type Answered =
  { readonly ok: true; readonly reply: WhatIfReply } | { readonly ok: false; readonly message: string };

export const DONE: Answered = { ok: true, reply: { kind: 'done' } };
export const told = (text: string): Answered => ({ ok: true, reply: { kind: 'told', text } });
export const refused = (message: string): Answered => ({ ok: false, message });
