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
};

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

/** ESLint rule `trellis/layers`. */
export const layers = {
  meta: { type: 'problem', schema: [], messages: { layer: '{{reason}}' } },
  create(context) {
    const src = path.join(context.cwd, 'src');
    const from = path.relative(src, context.filename).split(path.sep).join('/');
    if (from.startsWith('..')) return {};
    const check = node => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (specifier === 'vscode' && !from.startsWith('editor/') && from !== 'extension.ts') {
        context.report({
          node,
          messageId: 'layer',
          data: { reason: '`vscode` is imported in editor/ and extension.ts alone' },
        });
      }
      if (!specifier.startsWith('.')) return;
      const to = path
        .relative(src, path.resolve(path.dirname(context.filename), specifier))
        .split(path.sep)
        .join('/');
      const reason = to.startsWith('..') ? 'src may import only src' : forbiddenImport(from, to);
      if (reason) context.report({ node, messageId: 'layer', data: { reason } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
