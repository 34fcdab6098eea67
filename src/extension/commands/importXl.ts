import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { deviceCount, problemCount } from '../counts';
import { fileName, readDump } from '../dump/readDump';
import { PCIBACK } from '../functionText';
import type { SourceProblem } from '../../sources/problem';
import { parseXlConfig } from '../../sources/xlConfig';
import { passthroughOptions, type XlPciDevice } from '../../sources/xlPciSpec';
import type { GuestCommandContext } from './guestCommands';
import { tell, type Outcome } from './outcome';

const chooseFile = async (): Promise<vscode.Uri | undefined> => {
  const files = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: vscode.l10n.t('Import'),
    title: vscode.l10n.t('Import xl Guest Configuration'),
    filters: {
      [vscode.l10n.t('xl guest configurations')]: ['cfg', 'conf', 'xl', 'hvm', 'pv'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  return files?.[0];
};

/** Does for one configuration file what `xl create` would, as far as PCI goes; what cannot be done is listed. */
class Import {
  private readonly problems: SourceProblem[] = [];
  readonly outcomes: Outcome[] = [];
  assigned = 0;

  constructor(
    private readonly context: GuestCommandContext,
    private readonly domid: number,
  ) {}

  get found(): readonly SourceProblem[] {
    return this.problems;
  }

  device(device: XlPciDevice): void {
    const functions = this.functionsOf(device);
    if (device.virtualSlot !== undefined)
      this.tell(
        device,
        'info',
        vscode.l10n.t(
          'pciback chooses the virtual slot; the one given stands in xenstore (vdevfn) and is for HVM guests.',
        ),
      );
    else if (device.address?.function === '*')
      this.tell(device, 'info', vscode.l10n.t('xl takes * only with a virtual slot (@VSLOT).'));
    for (const bdf of functions) this.assign(device, bdf);
  }

  private functionsOf(device: XlPciDevice): readonly Bdf[] {
    const { address, name } = device;
    const { machine } = this.context.session;
    if (!address) {
      this.tell(
        device,
        'error',
        vscode.l10n.t('No function of the machine has the name {0}; give its address.', name ?? ''),
      );
      return [];
    }
    const { function: wanted } = address;
    const found = machine
      .functions()
      .map(({ bdf }) => bdf)
      .filter(
        (bdf) =>
          bdf.domain === address.domain &&
          bdf.bus === address.bus &&
          bdf.device === address.device &&
          (wanted === '*' || bdf.function === wanted),
      );
    if (found.length === 0) {
      const text = formatBdf({ ...address, function: wanted === '*' ? 0 : wanted });
      this.tell(
        device,
        'error',
        vscode.l10n.t('{0} is not in {1}.', wanted === '*' ? `${text.slice(0, -1)}*` : text, machine.name),
      );
    }
    return found;
  }

  private assign(device: XlPciDevice, bdf: Bdf): void {
    const { session, actions } = this.context;
    if (session.machine.function(bdf)?.driver !== PCIBACK) {
      if (!device.seize)
        this.tell(
          device,
          'info',
          vscode.l10n.t(
            '{0} was not bound to pciback: xl needs seize=1 or xl pci-assignable-add first.',
            formatBdf(bdf),
          ),
        );
      const seized = actions.seize(bdf);
      if (!seized.ok) {
        this.outcomes.push(seized);
        return;
      }
    }
    const before = session.machine.function(bdf)?.assignedTo;
    const assigned = actions.assign(this.domid, bdf, passthroughOptions(device, bdf));
    if (!assigned.ok) this.outcomes.push(assigned);
    else if (before === undefined) this.assigned++;
  }

  private tell(
    { line, column, endColumn }: XlPciDevice,
    severity: SourceProblem['severity'],
    message: string,
  ): void {
    this.problems.push({ line, column, endColumn, severity, message });
  }
}

const nameOfFile = (uri: vscode.Uri): string => fileName(uri).replace(/\.[^.]*$/, '');

/** Argument: the file; without one it is asked for. */
export const importXl = async (
  context: GuestCommandContext,
  [argument]: readonly unknown[],
): Promise<void> => {
  const { session, driverActions, dumpProblems, log } = context;
  const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
  if (!uri) return;
  const fail = (text: string): void => tell([{ ok: false, text }], log);
  const file = await readDump(uri);
  if (!file.ok) return fail(vscode.l10n.t('{0} cannot be opened. {1}', fileName(uri), file.message));
  const config = parseXlConfig(file.text);
  if (!config.ok) return fail(`${fileName(uri)}: ${config.message}`);
  const name = config.guestName ?? nameOfFile(uri);
  const there = session.machine.guests().find((guest) => guest.name === name);
  const created = there ? { ok: true, text: '', domid: there.domid } : driverActions.createGuest(name);
  if (created.domid === undefined) return fail(created.text);
  const done = new Import(context, created.domid);
  for (const device of config.devices) done.device(device);
  const problems = [...config.problems, ...done.found];
  dumpProblems.show(uri, problems);
  const counts = [
    deviceCount(done.assigned),
    ...(problems.length > 0 ? [problemCount(problems.length)] : []),
  ];
  tell(
    [
      {
        ok: true,
        text: there
          ? vscode.l10n.t('{0} (there already): {1}', name, counts.join(', '))
          : vscode.l10n.t('{0} created: {1}', name, counts.join(', ')),
      },
      ...done.outcomes,
      ...problems
        .filter(({ severity }) => severity === 'error')
        .map(({ line, message }) => ({ ok: false, text: `${fileName(uri)}:${line}: ${message}` })),
    ],
    log,
  );
};
