import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ToolchainFinder, type ToolchainHost } from '../../../../src/sandbox/process/toolchains.ts';
import { writeFiles } from '../../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('ToolchainFinder', () => {
  const folder = useTemporaryDirectory();
  const at = (name: string) => path.join(realpathSync(folder()), name);
  const root = () => at('home/project');

  /** A program that prints these lines, and notes in `calls` that it was run. */
  function makeProgram(name: string, ...lines: readonly string[]): void {
    const script = `#!/bin/sh\necho ${name} >> '${at('calls')}'\n${lines.map(line => `echo '${line}'`).join('\n')}\n`;
    writeFiles(folder(), { [name]: script });
    chmodSync(at(name), 0o755);
  }

  function makePython(prefix: string): void {
    writeFiles(folder(), { [`${prefix}/bin/python3`]: '', [`${prefix}/lib/python3.12/os.py`]: '' });
  }

  const finder = (searchPath: string, host: Partial<ToolchainHost> = {}) =>
    new ToolchainFinder({ home: at('home'), searchPath, nodeExecutable: undefined, environment: {}, ...host });

  beforeEach(() => {
    writeFiles(folder(), { 'home/project/a.txt': '' });
  });

  it("asks a version manager's stand-in what it stands for", async () => {
    makeProgram('home/.pyenv/shims/python3', at('versions/3.12/bin/python3'), at('versions/3.12'), at('versions/3.12'));
    makeProgram('home/.nvm/current/bin/node', at('nodes/24/bin/node'));
    makePython('versions/3.12');
    makePython('nodes/24');
    const found = await finder(`${at('home/.pyenv/shims')}:${at('home/.nvm/current/bin')}`).find(root());
    assert.deepEqual(found, {
      searchPath: [at('nodes/24/bin'), at('versions/3.12/bin')],
      folders: [at('nodes/24'), at('versions/3.12')],
    });
  });

  it('asks each program once, for any number of workspaces', async () => {
    makeProgram('bin/node', at('nodes/24/bin/node'));
    makePython('nodes/24');
    const once = finder(at('bin'));
    assert.deepEqual(await once.find(root()), await once.find(at('home')));
    assert.equal(readFileSync(at('calls'), 'utf8'), 'bin/node\n');
  });

  it('does not run programs of the workspace, nor relative ones', async () => {
    makeProgram('home/project/node_modules/.bin/node', at('nodes/24/bin/node'));
    const searchPath = `${root()}/node_modules/.bin:node_modules/.bin:.::`;
    assert.deepEqual(await finder(searchPath).find(root()), { searchPath: [], folders: [] });
    assert.throws(() => realpathSync(at('calls')));
  });

  it('never shows the home folder, what is above it, or what is in the sandbox anyhow', async () => {
    makePython('home');
    for (const prefix of [at('home'), folder(), '/', '/usr', root()]) {
      makeProgram('bin/python3', `${prefix}/bin/python3`, prefix, prefix);
      const { folders } = await finder(at('bin')).find(root());
      assert.deepEqual(folders, [], prefix);
    }
  });

  it('survives programs that fail, print nonsense, or are gone', async () => {
    makeProgram('bin/node', 'v24.0.0 is not a path');
    makeProgram('bin/python3', at('gone/bin/python3'), at('gone'), at('gone'));
    assert.deepEqual((await finder(at('bin')).find(root())).folders, []);
  });

  it('uses the Node that runs Trellis where there is none on the PATH', async () => {
    makePython('own');
    const found = await finder('', { nodeExecutable: at('own/bin/node') }).find(root());
    assert.deepEqual(found, { searchPath: [at('own/bin')], folders: [at('own')] });
    const bare = await finder('', { nodeExecutable: at('own/node') }).find(root());
    assert.deepEqual(bare.folders, [at('own')]);
  });

  it('shows the Python that a virtual environment was made from, if it is one', async () => {
    makePython('versions/3.12');
    writeFiles(root(), { '.venv/pyvenv.cfg': `home = ${at('versions/3.12/bin')}\nversion = 3.12.1\n` });
    assert.deepEqual(await finder('').find(root()), {
      searchPath: [path.join(root(), '.venv/bin')],
      folders: [at('versions/3.12')],
    });
  });

  it('does not let the workspace show itself any folder it likes', async () => {
    writeFiles(folder(), { 'home/.ssh/bin/python3': '', 'elsewhere/lib/python3.12/os.py': '' });
    symlinkSync('/', at('link'));
    for (const home of [at('home/.ssh/bin'), at('elsewhere/bin'), at('link/bin'), '../..', '/etc/ssl/']) {
      writeFiles(root(), { 'venv/pyvenv.cfg': `home = ${home}\n` });
      assert.deepEqual((await finder('').find(root())).folders, [], home);
    }
  });

  it('leaves out folders that lie in others', async () => {
    makePython('tools');
    makePython('tools/python');
    mkdirSync(at('bin'));
    makeProgram('bin/node', at('tools/bin/node'));
    makeProgram('bin/python3', at('tools/python/bin/python3'), at('tools/python'), at('tools/python'));
    assert.deepEqual((await finder(at('bin')).find(root())).folders, [at('tools')]);
  });
});
