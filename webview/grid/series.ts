import type { Image } from '../../src/protocol/model';
import type { Answer } from '../../src/protocol/requests';
import type { PasteWrite } from './pasteText';

/** Bytes of the writes that the image now holds as they were written. */
const landed = (writes: readonly PasteWrite[], image: Image): number => {
  let count = 0;
  for (const { offset, size, value } of writes)
    for (let i = 0; i < size; i++)
      if (image.known[offset + i] === 1 && image.bytes[offset + i] === ((value >>> (8 * i)) & 0xff)) count++;
  return count;
};

/** What the writes were answered, each distinct answer once with its count. */
const tally = (results: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
};

const answered = (answer: Answer): string => {
  if (!answer.ok || answer.reply.kind !== 'outcome') return 'without an outcome';
  const { refused, err } = answer.reply.outcome;
  return refused ?? err?.name ?? 'done';
};

/** Writes under way at once: the way to the host and back takes longer than a write. */
const TOGETHER = 32;

/**
 * Makes the writes in their order and tells what came of all. A write that the driver refuses does not end the series;
 * after one that could not be made at all no more are sent. `image` is what the one who writes reads now.
 */
export const writeAll = async (
  writes: readonly PasteWrite[],
  write: (write: PasteWrite) => Promise<Answer>,
  image: () => Image | undefined,
  progress: (done: number) => void,
): Promise<{ readonly ok: boolean; readonly text: string }> => {
  const results: string[] = [];
  for (let at = 0; at < writes.length; at += TOGETHER) {
    const answers = await Promise.all(writes.slice(at, at + TOGETHER).map(write));
    const failed = answers.find((answer) => !answer.ok);
    results.push(...answers.filter((answer) => answer.ok).map(answered));
    if (failed?.ok === false)
      return {
        ok: false,
        text: `Stopped after ${results.length} of ${writes.length} writes: ${failed.failed}`,
      };
    if (at + TOGETHER < writes.length) progress(results.length);
  }
  const total = writes.reduce((sum, { size }) => sum + size, 0);
  const now = image();
  const kept = now ? landed(writes, now) : 0;
  const writesText = writes.length === 1 ? '1 write' : `${writes.length} writes`;
  return {
    ok: kept === total,
    text: `${writesText}: ${tally(results)}. ${kept} of ${total} ${total === 1 ? 'byte reads' : 'bytes read'} now as pasted.`,
  };
};
