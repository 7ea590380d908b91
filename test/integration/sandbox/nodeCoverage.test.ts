import assert from 'node:assert/strict';
import { chmodSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import type { SandboxCommand } from '../../../src/sandbox/sandbox.ts';
import { neverAborted, runOnce, staged, useRealSandbox, writeFiles } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

const javascript = `export function sign(n) {
  if (n < 0) {
    return -1;
  }
  return n === 0 ? 0 : 1;
}

export function unused() {
  return 'never';
}
`;
const typescript = `interface Shape {
  readonly size: number;
}

export function area(shape: Shape, factor: number = 2): number {
  if (factor > 10) {
    throw new Error('The factor is too large: “' + factor + '”.');
  }
  return shape.size * factor;
}
`;
const testOf = (module: string, runner: string, call: string) =>
  `import test from '${runner}';\nimport * as subject from '${module}';\ntest('runs', () => { subject.${call}; });\n`;

/** The parts between each two bounds, without the space around them. */
const partsOf = (text: string, bounds: readonly number[]) =>
  bounds.flatMap((bound, index) => (index % 2 === 0 ? text.slice(bound, bounds[index + 1]).trim() : []));

describe('what ran in the Node processes of a command', () => {
  const sandbox = useRealSandbox();
  const root = useTemporaryDirectory();

  /** The parts of each measured file that never ran. */
  async function missedBy(
    argv: SandboxCommand['argv'],
    coverageOf: readonly string[],
    files: Readonly<Record<string, string>> = {},
  ) {
    writeFiles(root(), { 'package.json': '{ "type": "module" }', ...files });
    const result = await runOnce(sandbox(), root(), argv, { coverageOf });
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return (
      result.coverage &&
      Object.fromEntries(
        result.coverage.map(({ path: name, length, missed }) => {
          const text = readFileSync(path.join(root(), name), 'utf8').replace(/^\ufeff/, '');
          assert.equal(length, text.length);
          return [name, partsOf(text, missed)];
        }),
      )
    );
  }

  const signTest = testOf('../sign.js', 'node:test', 'sign(1)');
  const missedOfArea = [`{\n    throw new Error('The factor is too large: “' + factor + '”.');\n  }`];
  const missedOfSign = ['{\n    return -1;\n  }', '? 0', `function unused() {\n  return 'never';\n}`];

  it('is told of node:test, of the files that are asked for and that ran', async () => {
    const files = { 'sign.js': javascript, 'other.js': 'export {};\n', 'test/sign.test.js': signTest };
    assert.deepEqual(await missedBy(['node', '--test'], ['sign.js', 'other.js'], files), { 'sign.js': missedOfSign });
  });

  it('puts together what ran in several processes', async () => {
    const files = {
      'sign.js': javascript,
      'test/one.test.js': signTest,
      'test/two.test.js': testOf('../sign.js', 'node:test', 'sign(-1)'),
      'test/three.test.js': testOf('../sign.js', 'node:test', 'sign(0)'),
    };
    assert.deepEqual(await missedBy(['node', '--test'], ['sign.js'], files), { 'sign.js': [missedOfSign[2]] });
  });

  it('is told of CommonJS, a byte order mark, CRLF and characters of several units', async () => {
    const text = '\ufeffexports.f = () => {\r\n  return "😀é";\r\n};\r\nexports.g = 1;\r\n';
    const files = { 'a.cjs': text, 'run.cjs': `require('./a.cjs');\n`, 'run.js': `import './a.cjs';\n` };
    // Node takes the mark away in one of the two.
    for (const script of ['run.cjs', 'run.js'])
      assert.deepEqual(await missedBy(['node', script], ['a.cjs'], files), {
        'a.cjs': ['() => {\r\n  return "😀é";\r\n}'],
      });
  });

  it('is told of TypeScript whose types Node strips', async () => {
    const files = { 'area.ts': typescript, 'a.test.ts': testOf('./area.ts', 'node:test', 'area({ size: 3 })') };
    assert.deepEqual(await missedBy(['node', '--test', 'a.test.ts'], ['area.ts'], files), { 'area.ts': missedOfArea });
  });

  it('is told of mocha', async () => {
    const text = `import { sign } from './trial.js';\nit('runs', () => { sign(1); });\n`;
    const result = await runOnce(sandbox(), REPOSITORY, ['mocha', '--no-config', 'trial.test.js'], {
      coverageOf: ['trial.js'],
      changes: staged({ 'trial.js': javascript, 'trial.test.js': text }),
    });
    const [measured] = result.coverage ?? [];
    assert.deepEqual(partsOf(javascript, measured?.missed ?? []), missedOfSign, result.stdout + result.stderr);
  });

  describe('of code that was compiled', () => {
    const compiled = (sourcemap: 'inline' | 'external') =>
      transformSync(typescript, { loader: 'ts', sourcemap, sourcefile: '../area.ts', minifyWhitespace: true });
    const linked = () => `${compiled('external').code}//# sourceMappingURL=area.js.map\n`;
    const test = { 'dist/a.test.js': testOf('./area.js', 'node:test', 'area({ size: 3 })') };
    const command = ['node', '--test', 'dist/a.test.js'] as const;
    /** Each to the end of its line at most. */
    const throughMarks = ['{', `throw new Error('The factor is too large: “' + factor + '”.');`, '}'];

    it('is told of its source, through a source map beside it or in it', async () => {
      const beside = { 'area.ts': typescript, 'dist/area.js': linked(), 'dist/area.js.map': compiled('external').map };
      assert.deepEqual(await missedBy(command, ['area.ts'], { ...beside, ...test }), { 'area.ts': throughMarks });
      const within = { 'dist/area.js': compiled('inline').code };
      assert.deepEqual(await missedBy(command, ['area.ts'], within), { 'area.ts': throughMarks });
    });

    it('is not told of a source without a map, or one that changed since', async () => {
      const files = { 'area.ts': typescript, 'dist/area.js': compiled('external').code, ...test };
      assert.deepEqual(await missedBy(command, ['area.ts'], files), {});
      writeFiles(root(), { 'dist/area.js': compiled('inline').code });
      utimesSync(path.join(root(), 'dist/area.js'), 1000, 1000);
      assert.deepEqual(await missedBy(command, ['area.ts']), {});
    });

    it('is not told of a file that ran as another text too, which may have run more of it', async () => {
      const hook = `import { registerHooks } from 'node:module';
        registerHooks({ load(url, context, next) {
          const loaded = next(url, context);
          return url.endsWith('sign.js') ? { ...loaded, source: 'let changed;' + loaded.source } : loaded;
        } });`;
      const files = { 'sign.js': javascript, 'test/one.test.js': signTest, 'hook.js': hook };
      const script = 'node --test && node --import ./hook.js --test';
      assert.deepEqual(await missedBy(['sh', '-c', script], ['sign.js'], files), {});
    });
  });

  it('is not told where Vitest runs, whose workers leave no trace', async () => {
    const files = { 'sign.js': javascript, 'node_modules/vitest/index.js': 'exports.run = 1;' };
    const script = "import 'vitest'; import { sign } from './sign.js'; sign(1);";
    const run = (text: string) => missedBy(['node', '--input-type=module', '--eval', text], ['sign.js'], files);
    assert.deepEqual(await run(script), {});
    assert.deepEqual(await run(script.replace("import 'vitest';", '')), { 'sign.js': missedOfSign });
  });

  it('is not told where it is not asked for, nothing ran in Node, or a command was killed', async () => {
    const files = { 'sign.js': javascript, 'test/sign.test.js': signTest };
    assert.equal(await missedBy(['sh', '-c', 'test -z "$NODE_V8_COVERAGE" && node --test'], [], files), undefined);
    assert.deepEqual(await missedBy(['true'], ['sign.js']), {});
    const killed = await runOnce(sandbox(), root(), ['sh', '-c', 'node --test; kill -9 $$'], {
      coverageOf: ['sign.js'],
    });
    assert.deepEqual([killed.outcome, killed.coverage], ['killed', []]);
  });

  it('is measured anew for each command of a session', async () => {
    writeFiles(root(), { 'package.json': '{ "type": "module" }', 'sign.js': javascript });
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal: neverAborted() });
    try {
      const run = async (call: string) => {
        const argv = ['node', '--input-type=module', '--eval', `import { sign } from './sign.js'; ${call}`] as const;
        const { coverage } = await session.run({ argv, coverageOf: ['sign.js'] }, { signal: neverAborted() });
        return coverage?.[0]?.missed.length;
      };
      assert.deepEqual([await run('sign(1)'), await run('')], [6, 4]);
    } finally {
      await session.dispose();
    }
  });

  describe('when the code writes into the folder what it likes', () => {
    const folder = '$NODE_V8_COVERAGE';

    /** What is told of a command that does that, and has its result all the same. */
    async function attack(script: string) {
      writeFiles(root(), { 'sign.js': javascript });
      const argv = ['sh', '-c', `mkdir -p ${folder} && ${script} && echo done`] as const;
      const { exitCode, stdout, coverage } = await runOnce(sandbox(), root(), argv, { coverageOf: ['sign.js'] });
      assert.deepEqual([exitCode, stdout], [0, 'done\n']);
      return coverage;
    }

    const scripts: Readonly<Record<string, string>> = {
      'no JSON': `echo '{"result": [' > ${folder}/a.json`,
      'other JSON': `echo '{"result": {"length": 3}}' > ${folder}/a.json`,
      'a device': `ln -s /dev/zero ${folder}/a.json`,
      'a pipe': `mkfifo ${folder}/a.json`,
      'a folder': `mkdir ${folder}/a.json`,
      'a link to another folder': `rm -r ${folder} && ln -s /tmp ${folder} && echo no > /tmp/a.json`,
    };
    for (const [name, script] of Object.entries(scripts))
      it(`tells nothing: ${name}`, async () => {
        assert.deepEqual(await attack(script), []);
      });

    const span = (endOffset: number) => [{ ranges: [{ startOffset: 0, endOffset, count: 1 }] }];
    const data = (url: string) => ({ version: 3, sources: [url], names: [], mappings: 'AAAA' });
    const reports: Readonly<Record<string, (url: string) => object>> = {
      'a script without functions': url => ({ result: [{ url, functions: [] }] }),
      'a script of a terabyte': url => ({ result: [{ url, functions: span(1e12) }] }),
      'a source map of a terabyte': url => ({
        result: [{ url, functions: span(9) }],
        'source-map-cache': { [url]: { lineLengths: [1e12], data: data(url) } },
      }),
    };
    const writeForged = (report: (url: string) => object) => {
      writeFiles(root(), { 'forged.json': JSON.stringify(report(pathToFileURL(path.join(root(), 'sign.js')).href)) });
    };
    for (const [name, report] of Object.entries(reports))
      it(`tells nothing: ${name}`, async () => {
        writeForged(report);
        assert.deepEqual(await attack(`cp forged.json ${folder}/a.json`), []);
      });

    it('tells nothing where there is more than is read', async () => {
      writeForged(url => ({ result: [{ url, functions: span(javascript.length) }] }));
      const pad = (name: string) => `{ cat forged.json; yes '' | head -c 150M; } > ${folder}/${name}.json`;
      assert.deepEqual(await attack(pad('a')), [{ path: 'sign.js', length: javascript.length, missed: [] }]);
      assert.deepEqual(await attack(`${pad('a')} && ${pad('b')}`), []);
    });

    it('tells nothing of other files from a program of that name in the project', async () => {
      const forged = `#!/bin/sh\necho '[{"path":"../../etc/passwd","length":1,"missed":[]}]'\n`;
      writeFiles(root(), { 'node_modules/.bin/node': forged });
      chmodSync(path.join(root(), 'node_modules/.bin/node'), 0o755);
      assert.deepEqual(await attack('true'), []);
    });
  });
});
