import * as vscode from 'vscode';
import type { Machine } from '../../backend/machine';
import type { Bdf } from '../../backend/spec/bdf';
import { presentQuirks } from './describe';

/** What the device has been given, beyond what a newly seized one has. */
export const givenTo = (machine: Machine, host: Bdf): string[] => {
  const state = machine.function(host);
  return [
    ...(state?.permissive ? [vscode.l10n.t('permissive')] : []),
    ...(machine.driver().permissive ? [vscode.l10n.t('module-wide permissive')] : []),
    ...(state?.allowInterruptControl ? [vscode.l10n.t('interrupt control')] : []),
    ...presentQuirks(machine, host).map((quirk) => vscode.l10n.t('quirk {0}', quirk)),
  ];
};
