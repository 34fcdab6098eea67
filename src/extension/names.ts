import * as vscode from 'vscode';
import type { PciIds } from '../sources/pciIds';
import { loadPciIds } from '../sources/pciIdsFiles';
import { Setting } from './ids';

/** Compact pci.ids that comes with the extension. */
const BUNDLED = ['media', 'pci.ids.br'];

/** Reads the names that the setting, the system or the extension provides; says in the log which. Never rejects. */
export const readNames = async (extensionUri: vscode.Uri, log: vscode.LogOutputChannel): Promise<PciIds> => {
  const setting = vscode.workspace.getConfiguration().get<string>(Setting.pciIds, '').trim();
  const loaded = await loadPciIds({
    ...(setting === '' ? {} : { setting }),
    bundled: vscode.Uri.joinPath(extensionUri, ...BUNDLED).fsPath,
  });
  for (const problem of loaded.problems) log.warn(problem);
  log.info(
    loaded.file === undefined
      ? vscode.l10n.t('No pci.ids could be read; devices are shown by number.')
      : vscode.l10n.t('Names from {0}, version {1}', loaded.file, loaded.ids.version ?? '?'),
  );
  return loaded.ids;
};
