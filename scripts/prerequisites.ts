// What the tests need beyond npm's packages: finds it, installs it where that is possible, or says what to install.
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { findChromium } from '../test/host/chromium.ts';
import { repository, runCommand } from './command.ts';

interface Prerequisite {
  readonly name: string;
  readonly debianPackage: string;
  readonly isPresent: () => Promise<boolean>;
}

const prerequisites: readonly Prerequisite[] = [
  {
    name: 'chromium',
    debianPackage: 'chromium',
    isPresent: async () => runs(findChromium() ?? 'chromium', '--version'),
  },
  { name: 'bubblewrap', debianPackage: 'bubblewrap', isPresent: () => runs('bwrap', '--version') },
  { name: 'pytest', debianPackage: 'python3-pytest', isPresent: async () => (await pythonWithPytest()) !== undefined },
];

/** The system's own first: a version manager's Python lives in the home folder, which a sandbox does not show. */
const pythons = ['/usr/bin/python3', 'python3'];

/**
 * Makes sure that everything is there, and returns the environment in which the tests find it. Throws one sentence
 * that names what is missing and how to install it.
 */
export async function ensurePrerequisites(): Promise<Record<string, string>> {
  await ensurePresent(prerequisites);
  return { PATH: await pathWithPytest() };
}

/** The same for the sandbox alone. */
export async function ensureSandbox(): Promise<void> {
  await ensurePresent(prerequisites.filter(({ name }) => name === 'bubblewrap'));
}

async function ensurePresent(needed: readonly Prerequisite[]): Promise<void> {
  const lacking = await missing(needed);
  if (lacking.length > 0 && canInstall()) await install(lacking);
  const stillLacking = lacking.length > 0 ? await missing(needed) : [];
  if (stillLacking.length === 0) return;
  const names = stillLacking.map(({ name }) => name).join(', ');
  const packages = stillLacking.map(({ debianPackage }) => debianPackage).join(' ');
  throw new Error(`This needs ${names}; install with: sudo apt-get install ${packages} (or your system's equivalent).`);
}

async function missing(needed: readonly Prerequisite[]): Promise<Prerequisite[]> {
  const found = await Promise.all(needed.map(({ isPresent }) => isPresent()));
  return needed.filter((_, index) => !found[index]);
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

async function install(lacking: readonly Prerequisite[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const packages = lacking.map(({ debianPackage }) => debianPackage);
  console.log(`installing ${packages.join(', ')}`);
  const wait = ['-o', 'DPkg::Lock::Timeout=120', '-qq'];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { exitCode, output } = await runCommand('apt-get', [...wait, ...args], { env });
    if (exitCode !== 0) console.log(output);
  }
}

/** PATH, with a folder in front in which `python3` is one that has pytest, unless it is so already. */
async function pathWithPytest(): Promise<string> {
  const inherited = process.env['PATH'] ?? '';
  const python = await pythonWithPytest();
  if (python === undefined || python === 'python3') return inherited;
  const folder = path.join(repository, '.cache/tools');
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, 'python3'), { force: true });
  await symlink(python, path.join(folder, 'python3'));
  return `${folder}${path.delimiter}${inherited}`;
}

async function pythonWithPytest(): Promise<string | undefined> {
  for (const python of pythons) {
    if (await runs(python, '-m', 'pytest', '--version')) return python;
  }
  return undefined;
}

async function runs(file: string, ...args: readonly string[]): Promise<boolean> {
  return (await runCommand(file, args)).exitCode === 0;
}
