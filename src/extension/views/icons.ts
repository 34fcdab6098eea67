import * as vscode from 'vscode';
import type { FunctionState } from '../../backend/view';

/** Base class codes and the icons of VS Code that show them. Source: PCI Code and ID Assignment, section 1. */
const BY_BASE_CLASS: Readonly<Record<number, string>> = {
  0x01: 'database',
  0x02: 'globe',
  0x03: 'device-desktop',
  0x04: 'unmute',
  0x05: 'server',
  0x06: 'type-hierarchy',
  0x07: 'terminal',
  0x08: 'settings-gear',
  0x09: 'game',
  0x0c: 'plug',
  0x0d: 'radio-tower',
  0x10: 'lock',
  0x11: 'pulse',
  0x12: 'zap',
};

/** Icon of a function by its base class (classCode is 24 bits). */
export const functionIcon = ({ classCode }: FunctionState): vscode.ThemeIcon =>
  new vscode.ThemeIcon(BY_BASE_CLASS[(classCode >>> 16) & 0xff] ?? 'circuit-board');
