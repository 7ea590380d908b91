import assert from 'node:assert/strict';
import { createAgent } from '../../../src/agents/createAgent.ts';
import { AbortError, ModelError, StorageError } from '../../../src/base/errors.ts';
import { FilePromptLibrary } from '../../../src/base/promptLibrary.ts';
import type { AgentMode } from '../../../src/domain/schema/plan.ts';
import { buildItem } from '../../support/builders.ts';
import { buildBrief, emptyContext, type FakeWorld, fakeAgentServices } from '../../support/fakeAgentServices.ts';

const prompts = new FilePromptLibrary('prompts');
const source = 'def hello():\n    return "Hello, World!"\n';
const wholeFile = `I write it.\n\nsrc/hello.py\n\`\`\`python\n${source}\`\`\``;

interface Setup extends FakeWorld {
  readonly mode?: AgentMode;
  readonly filePath?: string;
  readonly testCommand?: string;
  readonly maxTurns?: number;
  readonly signal?: AbortSignal;
}

/** Runs one agent over files in memory and a scripted model. */
async function run({ mode = 'coder', filePath = 'src/hello.py', testCommand, maxTurns, signal, ...world }: Setup) {
  const fake = fakeAgentServices(world);
  const agent = createAgent(mode, { prompts, ...(maxTurns === undefined ? {} : { maxTurns }) });
  const item = buildItem('item_1', { mode, filePath, language: 'python', description: 'Create hello function' });
  const context = { ...emptyContext, ...(testCommand === undefined ? {} : { testCommand }) };
  const options = { signal: signal ?? new AbortController().signal };
  const outcome = await agent.run(buildBrief({ item, context }), fake.services, options);
  return { ...fake, outcome, texts: fake.files.texts };
}

