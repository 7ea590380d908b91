// Who may import whom in src/ (docs/architecture.md, "Layers"). A middle folder sees `base`, `domain` and the
// contract file of a neighbour, never its insides; only a composition root sees everything.
import path from 'node:path';

/** The file in each middle folder that neighbours may import: its public interface. */
export const contracts = {
  journal: 'journal.ts',
  models: 'modelClient.ts',
  planning: 'planner.ts',
  scheduling: 'workQueue.ts',
  agents: 'agent.ts',
  changes: 'stagedFiles.ts',
  world: 'worldModel.ts',
  sandbox: 'sandbox.ts',
  quality: 'qualityGate.ts',
  config: 'configuration.ts',
};

/** What is published for other extensions: types alone, that the code behind them is compiled against. */
const publishedTypes = 'api/trellis.d.ts';

const roots = new Set(['extension.ts', 'cli.ts']);
const unrestricted = new Set(['editor', 'terminal', 'app', ...roots]);

/** The reason why `from` may not import `to` (both relative to src/, with `/`), or undefined when it may. */
export function forbiddenImport(from, to) {
  const [fromFolder] = from.split('/');
  const [toFolder, ...rest] = to.split('/');
  if (fromFolder === toFolder || unrestricted.has(fromFolder)) return undefined;
  if (fromFolder === 'base') return 'base knows nothing of Trellis';
  if (toFolder === 'base') return undefined;
  if (fromFolder === 'domain') return 'domain may import base only';
  if (toFolder === 'domain') return undefined;
  if (unrestricted.has(toFolder)) return `${toFolder} is a composition root; nothing below it may import it`;
  if (fromFolder === 'orchestrator') return undefined;
  if (toFolder === 'orchestrator') return 'only a composition root may import the orchestrator';
  const contract = contracts[toFolder];
  if (rest.join('/') === contract) return undefined;
  return `${fromFolder} may import only ${toFolder}/${contract ?? '(nothing)'} of ${toFolder}`;
}

/** The same for a file of webview/, whose bundle must stay free of zod and of the engine. */
function forbiddenInWebview(to, isTypeOnly) {
  const folder = to.split('/')[0];
  if (folder === 'base' || (isTypeOnly && to === 'editor/protocol.ts')) return undefined;
  if (folder !== 'domain') return `webview may import only domain and base of src, not ${to}`;
  if (isTypeOnly || !to.startsWith('domain/schema/')) return undefined;
  return `${to} would bring zod into the webview's bundle; import its types only`;
}

/** ESLint rule `trellis/layers`. */
export const layers = {
  meta: { type: 'problem', schema: [], messages: { layer: '{{reason}}' } },
  create(context) {
    const relative = file => path.relative(context.cwd, file).split(path.sep).join('/');
    const from = relative(context.filename);
    const isWebview = from.startsWith('webview/');
    if (!isWebview && !from.startsWith('src/')) return {};

    const reasonAgainst = (specifier, isTypeOnly) => {
      if (specifier === 'vscode' && !from.startsWith('src/editor/') && from !== 'src/extension.ts') {
        return '`vscode` is imported in editor/ and extension.ts alone';
      }
      if (isWebview && specifier === 'zod') return 'the webview does not bundle zod';
      if (!specifier.startsWith('.')) return undefined;
      const to = relative(path.resolve(path.dirname(context.filename), specifier));
      if (isWebview && to.startsWith('webview/')) return undefined;
      if (!isWebview && to === publishedTypes) return undefined;
      if (!to.startsWith('src/')) return 'src and webview may import only src';
      const target = to.slice('src/'.length);
      return isWebview ? forbiddenInWebview(target, isTypeOnly) : forbiddenImport(from.slice('src/'.length), target);
    };
    const check = node => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const isTypeOnly = node.type === 'TSImportType' || (node.importKind ?? node.exportKind) === 'type';
      const reason = reasonAgainst(specifier, isTypeOnly);
      if (reason) context.report({ node, messageId: 'layer', data: { reason } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};
