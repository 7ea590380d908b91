import assert from 'node:assert/strict';
import { defaultSandboxLimits } from '../../../../src/sandbox/limits.ts';
import { bubblewrapArguments, isBelow, type SandboxLayout } from '../../../../src/sandbox/process/bubblewrap.ts';

const layout: SandboxLayout = {
  root: '/home/user/project',
  rootEntries: [
    { path: '/bin', linkTarget: 'usr/bin' },
    { path: '/lib', linkTarget: undefined },
  ],
  readOnlyBinds: [
    { source: '/opt/node', target: '/opt/node' },
    { source: '/tmp/bind/0', target: '/home/user/project/node_modules' },
  ],
  searchPath: ['/home/user/project/node_modules/.bin', '/usr/bin'],
  canDisableUserNamespaces: true,
};

const argumentsFor = (changes: Partial<SandboxLayout> = {}, workingDirectory?: string) =>
  bubblewrapArguments(
    { ...layout, ...changes },
    {
      argv: ['npm', 'test'],
      environment: { MODE: 'a b' },
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
    },
    { ...defaultSandboxLimits, cpuTimeMs: 1500, memoryBytes: 1000, processes: 7 },
  );

describe('bubblewrapArguments', () => {
  const text = argumentsFor().join(' ');

  it('takes everything away first: network, users, processes, capabilities', () => {
    for (const part of [
      '--unshare-all',
      '--unshare-user',
      '--disable-userns',
      '--cap-drop ALL',
      '--new-session',
      '--die-with-parent',
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(!argumentsFor({ canDisableUserNamespaces: false }).includes('--disable-userns'));
  });

  it('shows the system read-only, by links where the host has links', () => {
    assert.ok(text.includes('--ro-bind /usr /usr --symlink usr/bin /bin --ro-bind /lib /lib'));
    assert.ok(text.includes('--proc /proc --ro-bind /proc/sys /proc/sys'));
    assert.ok(text.endsWith('-- npm test'));
    assert.ok(text.includes('--remount-ro / '));
  });

  it('lays the workspace over /tmp and toolchains, and its packages over the workspace', () => {
    const order = [
      '--bind /tmp/tmp /tmp',
      '--ro-bind /opt/node',
      '--bind /tmp/tree /home/user/project',
      '--ro-bind /tmp/bind/0',
    ];
    const places = order.map(part => text.indexOf(part));
    assert.ok(
      places.every(place => place > 0),
      String(places),
    );
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it('binds nothing writable but the copy, its /tmp and shared memory', () => {
    const list = argumentsFor();
    const writable = list.filter((_, index) => list[index - 2] === '--bind');
    assert.deepEqual(writable.sort(), ['/dev/shm', '/home/user/project', '/tmp']);
  });

  it('starts in the folder that was asked for, with the environment that was asked for', () => {
    assert.match(text, /--chdir \/home\/user\/project --setenv/);
    assert.ok(argumentsFor({}, 'packages/one').join(' ').includes('--chdir /home/user/project/packages/one '));
    const list = argumentsFor();
    const at = list.indexOf('MODE');
    assert.deepEqual(list.slice(at - 1, at + 2), ['--setenv', 'MODE', 'a b']);
    assert.ok(text.includes('--setenv PATH /home/user/project/node_modules/.bin:/usr/bin '));
  });

  it('limits inside, with processor time in whole seconds', () => {
    assert.ok(text.includes('/usr/bin/prlimit --cpu=2:3 --data=1000 --nproc=7 '));
    assert.ok(text.includes('--core=0 -- npm test'));
  });
});

describe('isBelow', () => {
  it('goes by whole segments', () => {
    assert.ok(isBelow('/a/b', '/a'));
    assert.ok(isBelow('/a', '/a'));
    assert.ok(isBelow('/a', '/'));
    assert.ok(!isBelow('/ab', '/a'));
    assert.ok(!isBelow('/a', '/a/b'));
  });
});
