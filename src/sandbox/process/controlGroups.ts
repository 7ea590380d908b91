import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import type { SandboxLimits } from '../sandbox.ts';

/** A group that the kernel counts together. */
export interface ControlGroup extends Disposable {
  /** Files to which a process writes `0` to join, with all that it will start. */
  readonly joinFiles: readonly string[];
  /** Removes the group; its processes must be dead. Never throws: what stays is swept at the next start. */
  dispose(): Promise<void>;
}

/** Where the kernel's control groups are; the machine's own by default. */
export interface ControlGroupHost {
  /** Text of `/proc/self/mountinfo`. */
  readonly mounts: string;
  /** Text of `/proc/self/cgroup`. */
  readonly membership: string;
  /** Prefix of all paths, for tests. */
  readonly prefix: string;
}

/** Helpers of the sandbox itself, which are in the group too. */
const OWN_PROCESSES = 16;
const GROUP_NAME = /^trellis-(\d+)-\d+$/;

/**
 * Limits for a whole session where this machine lets us set them: memory of all processes together with what they
 * write, which is memory too, and their number. Resource limits, which always hold, count each process alone and do not see
 * shared memory.
 */
export class ControlGroups {
  readonly #parents: readonly string[];
  #created = 0;

  private constructor(parents: readonly string[]) {
    this.#parents = parents;
  }

  /** Finds the groups below which this process may make its own, and removes what an earlier one left. */
  static async find(host?: ControlGroupHost): Promise<ControlGroups> {
    const { mounts, membership, prefix } = host ?? (await thisMachine());
    const parents = await writableParents(parseMounts(mounts, prefix), membership);
    await Promise.all(parents.map(sweep));
    return new ControlGroups(parents);
  }

  /** Whether there is a place for groups on this machine. */
  get isAvailable(): boolean {
    return this.#parents.length > 0;
  }

  /** Undefined where there is no place for a group, or making it fails. */
  async create(limits: SandboxLimits): Promise<ControlGroup | undefined> {
    if (!this.isAvailable) return undefined;
    this.#created += 1;
    const name = `trellis-${process.pid}-${this.#created}`;
    const folders = this.#parents.map(parent => path.join(parent, name));
    const dispose = async () => {
      await Promise.all(folders.map(removeIfEmpty));
    };
    try {
      for (const folder of folders) await makeGroup(folder, limits);
    } catch {
      await dispose(); // not ours to make after all: the session goes without
      return undefined;
    }
    return { joinFiles: folders.map(folder => path.join(folder, 'cgroup.procs')), dispose };
  }
}

async function thisMachine(): Promise<ControlGroupHost> {
  const [mounts, membership] = await Promise.all(
    ['/proc/self/mountinfo', '/proc/self/cgroup'].map(file => readFile(file, 'utf8')),
  );
  return { mounts: mounts ?? '', membership: membership ?? '', prefix: '' };
}

interface ControllerMounts {
  readonly unified: string | undefined;
  readonly memory: string | undefined;
  readonly pids: string | undefined;
}

/** proc(5): the fields after ` - ` are the type, the source and the options, which name the controllers of version 1. */
function parseMounts(text: string, prefix: string): ControllerMounts {
  const mounts = text.split('\n').map(line => {
    const [place = '', kind = ''] = line.split(' - ');
    const [type, , options = ''] = kind.split(' ');
    return { point: place.split(' ')[4] ?? '', type, controllers: options.split(',') };
  });
  const version1 = (controller: string) =>
    mounts.find(({ type, controllers }) => type === 'cgroup' && controllers.includes(controller))?.point;
  const under = (point: string | undefined) => (point === undefined ? undefined : path.join(prefix, point));
  return {
    unified: under(mounts.find(({ type }) => type === 'cgroup2')?.point),
    memory: under(version1('memory')),
    pids: under(version1('pids')),
  };
}

async function writableParents(mounts: ControllerMounts, membership: string): Promise<string[]> {
  const ownGroup = (controller: string) =>
    membership
      .split('\n')
      .map(line => line.split(':'))
      .find(([, controllers]) => controllers?.split(',').includes(controller))?.[2];
  if (mounts.memory !== undefined && mounts.pids !== undefined) {
    const parents = [
      path.join(mounts.memory, ownGroup('memory') ?? '/'),
      path.join(mounts.pids, ownGroup('pids') ?? '/'),
    ];
    return (await Promise.all(parents.map(isWritable))).every(Boolean) ? [...new Set(parents)] : [];
  }
  if (mounts.unified === undefined) return [];
  const parent = await delegatedParent(mounts.unified, path.join(mounts.unified, ownGroup('') ?? '/'));
  return parent === undefined ? [] : [parent];
}

/**
 * Version 2: the nearest group above that hands memory and processes down and that we may write to. It cannot be our own, since a
 * group that hands controllers down has no processes.
 */
async function delegatedParent(mountPoint: string, ownGroup: string): Promise<string | undefined> {
  for (let folder = ownGroup; folder.startsWith(mountPoint); folder = path.dirname(folder)) {
    const handedDown = await controllersOf(folder);
    if (handedDown.includes('memory') && handedDown.includes('pids') && (await isWritable(folder))) return folder;
  }
  return undefined;
}

async function controllersOf(folder: string): Promise<string[]> {
  try {
    return (await readFile(path.join(folder, 'cgroup.subtree_control'), 'utf8')).trim().split(' ');
  } catch {
    return []; // above the part that a container shows
  }
}

/** The folder, to make a group in it, and its list of processes, which the kernel asks for when one is moved from below it. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    await access(path.join(folder, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    return false; // not ours, or mounted read-only
  }
}

/** Sets those of the limits that this group has; which ones depends on version and controller. */
async function makeGroup(folder: string, limits: SandboxLimits): Promise<void> {
  await mkdir(folder);
  const memory = String(limits.memoryBytes + limits.diskBytes);
  const settings: Readonly<Record<string, string>> = {
    'memory.max': memory,
    'memory.swap.max': '0',
    'memory.limit_in_bytes': memory,
    'memory.memsw.limit_in_bytes': memory,
    'pids.max': String(limits.processes + OWN_PROCESSES),
  };
  const present = new Set(await readdir(folder));
  for (const [name, value] of Object.entries(settings)) {
    if (present.has(name)) await writeFile(path.join(folder, name), value);
  }
}

/** Removes the groups of processes that are gone. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = GROUP_NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeIfEmpty(path.join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    // Gone already, or the kernel has not yet let go of the last process: the next start sweeps.
  }
}
