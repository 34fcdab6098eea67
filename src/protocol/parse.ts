import * as v from 'valibot';

/** A message that could be read, or why not, for the log. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const issueText = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
};

/** Reads what arrived from the other side, or was kept over a reload; `what` names it in the message. Never throws. */
export const parse = <T>(schema: v.GenericSchema<unknown, T>, what: string, input: unknown): Parsed<T> => {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, message: `${what} not understood: ${result.issues.map(issueText).join('; ')}` };
};
