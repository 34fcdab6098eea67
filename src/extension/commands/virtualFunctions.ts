import * as vscode from 'vscode';
import type { Bdf } from '../../backend/spec/bdf';
import type { FunctionState } from '../../backend/view';
import { addressText, PCIBACK } from '../functionText';
import { askInTurn, askText, type TextCheck } from './ask';
import { functionsFor, type FunctionCommandContext } from './functionCommand';
import { tell } from './outcome';

/** A number as the kernel's kstrtou16 reads it: decimal, 0x and hexadecimal, 0 and octal. */
const NUMBER = /^\+?(?:0x[0-9a-f]+|[1-9]\d*|0[0-7]*)$/i;

/** undefined where kstrtou16 would return -EINVAL; numbers above 65535 come as they are. */
export const parseCount = (text: string): number | undefined => {
  const digits = text.trim();
  if (!NUMBER.test(digits)) return undefined;
  const plain = digits.replace(/^\+/, '');
  return /^0[0-7]/.test(plain) ? parseInt(plain, 8) : Number(plain);
};

/** Why the kernel will refuse, as far as can be told before. */
const check = ({ driver, sriov }: FunctionState, text: string): TextCheck => {
  const count = parseCount(text);
  const { numVFs = 0, totalVFs = 0 } = sriov ?? {};
  if (count === undefined) return { fault: vscode.l10n.t('-EINVAL: a number from 0 to {0}', totalVFs) };
  if (count > totalVFs) return { fault: vscode.l10n.t('-ERANGE: sriov_totalvfs is {0}', totalVFs) };
  if (count === numVFs) return { note: vscode.l10n.t('sriov_numvfs is {0} already', numVFs) };
  if (driver === undefined) return { note: vscode.l10n.t('-ENOENT: the function has no driver') };
  if (driver === PCIBACK) return { note: vscode.l10n.t('-ENOENT: pciback does not switch SR-IOV') };
  return count > 0 && numVFs > 0
    ? { note: vscode.l10n.t('-EBUSY: {0} VFs are enabled; remove them first with 0', numVFs) }
    : {};
};

const askCount = async ({ session }: FunctionCommandContext, bdf: Bdf): Promise<number | undefined> => {
  const state = session.machine.function(bdf);
  let count: number | undefined;
  if (state)
    await askInTurn([
      (place) =>
        askText(
          {
            ...place,
            title: vscode.l10n.t('Create Virtual Functions of {0}', addressText(session, bdf)),
            prompt: vscode.l10n.t('How many; 0 removes them. Written to sriov_numvfs.'),
            value: String(state.sriov?.numVFs === 0 ? state.sriov.totalVFs : 0),
            check: (text) => check(state, text),
          },
          (text) => (count = parseCount(text)),
        ),
    ]);
  return count;
};

/** Arguments: a physical function, then the number of its VFs where it is not to be asked for. */
export const createVirtualFunctions = async (
  context: FunctionCommandContext,
  args: readonly unknown[],
): Promise<void> => {
  const [bdf] = await functionsFor(
    context,
    args,
    vscode.l10n.t('Physical function to create virtual functions of'),
    vscode.l10n.t('No function has SR-IOV.'),
    (state) => state.sriov !== undefined,
  );
  if (!bdf) return;
  const [, given] = args;
  const count = typeof given === 'number' ? given : await askCount(context, bdf);
  if (count !== undefined) tell([context.actions.createVirtualFunctions(bdf, count)], context.log);
};
