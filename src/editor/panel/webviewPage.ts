import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from './webviewHtml.ts';

/** Lets the webview load the built webview files and nothing else, and puts the page of `script` into it. */
export function fillWebview(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  { script, title }: { readonly script: 'panel' | 'chat'; readonly title: string },
): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const uriOf = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = webviewHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    scriptUri: uriOf(`${script}.js`),
    styleUri: uriOf('style.css'),
    title,
  });
}
