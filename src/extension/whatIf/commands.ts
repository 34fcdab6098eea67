import * as vscode from 'vscode';
import { formatBdf } from '../../backend/spec/bdf';
import type { Question, TriedAccess } from '../../protocol/whatIf';
import { functionsIn, pickFunction, presentIn } from '../commands/targets';
import { Command } from '../ids';
import { questionIn } from './argument';
import type { WhatIfPanel } from './panel';
import { lostWrites } from './questions';
import type { WhatIfServices } from './whatIfPage';

interface Device {
  readonly domid: number;
  readonly guest: string;
  readonly writes: readonly TriedAccess[] | undefined;
}

/** The device that the argument names, else the only one that a guest has, else a choice. */
const deviceFor = async (
  { session }: WhatIfServices,
  args: readonly unknown[],
): Promise<Device | undefined> => {
  const named = questionIn(args[0]);
  if (named) return named;
  const assigned = session.machine.functions().filter(({ assignedTo }) => assignedTo !== undefined);
  const [only] = assigned;
  const given = presentIn(session, functionsIn(args));
  const host =
    given[0] ??
    (only && assigned.length === 1
      ? only.bdf
      : await pickFunction(
          session,
          vscode.l10n.t('Device whose writes to try'),
          vscode.l10n.t('No function is assigned.'),
          ({ assignedTo }) => assignedTo !== undefined,
        ));
  if (!host) return undefined;
  const owner = session.machine.function(host)?.assignedTo;
  if (!owner) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is not assigned to a guest: there is nobody whose writes to try.', formatBdf(host)),
    );
    return undefined;
  }
  return { domid: owner.domid, guest: formatBdf(owner.guest), writes: undefined };
};

/** The last write that the guest made to the device; none when it made none. */
const lastWrite = ({ session }: WhatIfServices, { domid, guest }: Device): TriedAccess[] => {
  const entry = session.machine
    .journal()
    .findLast((e) => e.action === 'confWrite' && e.domid === domid && formatBdf(e.guest) === guest);
  return entry?.action === 'confWrite'
    ? [{ offset: entry.offset, size: entry.size, value: entry.value }]
    : [];
};

const asQuestion = ({ domid, guest }: Device, writes: readonly TriedAccess[]): Question => ({
  domid,
  guest,
  writes: writes.map((write) => ({ ...write })),
});

/**
 * Registers `PCI: What If...` and `PCI: Generate Quirks from Refused Writes...`. Both take a WhatIfArgument, an
 * address or a row of a view, or ask.
 */
export const registerWhatIfCommands = (services: WhatIfServices, panel: WhatIfPanel): vscode.Disposable =>
  vscode.Disposable.from(
    vscode.commands.registerCommand(Command.whatIf, async (...args: unknown[]) => {
      const device = await deviceFor(services, args);
      if (device) panel.open(asQuestion(device, device.writes ?? lastWrite(services, device)), 'table');
    }),
    vscode.commands.registerCommand(Command.generateQuirks, async (...args: unknown[]) => {
      const device = await deviceFor(services, args);
      if (!device) return;
      const { session, accessLog } = services;
      const writes = device.writes ?? lostWrites(session.machine, accessLog(), device);
      panel.open(asQuestion(device, writes), 'quirks');
    }),
  );
