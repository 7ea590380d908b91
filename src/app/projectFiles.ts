import { ValidationError } from '../base/errors.ts';
import type { TreeOverlay } from '../changes/stagedFiles.ts';
import type { WorkspaceFiles } from '../changes/workspace/workspaceFiles.ts';
import type { ProjectFiles } from '../planning/planner.ts';
import type { TestCommandFiles } from '../quality/testCommand.ts';

/** Folders that are made by tools and never part of a change, also where no ignore file says so. */
const MADE_BY_TOOLS = new Set(['node_modules', '.trellis', '__pycache__', '.venv']);

/** Paths are looked at no further than this: more is no project that fits into a prompt. */
const MOST_PATHS = 50_000;

/** The workspace as planning sees it: listed once, read as asked. */
export class WorkspaceProjectFiles implements ProjectFiles {
  readonly #workspace: WorkspaceFiles;
  #paths: Promise<readonly string[]> | undefined;

  constructor(workspace: WorkspaceFiles) {
    this.#workspace = workspace;
  }

  paths(): Promise<readonly string[]> {
    this.#paths ??= this.#list();
    return this.#paths;
  }

  async readText(path: string): Promise<string | undefined> {
    const version = await this.#workspace.read(path);
    return version && asText(version.content);
  }

  async kindOf(path: string): Promise<'file' | 'directory' | undefined> {
    const permission = await this.#workspace.permitEdit(path);
    if (permission.ok) return permission.version && 'file';
    // What an item does with its file may be no more than to read it.
    if (permission.isWriteProtected) return (await this.#workspace.read(path)) && 'file';
    if ((await this.#workspace.list(path)) !== undefined) return 'directory';
    throw new ValidationError(`"${path}" cannot be worked on: ${permission.reason}.`);
  }

  async #list(): Promise<readonly string[]> {
    const found: string[] = [];
    const open = [''];
    for (let folder = open.shift(); folder !== undefined && found.length < MOST_PATHS; folder = open.shift()) {
      for (const entry of (await this.#workspace.list(folder)) ?? []) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.kind === 'file') found.push(path);
        else if (!entry.isLink && !MADE_BY_TOOLS.has(entry.name)) open.push(path);
      }
    }
    return found.sort();
  }
}

/** Files with staged changes over them. */
export class OverlaidFiles implements TestCommandFiles {
  readonly #files: TestCommandFiles;
  readonly #overlay: TreeOverlay;

  constructor(files: TestCommandFiles, overlay: TreeOverlay) {
    this.#files = files;
    this.#overlay = overlay;
  }

  async paths(): Promise<readonly string[]> {
    const paths = new Set(await this.#files.paths());
    for (const [path, file] of this.#overlay) {
      if (file) paths.add(path);
      else paths.delete(path);
    }
    return [...paths].sort();
  }

  async readText(path: string): Promise<string | undefined> {
    const file = this.#overlay.get(path);
    if (file === undefined) return this.#files.readText(path);
    return file === null ? undefined : asText(file.content);
  }
}

/** Undefined for what is not text: it holds a zero byte, or is not UTF-8. */
function asText(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