describe('the coder', () => {
  it('is done with edits that apply and parse, with its prose as the summary, after one call', async () => {
    const { outcome, texts, calls, steps } = await run({ replies: [wholeFile] });
    assert.deepEqual(outcome, { kind: 'done', summary: 'I write it.' });
    assert.deepEqual(texts, { 'src/hello.py': source });
    assert.equal(calls.length, 1);
    assert.equal(calls[0]?.role, 'coder');
    assert.deepEqual([calls[0].itemId, calls[0].sessionId], ['item_1', 'session_1']);
    assert.deepEqual(steps, [
      { kind: 'thought', text: 'I write it.' },
      { kind: 'acting', text: 'edit src/hello.py' },
      { kind: 'learned', text: 'src/hello.py (+2 -0)', succeeded: true },
    ]);
  });

  it('is done with a reply that is nothing but the source', async () => {
    const { outcome, texts } = await run({ replies: [source] });
    assert.deepEqual(outcome, { kind: 'done', summary: 'src/hello.py is written.' });
    assert.deepEqual(texts, { 'src/hello.py': source });
  });

  it('never makes a file of prose', async () => {
    const { outcome, texts, lastMessage } = await run({
      replies: ['Sure! I will write that function for you now.', wholeFile],
    });
    assert.equal(outcome.kind, 'done');
    assert.match(lastMessage(), /holds no edit, and src\/hello\.py does not exist yet/);
    assert.deepEqual(texts, { 'src/hello.py': source });
  });

  it('hears why an edit failed, with the nearest lines, and none of the reply’s edits is kept', async () => {
    const edit = (search: string) =>
      `src/other.py\n\`\`\`python\nx = 1\n\`\`\`\n\nsrc/hello.py\n<<<<<<< SEARCH\n${search}\n=======\n    return "Hi"\n>>>>>>> REPLACE`;
    const { outcome, texts, calls, steps } = await run({
      files: { 'src/hello.py': source },
      replies: [edit('    return "Hello, Wrld!"'), edit('    return "Hello, World!"')],
    });
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(texts, { 'src/other.py': 'x = 1\n', 'src/hello.py': 'def hello():\n    return "Hi"\n' });
    const message = calls[1]?.messages.at(-1)?.content ?? '';
    assert.match(message, /^No edit of this reply was applied\./);
    assert.match(message, /src\/hello\.py, lines 1-2 as they are\]\ndef hello\(\):\n {4}return "Hello, World!"\n\[end/);
    assert.ok(!message.includes('src/other.py'));
    assert.equal(steps.find(step => step.kind === 'learned')?.succeeded, false);
  });

  it('tells of each file when its edit begins to arrive, before anything is done with it', async () => {
    const { steps } = await run({
      replies: [`src/other.py\n\`\`\`python\nx = 1\n\`\`\`\n\n${wholeFile}\n${'\nSo much for that.'.repeat(10)}`],
    });
    const told = steps.map(({ kind, text }) => `${kind} ${text}`);
    assert.deepEqual(told.slice(0, 2), ['begun 1 src/other.py', 'begun 2 src/hello.py']);
    assert.ok(told.indexOf('acting edit src/other.py, src/hello.py') > 1, told.join('\n'));
  });

  it('is not done while a file does not parse', async () => {
    const { outcome, texts, calls } = await run({
      replies: [
        'src/hello.py\n```python\ndef hello(:\n```\n<done>Written.</done>',
        '<done>Really written.</done>',
        wholeFile,
      ],
      checkSyntax: (_path, text) => (text.includes('(:') ? 'invalid syntax' : undefined),
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'I write it.' });
    assert.equal(texts['src/hello.py'], source);
    assert.match(
      calls[1]?.messages.at(-1)?.content ?? '',
      /does not parse; mend it:\n- src\/hello\.py line 1: invalid/,
    );
    assert.match(calls[1]?.messages.at(-1)?.content ?? '', /\]\ndef hello\(:\n\[end/);
    assert.match(calls[2]?.messages.at(-1)?.content ?? '', /not done: src\/hello\.py line 1: invalid syntax/);
  });

  it('looks before it writes, and what it finds is quoted', async () => {
    const { outcome, calls, steps } = await run({
      files: { 'src/a.py': 'a = 1\nb = 2\nc = 3\n', 'src/b.py': 'a = 4\n' },
      replies: [
        '<read path="src/a.py" lines="2-3"/>\n<list path="src"/>\n<search pattern="a ="/>\n<read path="src/c.py"/>\n<done>x</done>',
        wholeFile,
      ],
    });
    assert.equal(outcome.kind, 'done');
    const message = calls[1]?.messages.at(-1)?.content.replaceAll(/[0-9a-f]{8}/g, '#');
    assert.equal(
      message,
      `[data #: src/a.py, lines 2-3 of 3]
b = 2
c = 3
[end #]

[data #: entries of src]
a.py
b.py
[end #]

[data #: matches of "a ="]
src/a.py:1: a = 1
src/b.py:1: a = 4
[end #]

There is no file src/c.py.
[data #: some entries of src]
a.py
b.py
[end #]

The item goes on: first look at what you asked for.`,
    );
    assert.deepEqual(
      steps.filter(step => step.kind === 'acting').map(step => step.text),
      ['read src/a.py:2-3', 'list src', 'search a =', 'read src/c.py', 'done x', 'edit src/hello.py'],
    );
  });

  it('hands paths that may not be named back to the model', async () => {
    const { outcome, calls } = await run({
      replies: ['<read path="../secret"/>\n<list path="/etc"/>', 'src/../../x.py\n```python\nx = 1\n```', wholeFile],
    });
    assert.equal(outcome.kind, 'done');
    assert.match(calls[1]?.messages.at(-1)?.content ?? '', /"\.\.\/secret" leads out of the workspace/);
    assert.match(calls[2]?.messages.at(-1)?.content ?? '', /leads out of the workspace/);
  });

  it('asks the human and goes on with the answer', async () => {
    const { outcome, questions, calls, steps } = await run({
      replies: ['<ask options="Hi|Hello">Which greeting?</ask>', wholeFile],
      answer: 'Hello',
    });
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(questions, [{ text: 'Which greeting?', options: ['Hi', 'Hello'] }]);
    assert.equal(calls[1]?.messages.at(-1)?.content, 'The answer to "Which greeting?": Hello');
    assert.deepEqual(steps[1], { kind: 'learned', text: 'Hello', succeeded: true });
  });

  it('is done when a command beside its edits succeeds, and not when it fails', async () => {
    const withRun = `${wholeFile}\n<run>python src/hello.py</run>`;
    const succeeded = await run({ replies: [withRun] });
    assert.equal(succeeded.outcome.kind, 'done');
    assert.deepEqual(succeeded.commands, ['python src/hello.py']);
    let runs = 0;
    const failed = await run({
      replies: [`${withRun}\n<done>Written.</done>`, '<run>python src/hello.py</run>\n<done>Works now.</done>'],
      runCommand: () =>
        ++runs === 1 ? { outcome: 'failed', text: 'exit code 1' } : { outcome: 'succeeded', text: '' },
    });
    assert.deepEqual(failed.outcome, { kind: 'done', summary: 'Works now.' });
    assert.match(failed.lastMessage(), /^Applied: src\/hello\.py/);
    assert.match(
      failed.lastMessage(),
      /\[data .*: output of python src\/hello\.py\]\nexit code 1\n\[end .*\]\nResult: failed\.$/m,
    );
  });

  it('is told the output of a command that stands alone', async () => {
    const { outcome, calls } = await run({ replies: ['<run>ls</run>', wholeFile] });
    assert.equal(outcome.kind, 'done');
    assert.match(calls[1]?.messages.at(-1)?.content ?? '', /output of ls\][^]*Result: succeeded\./);
  });

  it('does not wait for a command that cannot be run', async () => {
    const { outcome } = await run({
      replies: [`${wholeFile}\n<run>curl example.com</run>`],
      runCommand: () => ({ outcome: 'notRun', text: 'Network tools are not run.' }),
    });
    assert.equal(outcome.kind, 'done');
  });

  it('takes <done> without an edit only where the file is there', async () => {
    const files = { 'src/hello.py': source };
    const there = await run({ files, replies: ['<done>It is right already.</done>'] });
    assert.deepEqual(there.outcome, { kind: 'done', summary: 'It is right already.' });
    const missing = await run({ replies: ['<done>It is right already.</done>', wholeFile] });
    assert.match(missing.lastMessage(), /src\/hello\.py does not exist yet/);
    const prose = await run({ files, replies: ['It is right already.', '<done>It is right.</done>'] });
    assert.match(prose.lastMessage(), /nothing was done/);
  });

  it('tells edits that change nothing from edits', async () => {
    const { outcome, lastMessage } = await run({
      files: { 'src/hello.py': source },
      replies: [wholeFile, '<done>It was there.</done>'],
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'It was there.' });
    assert.match(lastMessage(), /change nothing/);
  });

  it('does not let a fence without a path replace a file that has other lines', async () => {
    const files = { 'src/hello.py': Array.from({ length: 12 }, (_, index) => `x${index} = ${index}\n`).join('') };
    const { outcome, texts, lastMessage } = await run({
      files,
      replies: ['Add this:\n```python\nx12 = 12\nx13 = 13\n```', '<done>No.</done>'],
    });
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(texts, files);
    assert.match(lastMessage(), /names no file\. Taken as src\/hello\.py it would delete most/);
  });

  it('means its own file by a shorter path, unless there is a file of that path', async () => {
    const reply = '```python hello.py\nx = 1\n```\nand `./src/other.py`:\n\n./src/other.py\n```python\ny = 2\n```';
    const meant = await run({ replies: [reply] });
    assert.deepEqual(meant.texts, { 'src/hello.py': 'x = 1\n', 'src/other.py': 'y = 2\n' });
    const named = await run({ files: { 'hello.py': 'x = 0\n' }, replies: [reply] });
    assert.deepEqual(named.texts, { 'hello.py': 'x = 1\n', 'src/other.py': 'y = 2\n' });
  });

  it('reports blocks that it cannot read', async () => {
    const { lastMessage, steps } = await run({ replies: ['<read path="a.py" lines="x"/>', wholeFile] });
    assert.match(lastMessage(), /is not a range such as/);
    assert.deepEqual(steps[0]?.kind === 'acting' && steps[0].text.startsWith('invalid '), true);
  });
});

