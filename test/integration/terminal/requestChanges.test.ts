import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResultObject } from '../../../src/terminal/resultObject.ts';
import type { ReviewObject } from '../../../src/terminal/review/reviewObject.ts';
import type { ScriptReply } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const commandLine = path.resolve(import.meta.dirname, '../../../src/cli.ts');
const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'src/sum.js': 'export const sum = (a, b) => a - b;\n',
};
const mended = 'export const sum = (a, b) => a + b;\n';
const documented = `/** The sum of two numbers. */\n${mended}`;
const tests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { sum } from '../src/sum.js';
test('adds', () => assert.equal(sum(2, 3), 5));
`;
const plan = {
  summary: 'Mend sum',
  work_items: [
    { id: 'look', file_path: 'package.json', description: 'See how tests run', mode: 'analyzer' },
    { id: 'mend', file_path: 'src/sum.js', description: 'Mend sum', mode: 'coder' },
    { id: 'check', file_path: 'test/sum.test.js', description: 'Test it', mode: 'sdet', dependencies: ['mend'] },
  ],
};
const file = (name: string, text: string) => `${name}\n\`\`\`js\n${text}\`\`\`\n`;

/** What the models say; `again` is the coder's answer to the comment. */
const scriptOf = (again: ScriptReply) => ({
  rules: [
    { when: { system: 'You plan a change' }, replies: [JSON.stringify(plan)] },
    { when: { system: 'You are the coder', prompt: 'Say what it is.' }, replies: [again] },
    { when: { system: 'You are the coder' }, replies: [file('src/sum.js', mended)] },
    { when: { system: 'You are the analyzer' }, replies: ['<done>Tests run by node --test.</done>'] },
    {
      when: { system: 'You are the tester', lastMessage: 'The edits change nothing' },
      replies: ['<done>It fits.</done>'],
    },
    { when: { system: 'You are the tester' }, replies: [file('test/sum.test.js', tests)] },
    { when: { system: 'You judge a change' }, replies: ['{"completeness":1,"correctness":1,"feedback":[]}'] },
  ],
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

describe('trellis review, sending changes back', function () {
  // Each command is a process, and tests run in the sandbox, on a machine that may be busy.
  this.timeout(120_000);
  const temporary = useTemporaryDirectory();
  const workspace = () => path.join(temporary(), 'project');
  const read = (name: string) => readFileSync(path.join(workspace(), name), 'utf8');
  const files = () =>
    Object.fromEntries(Object.entries(snapshotTree(workspace())).filter(([name]) => !name.startsWith('.trellis')));
  let server: ModelServer;
  let runId: string;

  /** A process ends with its result staged. */
  beforeEach(async () => {
    mkdirSync(workspace());
    writeTree(workspace(), project);
    server = await ModelServer.start(scriptOf(file('src/sum.js', documented)));
    const result = await trellis('run', 'Mend sum', '--yes', '--no-apply', '--json');
    assert.equal(result.code, 0, result.error);
    const { runId: id, status } = JSON.parse(result.out) as ResultObject;
    assert.equal(status, 'staged');
    runId = id ?? '';
    assert.deepEqual(files(), project);
  });
  afterEach(() => server.close());

  function start(args: readonly string[], input = ''): ChildProcessWithoutNullStreams {
    const environment = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      TRELLIS_OLLAMA_HOST: server.url,
    };
    const child = spawn(process.execPath, [commandLine, ...args], { cwd: workspace(), env: environment });
    child.stdin.end(input);
    return child;
  }

  async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, error };
  }
  const trellis = (...args: string[]) => ended(start(args));
  const review = (...args: string[]) => trellis('review', runId, ...args);
  const object = async () => JSON.parse((await review('--json')).out) as ReviewObject;

  it('keeps a comment, sends it from another process, shows what changed, and applies it from a third', async () => {
    assert.equal((await review('--comment', 'src/sum.js: No.', '--comment', 'test/sum.test.js:2: Nor this.')).code, 0);
    const noted = await review('--forget-comments', '--comment', 'src/sum.js:1: Say what it is.');
    assert.equal(noted.code, 0, noted.error);
    assert.match(
      noted.out,
      /src\/sum\.js \(modified\)[^]+ {6}> line 1: Say what it is\.\n[^]+1 comment not sent yet\./,
    );
    assert.match((await review('since')).out, /Nothing has changed since comments were last sent\./);
    const sent = await review('--request-changes');
    assert.equal(sent.code, 0, sent.error);
    assert.match(
      sent.out,
      /^Run \S+ goes on\n[^]+↻ Sent back with 1 comment: src\/sum\.js\n↻ Iteration 1: mend, check\n/,
    );
    assert.match(
      sent.out,
      /Changed since your comments:\n\nsrc\/sum\.js \(modified\)\n.*\n\+ \/\*\* The sum of two numbers/,
    );
    assert.match(sent.out, /2 files to review; nothing was applied yet\.\nGo on with it: trellis review run_\w+\n$/);
    assert.ok(!sent.out.includes('● look'), 'what needs no change is not done again');
    const prompt = server.requests
      .map(({ messages }) => messages.map(({ content }) => content).join('\n'))
      .find(text => text.includes('Say what it is.'));
    assert.match(prompt ?? '', /The reviewer says of line 1 of src\/sum\.js:\n> export const sum.*\nSay what it is\./);
    assert.deepEqual(files(), project);
    assert.match((await review('since', 'src/sum.js')).out, /^\nsrc\/sum\.js \(modified\)\n[^]+1 file, \+1 -0\n$/);
    const { comments, changedSince, isUnfinished } = await object();
    assert.deepEqual(
      [comments, isUnfinished, changedSince],
      [[], false, [{ path: 'src/sum.js', kind: 'modified', additions: 1, deletions: 0 }]],
    );
    const applied = await review('--all');
    assert.equal(applied.code, 0, applied.error);
    assert.deepEqual([read('src/sum.js'), read('test/sum.test.js')], [documented, tests]);
    const replayed = await trellis('replay', runId);
    assert.equal(replayed.code, 0, replayed.out);
    assert.match(replayed.out, /^The replay is the same as the run: \d+ steps, to its end \(staged\)\.\n$/);
    const again = await review('--request-changes');
    assert.deepEqual([again.code, /applied already/.test(again.error)], [2, true]);
  });

  it('refuses a comment on what the run does not change, and a request without one', async () => {
    const other = await review('--comment', 'src/other.js: No.', '--request-changes');
    assert.equal(other.code, 2);
    assert.match(
      other.error,
      /^trellis: The comment "src\/other\.js: No\." begins with no file that the run changes; .+\n$/,
    );
    const far = await review('--comment', 'src/sum.js:99: No.');
    assert.match(far.error, /src\/sum\.js has 1 lines on that side, and no line 99/);
    const none = await review('--request-changes');
    assert.deepEqual([none.code, /There is no comment yet/.test(none.error)], [2, true]);
    assert.deepEqual((await object()).comments, []);
  });

  it('lets one process at a time go on, and goes on where one was killed', async () => {
    server.play(scriptOf({ connection: 'stall' }));
    const asked = server.requests.length;
    const working = start(['review', runId, '--comment', 'src/sum.js: Say what it is.', '--request-changes']);
    const killed = ended(working);
    await server.waitForRequests(asked + 1);
    const second = await review('--request-changes');
    assert.equal(second.code, 5);
    assert.match(second.error, new RegExp(`^trellis: Run ${runId} is being written by process ${working.pid} on `));
    assert.equal((await review()).code, 0, 'to look at it is allowed');
    working.kill('SIGKILL');
    await killed;
    server.play(scriptOf(file('src/sum.js', documented)));
    assert.match((await review()).out, /The agents were cut short; they go on when changes are requested\.\n$/);
    assert.equal((await object()).isUnfinished, true);
    const sent = await review('--request-changes');
    assert.equal(sent.code, 0, sent.error + sent.out);
    assert.ok(!sent.out.includes('● look'), 'finished work stays');
    assert.match(
      (await trellis('replay', runId)).out,
      /\.\n1 part of it broke off without an end, and could not be replayed\.\n$/,
    );
    assert.equal((await review('--apply')).code, 0);
    assert.deepEqual([read('src/sum.js'), read('test/sum.test.js')], [documented, tests]);
  });

  it('asks for comments hunk by hunk, goes on, and asks again about what came of them', async () => {
    // h: hunk by hunk; c: comment on the first; q: stop; s: send back; then apply what comes.
    const child = start(['review', runId, '--interactive'], 'h\nc\nSay what it is.\nq\ns\ny\n');
    const { code, out, error } = await ended(child);
    assert.equal(code, 0, out + error);
    assert.match(out, /What should be changed here\?\n> Say what it is\.\n/);
    assert.match(
      out,
      /\[y\/n\/h\/s\/q\/\?\] s\nRun \S+ goes on\n[^]+Changed since your comments:[^]+Apply these changes to 2 files\?/,
    );
    assert.equal(read('src/sum.js'), documented);
  });
});
