import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ValidationError } from '../../../src/base/errors.ts';
import { neverAborted, runOnce, shell, staged, useRealSandbox, writeFiles } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

for (const strategy of ['overlay', 'copy'] as const) {
  describe(`attacks on files, with the workspace as ${strategy}`, () => {
    const sandbox = useRealSandbox({ strategy });
    const outside = useTemporaryDirectory();
    const signal = neverAborted();
    let root = '';

    beforeEach(() => {
      root = path.join(outside(), 'project');
      writeFiles(outside(), {
        'secret.txt': 'secret',
        'project/a.txt': 'original',
        'project/src/b.txt': 'original',
        'project/.git/hooks/pre-commit': 'original',
        'project/node_modules/lib/index.js': 'original',
      });
    });

    it('leave the workspace as it was, whatever they write, rename and delete', async () => {
      const script = `echo changed > a.txt; mv src moved; rm -rf .git/hooks; mkdir -p .git/hooks new
        echo evil > .git/hooks/pre-commit; echo new > new/file; chmod 777 a.txt; ln -s / out; echo x > node_modules/lib/index.js
        rm -f node_modules/lib/index.js; rm -rf *; true`;
      await runOnce(sandbox(), root, ['bash', '-c', script]);
      assert.deepEqual(readdirSync(root, { recursive: true }).sort(), [
        '.git',
        '.git/hooks',
        '.git/hooks/pre-commit',
        'a.txt',
        'node_modules',
        'node_modules/lib',
        'node_modules/lib/index.js',
        'src',
        'src/b.txt',
      ]);
      for (const file of ['a.txt', 'src/b.txt', '.git/hooks/pre-commit', 'node_modules/lib/index.js']) {
        assert.equal(readFileSync(path.join(root, file), 'utf8'), 'original', file);
      }
    });

    it('can change every file of the project in their own copy, and rename its folders', async () => {
      const script =
        'echo 1 >> a.txt && echo 2 >> src/b.txt && mv src moved && cat a.txt moved/b.txt && mkdir src && rm a.txt';
      assert.equal(await shell(sandbox(), root, script), 'original1\noriginal2\n');
    });

    it('see installed packages, and make caches beside them', async () => {
      const type = await shell(sandbox(), root, 'stat --file-system --format=%T .');
      assert.equal(type, strategy === 'overlay' ? 'overlayfs\n' : 'tmpfs\n');
      assert.equal(await shell(sandbox(), root, 'cat node_modules/lib/index.js'), 'original');
      if (strategy === 'overlay')
        await shell(sandbox(), root, 'mkdir node_modules/.cache && touch node_modules/.cache/x');
    });

    it('write to the caches that tools of the user left there', async () => {
      const files = { '.vite-temp/old.mjs': 'old', '.cache/tool/old.json': '{}' };
      writeFiles(path.join(root, 'node_modules'), files);
      if (strategy === 'overlay')
        await shell(sandbox(), root, 'cd node_modules; echo 1 > .vite-temp/new.mjs && echo 1 > .cache/tool/old.json');
      for (const [name, text] of Object.entries(files))
        assert.equal(readFileSync(path.join(root, 'node_modules', name), 'utf8'), text);
      assert.equal(statSync(path.join(root, 'node_modules/.cache')).uid, process.getuid?.());
    });

    it('cannot write by an absolute path, by "..", or through a link that leads out', async () => {
      symlinkSync(outside(), path.join(root, 'out'));
      symlinkSync(path.join(outside(), 'secret.txt'), path.join(root, 'secret-link'));
      const targets = [
        `${outside()}/new`,
        '../new',
        'src/../../new',
        'out/new',
        '/etc/new',
        '/usr/new',
        '/new',
        '/dev/new',
      ];
      const script = targets.map(target => `(echo x > ${target}) 2>/dev/null`).join('\n');
      await runOnce(sandbox(), root, ['bash', '-c', `${script}\necho x > secret-link`]);
      assert.deepEqual(readdirSync(outside()).sort(), ['project', 'secret.txt']);
      assert.equal(readFileSync(path.join(outside(), 'secret.txt'), 'utf8'), 'secret');
      for (const target of ['/etc/new', '/usr/new', '/new', '/dev/new']) assert.ok(!existsSync(target), target);
    });

    it('cannot read what lies outside of the workspace', async () => {
      symlinkSync(path.join(outside(), 'secret.txt'), path.join(root, 'link'));
      const places = [
        `${outside()}/secret.txt`,
        '../secret.txt',
        'link',
        `${homedir()}/.bashrc`,
        '/etc/shadow',
        '/var',
        '/root/.ssh',
      ];
      const output = await shell(
        sandbox(),
        root,
        `${places.map(place => `cat ${place} 2>&1 | head -c 200`).join('; ')}; true`,
      );
      assert.doesNotMatch(output, /^secret/m);
      assert.equal(output.match(/No such file/g)?.length, places.length, output);
    });

    it('cannot write anywhere but in their copy, /tmp and shared memory', async () => {
      const script = `find / -xdev -type d -writable 2>/dev/null; find $(cut -d' ' -f5 /proc/self/mountinfo) -maxdepth 0 -type d -writable`;
      const output = await shell(sandbox(), root, `${script}; true`);
      const places = output.split('\n').filter(place => place !== '' && !place.startsWith('/proc/'));
      const unexpected = places.filter(
        place => place !== '/tmp' && !place.startsWith(root) && place !== '/dev/shm' && place !== '/dev/pts',
      );
      assert.deepEqual(unexpected, []);
      assert.ok(places.includes(root));
    });

    it('cannot make devices, nor reach the host by a pipe that lies in the workspace', async () => {
      const pipe = path.join(root, 'pipe');
      const mkfifo = spawn('mkfifo', [pipe]);
      assert.deepEqual(await once(mkfifo, 'exit'), [0, null]);
      const reader = spawn('cat', [pipe]);
      let heard = '';
      reader.stdout.on('data', (data: Buffer) => (heard += data.toString()));
      const script = `mknod device c 1 5 2>/dev/null && echo device; (timeout 1 bash -c 'echo hello > pipe') 2>/dev/null; true`;
      assert.equal(await shell(sandbox(), root, script), '');
      reader.kill('SIGKILL');
      await once(reader, 'exit');
      assert.equal(heard, '');
    });

    it('find staged files in place, deleted ones gone, and links replaced by files', async () => {
      symlinkSync(path.join(outside(), 'secret.txt'), path.join(root, 'link.txt'));
      symlinkSync('src', path.join(root, 'alias'));
      const changes = new Map([
        ...staged({
          'a.txt': null,
          'src/deep/new.txt': 'new',
          'link.txt': 'file',
          'alias/c.txt': 'c',
          'src/b.txt': 'changed',
        }),
        ['run.sh', { content: Buffer.from('#!/bin/sh\necho ran\n'), isExecutable: true }],
        ['odd \'name\' "$(x)" -rf ü.txt', { content: Buffer.from('odd'), isExecutable: false }],
        ['--help', { content: Buffer.from('dashes'), isExecutable: false }],
      ] as const);
      const script = `ls; cat src/deep/new.txt link.txt src/c.txt src/b.txt odd* ./--help; ./run.sh; test -L link.txt && echo link`;
      const output = await shell(sandbox(), root, `${script}; true`, { changes });
      assert.equal(
        output,
        `--help\nalias\nlink.txt\nnode_modules\nodd 'name' "$(x)" -rf ü.txt\nrun.sh\nsrc\nnewfilecchangedodddashesran\n`,
      );
      assert.equal(readFileSync(path.join(outside(), 'secret.txt'), 'utf8'), 'secret');
      assert.deepEqual(readdirSync(path.join(root, 'src')), ['b.txt']);
    });

    it('lets a staged file take the place of a folder and a folder that of a file', async () => {
      const changes = staged({ 'a.txt/now/folder.txt': 'deep', 'a.txt': null, src: 'file', 'src/b.txt': null });
      assert.equal(await shell(sandbox(), root, 'cat a.txt/now/folder.txt src', { changes }), 'deepfile');
    });

    it('refuses staged paths that leave the workspace', async () => {
      symlinkSync(outside(), path.join(root, 'out'));
      for (const bad of [
        '../evil',
        '/etc/evil',
        'out/evil',
        'out/project/../evil',
        'a/../../evil',
        '.git/hooks/evil',
        'a.txt/evil',
        'src',
      ]) {
        await assert.rejects(
          sandbox().open({ root, changes: staged({ [bad]: 'x' }) }, { signal }),
          ValidationError,
          bad,
        );
      }
      assert.deepEqual(readdirSync(outside()).sort(), ['project', 'secret.txt']);
    });

    it('are not disturbed by someone who edits the workspace meanwhile', async () => {
      const session = await sandbox().open({ root, changes: staged({ 'a.txt': 'staged' }) }, { signal });
      const running = session.run(
        {
          argv: [
            'bash',
            '-c',
            'touch started; for i in $(seq 200); do cat a.txt src/*.txt > /dev/null; done; cat a.txt',
          ],
        },
        { signal },
      );
      for (let round = 0; round < 50; round += 1) {
        writeFileSync(path.join(root, 'a.txt'), `edit ${round}`);
        writeFileSync(path.join(root, 'src/new.txt'), `edit ${round}`);
        renameSync(path.join(root, 'src/new.txt'), path.join(root, 'src/b.txt'));
        await new Promise(resolve => setImmediate(resolve));
      }
      const result = await running;
      await session.dispose();
      assert.deepEqual([result.outcome, result.exitCode, result.stdout], ['exited', 0, 'staged']);
      assert.equal(readFileSync(path.join(root, 'a.txt'), 'utf8'), 'edit 49');
    });
  });
}