describe('the analyzer', () => {
  it('reports, in <done> or in plain prose', async () => {
    const report = 'src/a.py has one function:\n```python\ndef hello():\n```';
    for (const reply of [`<done>${report}</done>`, report]) {
      const { outcome } = await run({ mode: 'analyzer', replies: [reply] });
      assert.deepEqual(outcome, { kind: 'done', summary: report });
    }
  });

  it('cannot edit, whatever it replies', async () => {
    const files = { 'src/hello.py': source };
    for (const reply of [
      'src/hello.py\n```python\nx = 1\n```',
      'src/hello.py\n<<<<<<< SEARCH\n    return "Hello, World!"\n=======\n    return 1\n>>>>>>> REPLACE',
      '*** Begin Patch\n*** Delete File: src/hello.py\n*** End Patch',
      'x = 1\n',
    ]) {
      const { outcome, texts, steps } = await run({ mode: 'analyzer', files, replies: [reply] });
      assert.equal(outcome.kind, 'done', 'what it replies is its report');
      assert.deepEqual(texts, files);
      assert.ok(!steps.some(step => step.kind === 'acting' && step.text.startsWith('edit')));
    }
  });

  it('looks at what it asked for before it reports', async () => {
    const { outcome, calls } = await run({
      mode: 'analyzer',
      files: { 'src/hello.py': source },
      replies: [
        '<read path="src/hello.py"/>\n<done>Guessed.</done>',
        '<run>ls</run>\n<done>Guessed.</done>',
        '<done>Seen.</done>',
      ],
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'Seen.' });
    assert.match(calls[1]?.messages.at(-1)?.content ?? '', /first look at what you asked for/);
    assert.match(calls[2]?.messages.at(-1)?.content ?? '', /first look at the result of the command/);
  });

  it('does not report nothing', async () => {
    const { outcome } = await run({ mode: 'analyzer', replies: ['', '<done/>', '<done>Seen.</done>'] });
    assert.deepEqual(outcome, { kind: 'done', summary: 'Seen.' });
  });
});

