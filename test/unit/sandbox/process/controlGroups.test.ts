import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultSandboxLimits } from '../../../../src/sandbox/limits.ts';
import { ControlGroups } from '../../../../src/sandbox/process/controlGroups.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

const UNIFIED = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const VERSION_1 = `31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 23 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
33 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`;

describe('ControlGroups', () => {
  const prefix = useTemporaryDirectory();
  const at = (name: string) => path.join(prefix(), 'sys/fs/cgroup', name);
  const find = (mounts: string, membership: string) => ControlGroups.find({ mounts, membership, prefix: prefix() });

  function makeGroup(name: string, controllers: string): void {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(path.join(at(name), 'cgroup.procs'), '');
    writeFileSync(path.join(at(name), 'cgroup.subtree_control'), `${controllers}\n`);
  }

  it('makes a group below the nearest one that hands memory and processes down', async () => {
    makeGroup('', 'cpu memory pids');
    makeGroup('user.slice', 'memory pids');
    makeGroup('user.slice/app.slice', 'memory pids');
    makeGroup('user.slice/app.slice/editor.scope', '');
    const groups = await find(UNIFIED, '0::/user.slice/app.slice/editor.scope\n');
    const group = await groups.create(defaultSandboxLimits);
    assert.ok(group);
    const folder = at(`user.slice/app.slice/trellis-${process.pid}-1`);
    assert.deepEqual(group.joinFiles, [path.join(folder, 'cgroup.procs')]);
    assert.ok(existsSync(folder));
    await group.dispose();
    assert.ok(!existsSync(folder));
  });

  it('passes over groups that hand only some of it down', async () => {
    makeGroup('', 'cpu memory pids');
    makeGroup('user.slice', 'cpu pids');
    makeGroup('user.slice/shell.scope', 'memory');
    const group = await (await find(UNIFIED, '0::/user.slice/shell.scope\n')).create(defaultSandboxLimits);
    assert.deepEqual(group?.joinFiles, [at(`trellis-${process.pid}-1/cgroup.procs`)]);
  });

  it('uses the hierarchies of version 1 where they have the controllers', async () => {
    for (const name of ['memory', 'pids', 'unified']) makeGroup(name, '');
    const group = await (await find(VERSION_1, '5:memory:/\n4:pids:/\n0::/\n')).create(defaultSandboxLimits);
    assert.deepEqual(
      group?.joinFiles,
      ['memory', 'pids'].map(name => at(`${name}/trellis-${process.pid}-1/cgroup.procs`)),
    );
  });

  it('goes without where nothing is handed down, mounted or there', async () => {
    makeGroup('', 'cpu');
    for (const [mounts, membership] of [
      [UNIFIED, '0::/missing/group\n'],
      ['', '0::/\n'],
      [VERSION_1, '5:memory:/\n4:pids:/\n'],
      ['nonsense', 'nonsense'],
    ] as const) {
      const groups = await find(mounts, membership);
      assert.equal(groups.isAvailable, false);
      assert.equal(await groups.create(defaultSandboxLimits), undefined);
    }
  });

  it('sweeps what dead processes left, and nothing else', async () => {
    makeGroup('', 'memory pids');
    const deadPid = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) + 1;
    for (const name of [`trellis-${deadPid}-3`, `trellis-${process.pid}-7`, 'trellis-other', 'someone.slice'])
      mkdirSync(at(name));
    await find(UNIFIED, '0::/\n');
    const left = readdirSync(at(''), { withFileTypes: true }).filter(entry => entry.isDirectory());
    assert.deepEqual(
      left.map(entry => entry.name).sort(),
      ['someone.slice', `trellis-${process.pid}-7`, 'trellis-other'].sort(),
    );
  });
});