describe('a workspace with odd parts', () => {
  const sandbox = useRealSandbox();
  const outside = useTemporaryDirectory();

  it('may have spaces, commas, colons, quotes and backslashes in its path', async () => {
    const root = path.join(outside(), `it's, a: "b" \\c $(d) ü`);
    mkdirSync(root);
    writeFiles(root, { 'file.txt': 'found' });
    assert.equal(await shell(sandbox(), root, 'cat file.txt; echo x > written'), 'found');
    assert.deepEqual(readdirSync(root), ['file.txt']);
  });

  it('may be reached by a link, and be read-only', async () => {
    writeFiles(outside(), { 'real/file.txt': 'found' });
    symlinkSync('real', path.join(outside(), 'link'));
    chmodSync(path.join(outside(), 'real'), 0o555);
    assert.equal(await shell(sandbox(), path.join(outside(), 'link'), 'cat file.txt; pwd'), `found${outside()}/real\n`);
    chmodSync(path.join(outside(), 'real'), 0o755);
  });

  it('may be empty, and may be called node_modules', async () => {
    mkdirSync(path.join(outside(), 'node_modules'));
    assert.equal(await shell(sandbox(), path.join(outside(), 'node_modules'), 'ls -A; echo x > y; ls'), 'y\n');
  });
});
