// Bundles the extension host, the command line and the webviews into dist/.  node esbuild.mjs [--watch] [extension|cli|webview …]
import { rmSync } from 'node:fs';
import { build, context } from 'esbuild';

const common = { bundle: true, minify: true, sourcemap: true, logLevel: 'warning', legalComments: 'linked' };
const node = { ...common, platform: 'node', target: 'node22', format: 'cjs' };

const configurations = {
  extension: { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] },
  cli: {
    ...node,
    entryPoints: ['src/cli.ts'],
    outfile: 'dist/cli.cjs',
    banner: { js: '#!/usr/bin/env node' },
    define: { 'import.meta.dirname': '__dirname' },
  },
  webview: {
    ...common,
    entryPoints: { panel: 'webview/panel.tsx', chat: 'webview/chat.tsx', style: 'webview/style.css' },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    // What panel and chat share is loaded from one file.
    splitting: true,
    chunkNames: 'shared-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
};

const args = process.argv.slice(2);
const named = args.filter(arg => arg in configurations);
const chosen = (named.length > 0 ? named : Object.keys(configurations)).map(name => configurations[name]);
// Chunks are named by their content, so those of earlier builds would stay, and be packaged.
if (named.length === 0) rmSync('dist', { recursive: true, force: true });
if (args.includes('--watch')) {
  await Promise.all(chosen.map(async configuration => (await context(configuration)).watch()));
} else {
  await Promise.all(chosen.map(configuration => build(configuration)));
}