describe('the sdet', () => {
  const filePath = 'tests/test_hello.py';
  const test = (expected: string) =>
    `I test it.\n\n${filePath}\n\`\`\`python\nfrom hello import hello\n\ndef test_hello():\n    assert hello() == "${expected}"\n\`\`\``;
  const setup = { mode: 'sdet' as const, filePath, testCommand: 'pytest' };

  it('has the tests run after its edits, and is done when they pass', async () => {
    const { outcome, commands, calls, steps } = await run({ ...setup, replies: [`${test('Hello')}\n<done>x</done>`] });
    assert.deepEqual(outcome, { kind: 'done', summary: 'x\n1 test passes.' });
    assert.deepEqual(commands, ['(tests)']);
    assert.equal(calls.length, 1);
    assert.deepEqual(
      steps.filter(step => step.kind === 'acting').map(step => step.text),
      [`edit ${filePath}`, 'done x', 'run the tests'],
    );
  });

  it('mends its test when that is wrong', async () => {
    const { outcome, commands, lastMessage } = await run({
      ...setup,
      replies: [test('Helo'), test('Hello')],
      runTests: files =>
        files.texts[filePath]?.includes('Helo')
          ? { outcome: 'failed', text: 'E assert "Hello" == "Helo"' }
          : { outcome: 'succeeded', text: '1 passed' },
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'I test it.\n1 passed' });
    assert.deepEqual(commands, ['(tests)', '(tests)']);
    assert.match(lastMessage(), /output of the tests\]\nE assert "Hello" == "Helo"\n\[end .*\]\nResult: failed\.$/);
  });

  it('ends with its report when the code under test is wrong, without another run', async () => {
    const { outcome, commands } = await run({
      ...setup,
      replies: [test('Hello'), '<done>hello() returns "Helo" instead of "Hello".</done>'],
      runTests: () => ({ outcome: 'failed', text: '1 failed' }),
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'hello() returns "Helo" instead of "Hello".' });
    assert.deepEqual(commands, ['(tests)']);
  });

  it('ends with what the tests show when they still fail after three runs', async () => {
    const { outcome, commands } = await run({
      ...setup,
      replies: [test('a'), test('b'), test('c')],
      runTests: () => ({ outcome: 'failed', text: '1 failed: test_hello' }),
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'I test it.\nThe tests fail:\n1 failed: test_hello' });
    assert.equal(commands.length, 3);
  });

  it('says so when the tests cannot be run', async () => {
    const { outcome } = await run({
      ...setup,
      replies: [test('Hello')],
      runTests: () => ({ outcome: 'notRun', text: 'There is no sandbox.' }),
    });
    assert.deepEqual(outcome, { kind: 'done', summary: 'I test it.\nUnproven: There is no sandbox.' });
  });

  it('does not run the tests twice when it runs them itself', async () => {
    const { outcome, commands } = await run({ ...setup, replies: [`${test('Hello')}\n<run>pytest</run>`] });
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(commands, ['pytest']);
  });
});

