import * as vscode from 'vscode';
import { formatBdf, parseBdf, type Bdf } from '../backend/spec/bdf';
import { SCHEME } from './ids';

/** `pci:/0000:00:1f.2`. */
export const functionUri = (bdf: Bdf): vscode.Uri =>
  vscode.Uri.from({ scheme: SCHEME, path: `/${formatBdf(bdf)}` });

/** The function that a URI names; undefined when it names none. */
export const bdfOfUri = (uri: vscode.Uri): Bdf | undefined =>
  uri.scheme === SCHEME ? parseBdf(uri.path.slice(1)) : undefined;
