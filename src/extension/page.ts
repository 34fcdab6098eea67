import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** A page that we ship: `dist/NAME.js` and `dist/NAME.css`. */
export interface Page {
  readonly name: string;
  /** Of the document, for screen readers. */
  readonly title: string;
}

/** Folders that pages may load from. */
export const pageRoots = (extensionUri: vscode.Uri): vscode.Uri[] =>
  ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));

/**
 * A page's document. Nothing but our own script and styles may run or load; the nonce is also given where the
 * toolkit looks for it, for the style elements that it makes.
 */
export const pageHtml = (
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { name, title }: Page,
): string => {
  const nonce = randomBytes(18).toString('base64');
  const source = (file: string): vscode.Uri =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', file));
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" href="${source(`${name}.css`).toString()}">
<title>${title}</title>
</head>
<body>
<script nonce="${nonce}" src="${source(`${name}.js`).toString()}"></script>
</body>
</html>`;
};
