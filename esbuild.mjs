// Bundles the extension host, the command line and the webview into dist/.  node esbuild.mjs [--watch]
import { build, context } from 'esbuild';

const common = { bundle: true, minify: true, sourcemap: true, logLevel: 'warning', legalComments: 'linked' };
const node = { ...common, platform: 'node', target: 'node22' };

const configurations = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs', format: 'cjs', external: ['vscode'] },
  {
    ...node,
    entryPoints: ['src/cli.ts'],
    outfile: 'dist/cli.cjs',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    entryPoints: { panel: 'webview/panel.tsx', chat: 'webview/chat.tsx', style: 'webview/style.css' },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
];

if (process.argv.includes('--watch')) {
  await Promise.all(configurations.map(async configuration => (await context(configuration)).watch()));
} else {
  await Promise.all(configurations.map(configuration => build(configuration)));
}
