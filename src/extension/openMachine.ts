import * as vscode from 'vscode';
import type { MachineDescription } from '../backend/description';
import { Machine } from '../backend/machine';
import { chainProblems } from '../sources/chainProblems';
import { parseLspci } from '../sources/lspci';
import { readSample } from '../sources/sample';
import type { DumpProblems } from './dump/dumpProblems';
import { fileName, readDump } from './dump/readDump';

const SAMPLE = ['media', 'sample-machine.json'];

export type Opened =
  | { readonly ok: true; readonly machine: Machine; readonly problems: number }
  | { readonly ok: false; readonly message: string };

/** A machine without functions, for the case that nothing can be read; the view then says what to do. */
export const emptyMachine = (): Machine => {
  const description: MachineDescription = { name: vscode.l10n.t('No machine'), functions: [] };
  return new Machine(description);
};

/** Builds the machine that comes with the extension. */
export const buildSample = async (extensionUri: vscode.Uri): Promise<Machine> => {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, ...SAMPLE));
  return new Machine(readSample(JSON.parse(new TextDecoder().decode(bytes))));
};

/** Builds a machine from a dump and lists the dump's problems. What stands in `ok: false` is for a person. */
export const buildFromDump = async (uri: vscode.Uri, dumpProblems: DumpProblems): Promise<Opened> => {
  const name = fileName(uri);
  const dump = await readDump(uri);
  if (!dump.ok) return { ok: false, message: vscode.l10n.t('{0} cannot be opened. {1}', name, dump.message) };
  const result = parseLspci(dump.text, name);
  dumpProblems.show(uri, [...result.problems, ...(result.ok ? chainProblems(result, dump.text) : [])]);
  if (!result.ok) return { ok: false, message: result.message };
  return { ok: true, machine: new Machine(result.machine), problems: result.problems.length };
};
