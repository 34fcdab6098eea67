import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Folders that the page may load from. */
export const pageRoots = (extensionUri: vscode.Uri): vscode.Uri[] =>
  ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));

/**
 * The page's document. Nothing but our own script and styles may run or load; the nonce is also given where the
 * toolkit looks for it, for the style elements that it makes.
 */
export const pageHtml = (webview: vscode.Webview, extensionUri: vscode.Uri): string => {
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
<link rel="stylesheet" href="${source('inspector.css').toString()}">
<title>PCI inspector</title>
</head>
<body>
<script nonce="${nonce}" src="${source('inspector.js').toString()}"></script>
</body>
</html>`;
};
