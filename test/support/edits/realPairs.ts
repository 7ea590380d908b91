// Real files before and after a real change: from this repository's own history, and from npm packages that ship a module
// in two forms; and real files to invent edits in. The order, and with it every seed, is the same for the same checkout.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type EditPair, editPair, isEdit } from './editPair.ts';

const repository = path.join(import.meta.dirname, '../../..');
const packages = ['openai', '@anthropic-ai/sdk', 'zod', 'ollama', 'diff', 'preact', 'simple-git', 'yaml', 'sinon'];
const MAX_OUTPUT_BYTES = 1_000_000_000;
const NUL = '\0';

/** Every change of a text file in the history as far as it is there, newest first; none outside of a git checkout. */
export function pairsFromHistory(): EditPair[] {
  if (!existsSync(path.join(repository, '.git'))) return [];
  const log = git(['log', '--no-merges', '--no-renames', '--diff-filter=M', '--raw', '--no-abbrev', '--format=%h']);
  const changes: { readonly name: string; readonly file: string; readonly before: string; readonly after: string }[] =
    [];
  let commit = '';
  for (const line of log.toString().split('\n')) {
    const [, before = '', after = '', file = ''] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) M\t(.+)$/.exec(line) ?? [];
    if (file === '') commit = line.trim() || commit;
    else if (!file.endsWith('package-lock.json')) changes.push({ name: `${commit} ${file}`, file, before, after });
  }
  const blobs = readBlobs(changes.flatMap(({ before, after }) => [before, after]));
  return changes.flatMap(({ name, file, before, after }) =>
    pairOf(name, file, blobs.get(before) ?? '', blobs.get(after) ?? ''),
  );
}

/** `a.mjs` and `a.js`, `a.cjs` and `a.js`: the same module, written for two systems. */
export function pairsFromPackages(): EditPair[] {
  return packages.flatMap(name => {
    const root = path.join(repository, 'node_modules', name);
    const files = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }).sort() : [];
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
    return files.flatMap(file => {
      const twin = file.replace(/\.[mc]js$/, '.js');
      return twin !== file && existsSync(path.join(root, twin))
        ? pairOf(`${name}/${file}`, twin, read(twin), read(file))
        : [];
    });
  });
}

/** Real files, among them many that are indented with tabs. */
export function packageFiles(): { readonly file: string; readonly lines: readonly string[] }[] {
  const files = globSync('node_modules/{preact/src,p-queue/dist,diff/libesm/*,sinon/lib/sinon}/*.js', {
    cwd: repository,
  });
  return files.sort().map(file => ({
    file,
    lines: readFileSync(path.join(repository, file), 'utf8').replaceAll('\r', '').trimEnd().split('\n'),
  }));
}

function pairOf(name: string, file: string, before: string, after: string): EditPair[] {
  const isPlain = [before, after].every(text => text.endsWith('\n') && !text.includes('\r') && !text.includes(NUL));
  if (!isPlain || before === after) return [];
  const lines = (text: string) => text.slice(0, -1).split('\n');
  const pair = editPair(name, file, lines(before), lines(after));
  return isEdit(pair) ? [pair] : [];
}

function git(args: readonly string[], input = ''): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', repository, ...args], {
    input,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (status !== 0) throw new Error(`git ${args[0] ?? ''} failed: ${error?.message ?? stderr.toString()}`);
  return stdout;
}

/** Many blobs by their hashes, in one process. */
function readBlobs(hashes: readonly string[]): Map<string, string> {
  const output = git(['cat-file', '--batch'], hashes.map(hash => `${hash}\n`).join(''));
  const blobs = new Map<string, string>();
  for (let at = 0; at < output.length; ) {
    const headEnd = output.indexOf('\n', at);
    const [hash = '', , size = '0'] = output.toString('latin1', at, headEnd).split(' ');
    const end = headEnd + 1 + Number(size);
    blobs.set(hash, output.toString('utf8', headEnd + 1, end));
    at = end + 1;
  }
  return blobs;
}
