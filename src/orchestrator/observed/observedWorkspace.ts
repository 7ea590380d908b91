import { z } from 'zod';
import type { FileVersion } from '../../changes/stagedFiles.ts';
import type {
  EditPermission,
  FingerprintOptions,
  WorkspaceEntry,
  WorkspaceFiles,
} from '../../changes/workspace/workspaceFiles.ts';
import { type VersionReference, versionReferenceSchema } from '../../domain/schema/changes.ts';
import type { ContentStore } from '../../journal/journal.ts';
import { findVersion, keepVersion } from './keptVersion.ts';
import type { Observer } from './observer.ts';

const fileSchema = versionReferenceSchema.nullable();

const folderSchema = z
  .array(z.strictObject({ name: z.string(), kind: z.enum(['file', 'directory']), isLink: z.boolean() }))
  .nullable();

const permissionSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), version: fileSchema }),
  z.strictObject({ ok: z.literal(false), reason: z.string(), isWriteProtected: z.boolean().optional() }),
]);

/** The workspace, with what is read of it kept in the journal: the contents too, once each. */
export class ObservedWorkspace implements WorkspaceFiles {
  readonly #workspace: WorkspaceFiles;
  readonly #observer: Observer;
  readonly #contents: ContentStore;
  readonly #kept = new Set<string>();

  constructor(workspace: WorkspaceFiles, observer: Observer, contents: ContentStore) {
    this.#workspace = workspace;
    this.#observer = observer;
    this.#contents = contents;
  }

  async read(path: string): Promise<FileVersion | undefined> {
    let version: FileVersion | undefined;
    const look = { what: 'file', subject: [path], schema: fileSchema } as const;
    const reference = await this.#observer.observe(look, async () => {
      version = await this.#workspace.read(path);
      return this.#keep(version);
    });
    return version ?? findVersion(reference, path, this.#contents);
  }

  async list(folder: string): Promise<readonly WorkspaceEntry[] | undefined> {
    const look = { what: 'folder', subject: [folder], schema: folderSchema } as const;
    const entries = await this.#observer.observe(look, async () => {
      const found = await this.#workspace.list(folder);
      return found === undefined ? null : [...found];
    });
    return entries ?? undefined;
  }

  async permitEdit(path: string, movedFrom?: string): Promise<EditPermission> {
    let permission: EditPermission | undefined;
    const subject = movedFrom === undefined ? [path] : [path, movedFrom];
    const seen = await this.#observer.observe({ what: 'edit', subject, schema: permissionSchema }, async () => {
      permission = await this.#workspace.permitEdit(path, movedFrom);
      return permission.ok ? { ok: true as const, version: this.#keep(permission.version) } : permission;
    });
    if (permission) return permission;
    return seen.ok ? { ok: true, version: findVersion(seen.version, path, this.#contents) } : seen;
  }

  /** Not kept: it is no more than the sum of the files, and told to nobody who acts on it. */
  fingerprint(options: FingerprintOptions): Promise<string> {
    return this.#workspace.fingerprint(options);
  }

  #keep(version: FileVersion | undefined): VersionReference | null {
    if (!version || this.#kept.has(version.hash)) return version ? referenceTo(version) : null;
    this.#kept.add(version.hash);
    return keepVersion(version, this.#contents);
  }
}

function referenceTo({ hash, isExecutable }: FileVersion): VersionReference {
  return { hash, isExecutable };
}

/** The fingerprint of the files that agents may know: of what tests stand on, as far as it is the user's. */
export type WorkspaceHash = (options: { readonly signal: AbortSignal }) => Promise<string>;

export function observedWorkspaceHash(workspace: WorkspaceFiles, observer: Observer): WorkspaceHash {
  return ({ signal }) =>
    observer.observe({ what: 'workspace', subject: [], schema: z.string() }, () =>
      workspace.fingerprint({ scope: 'visible', signal }),
    );
}
