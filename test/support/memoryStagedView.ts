import { ValidationError } from '../../src/base/errors.ts';
import { countChanges, diffLines } from '../../src/changes/diff/lineDiff.ts';
import { applyEdits } from '../../src/changes/edits/applyEdits.ts';
import { fileVersion } from '../../src/changes/memoryBlobStore.ts';
import type {
  ApplyResult,
  FileVersion,
  SearchOptions,
  SearchResult,
  StagedView,
} from '../../src/changes/stagedFiles.ts';
import { decodeText, isBinary, plainText, textLines } from '../../src/changes/textFile.ts';
import type { FileChange, FileEdit, ItemLayer } from '../../src/domain/schema/changes.ts';
import { workspacePathProblem } from '../../src/domain/workspacePath.ts';

/** One item's view of files that are given as path → text, all in memory; edits are applied as in a real run. */
export class MemoryStagedView implements StagedView {
  readonly itemId = 'item';
  readonly reads = new Map<string, string>();
  readonly #before = new Map<string, FileVersion>();
  readonly #files: Map<string, FileVersion>;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.#before.set(path, fileVersion(Buffer.from(text), false));
    this.#files = new Map(this.#before);
  }

  /** Every file as text, by path. */
  get texts(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#files].map(([path, { content }]) => [path, Buffer.from(content).toString()]));
  }

  writeProtection(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async read(path: string): Promise<FileVersion | undefined> {
    const problem = workspacePathProblem(path);
    if (problem !== undefined) throw new ValidationError(`"${path}" ${problem}.`);
    const version = this.#files.get(path);
    this.reads.set(path, version?.hash ?? '');
    return version;
  }

  async readText(path: string): Promise<string | undefined> {
    const version = await this.read(path);
    if (version === undefined) return undefined;
    const text = decodeText(version.content);
    if (text === undefined) throw new ValidationError(`"${path}" is not a text file.`);
    return plainText(text);
  }

  async list(directory: string): Promise<{ name: string; kind: 'file' | 'directory' }[] | undefined> {
    const prefix = directory === '' ? '' : `${directory}/`;
    const inside = [...this.#files.keys()]
      .filter(path => path.startsWith(prefix))
      .map(path => path.slice(prefix.length));
    if (inside.length === 0 && directory !== '') return undefined;
    const names = [...new Set(inside.map(path => path.split('/')[0] ?? ''))].sort();
    return names.map(name => ({ name, kind: inside.includes(name) ? 'file' : 'directory' }));
  }

  async search(pattern: string | RegExp, options: SearchOptions = {}): Promise<SearchResult> {
    const found = Object.entries(this.texts).flatMap(([path, text]) =>
      text.split('\n').flatMap((line, index) => {
        const isMatch = typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
        return isMatch && path.startsWith(options.directory ?? '') ? [{ path, line: index + 1, text: line }] : [];
      }),
    );
    const limit = options.limit ?? 200;
    return { matches: found.slice(0, limit), isTruncated: found.length > limit };
  }

  async apply(edits: readonly FileEdit[]): Promise<ApplyResult> {
    const result = await applyEdits(edits, async path => {
      const problem = workspacePathProblem(path);
      if (problem !== undefined) return { ok: false, kind: 'path', reason: `the path ${problem}` };
      return { ok: true, path, version: this.#files.get(path) };
    });
    if (!result.ok) return result;
    for (const { path, after } of result.files) {
      if (after === undefined) this.#files.delete(path);
      else this.#files.set(path, after);
    }
    return { ok: true, changes: result.files.map(({ path, before, after }) => changeOf(path, before, after)) };
  }

  async changes(): Promise<readonly FileChange[]> {
    const paths = [...new Set([...this.#before.keys(), ...this.#files.keys()])].sort();
    return paths
      .filter(path => this.#before.get(path)?.hash !== this.#files.get(path)?.hash)
      .map(path => changeOf(path, this.#before.get(path), this.#files.get(path)));
  }

  layer(): ItemLayer {
    return { itemId: this.itemId, dependencyIds: [], isCommitted: false, entries: [] };
  }
}

function changeOf(path: string, before: FileVersion | undefined, after: FileVersion | undefined): FileChange {
  const lines = (version: FileVersion | undefined) => textLines(Buffer.from(version?.content ?? []).toString());
  return {
    path,
    kind: before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified',
    ...(before === undefined ? {} : { beforeHash: before.hash }),
    ...(after === undefined ? {} : { afterHash: after.hash }),
    isBinary: isBinary(after?.content ?? before?.content ?? new Uint8Array()),
    isExecutable: false,
    ...countChanges(diffLines(lines(before), lines(after))),
  };
}