describe('every agent', () => {
  it('fails when its replies are used up, and is told when they run out', async () => {
    const replies = [1, 2, 3].map(line => `<read path="src/hello.py" lines="${line}"/>`);
    const { outcome, calls } = await run({ files: { 'src/hello.py': 'a\nb\nc\n' }, replies, maxTurns: 3 });
    assert.deepEqual(outcome, {
      kind: 'failed',
      reason:
        'The item was not done after 3 replies of the model; at last: read src/hello.py:3: src/hello.py, lines 3-3 of 3',
    });
    assert.match(calls[2]?.messages.at(-1)?.content ?? '', /Replies left: 1\.$/);
  });

  it('is told once that it repeats itself, and fails when it goes on', async () => {
    const { outcome, commands, calls } = await run({ replies: ['<run>ls</run>', '<run>ls</run>', '<run>ls</run>'] });
    assert.deepEqual(outcome, {
      kind: 'failed',
      reason: 'The model gave the same reply 3 times in a row; what came of it: run ls: succeeded: exit code 0',
    });
    assert.deepEqual(commands, ['ls']);
    assert.match(calls[2]?.messages.at(-1)?.content ?? '', /same as your last one/);
  });

  it('fails when the model refuses', async () => {
    const { outcome } = await run({ replies: [{ text: 'I must not.', finishReason: 'refusal' }] });
    assert.deepEqual(outcome, { kind: 'failed', reason: 'The model refused: I must not.' });
  });

  it('does not take a reply that was cut off for a file', async () => {
    const { outcome, texts, lastMessage } = await run({
      replies: [{ text: source, finishReason: 'length' }, wholeFile],
    });
    assert.equal(outcome.kind, 'done');
    assert.match(lastMessage(), /cut off before/);
    assert.equal(texts['src/hello.py'], source);
  });

  it('keeps the beginning of the conversation as it is from turn to turn', async () => {
    const { calls } = await run({ replies: ['<list/>', '<list path="src"/>', '<run>ls</run>', wholeFile] });
    for (const [index, call] of calls.entries()) {
      const next = calls[index + 1]?.messages.slice(0, call.messages.length);
      if (next !== undefined) assert.deepEqual(next, call.messages);
    }
  });

  it('hands on what it cannot deal with', async () => {
    const modelError = new ModelError('no answer', { provider: 'test', retryable: false });
    await assert.rejects(run({ replies: [modelError] }), modelError);
    const storageError = new StorageError('The disk is full.');
    await assert.rejects(
      run({
        replies: ['<run>ls</run>'],
        runCommand: () => {
          throw storageError;
        },
      }),
      storageError,
    );
  });

  it('stops on abort before the next call', async () => {
    const controller = new AbortController();
    const aborting = run({
      replies: ['<run>ls</run>'],
      signal: controller.signal,
      runCommand: () => {
        controller.abort();
        return { outcome: 'succeeded', text: '' };
      },
    });
    await assert.rejects(aborting, AbortError);
  });
});
