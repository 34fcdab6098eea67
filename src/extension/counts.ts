import * as vscode from 'vscode';

/** Counts of things in words. */
export const functionCount = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 function') : vscode.l10n.t('{0} functions', n);

export const byteCount = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 byte') : vscode.l10n.t('{0} bytes', n);

export const deviceCount = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 device') : vscode.l10n.t('{0} devices', n);

export const lostWriteCount = (n: number): string =>
  n === 1
    ? vscode.l10n.t('1 guest write refused or dropped')
    : vscode.l10n.t('{0} guest writes refused or dropped', n);

export const problemCount = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', n);
