import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseReply, type ReplyEdits } from '../../../../src/agents/protocol/parseReply.ts';

const noEdits = (): ReplyEdits => ({ edits: [], problems: [], ranges: [] });

function parse(text: string, target = { path: 'src/hello.py', language: 'python' }, isCut = false) {
  return parseReply(text, { target, isCut, readEdits: noEdits });
}

/** The content that the reply is taken for, or undefined. */
function fileOf(text: string, filePath = 'src/hello.py', language = ''): string | undefined {
  const { actions } = parse(text, { path: filePath, language });
  const edit = actions.find(action => action.kind === 'edit');
  if (edit === undefined) return undefined;
  assert.equal(edit.origin, 'bareReply');
  const [write, ...rest] = edit.edits;
  assert.deepEqual(rest, []);
  assert.ok(write?.type === 'writeFile' && write.path === filePath && !write.mustBeNew);
  return write.content;
}

const source = 'def hello():\n    """Says hello."""\n    return "Hello, World!"\n';

describe('a reply without any block', () => {
  it('is the file when it is nothing but source', () => {
    assert.equal(fileOf(source), source);
    assert.equal(fileOf(`\n\n${source.trimEnd()}`), source);
    assert.deepEqual(parse(source).prose, '');
  });

  it('is not the file when the line above the fence names another one', () => {
    for (const line of ['Here is the updated `src/bye.py`:', '### `src/bye.py`, changed', '**lib/hello.py now:**']) {
      const { actions } = parse(`${line}\n\n\`\`\`python\n${source}\`\`\``);
      assert.ok(actions[0]?.kind === 'invalid', line);
      assert.match(actions[0].reason, /names (?:src\/bye|lib\/hello)\.py/);
    }
    for (const line of ['Here is the updated `src/hello.py`:', 'Now `hello.py`:', 'As `src/bye.py` has it.'])
      assert.equal(fileOf(`${line}\n\n\`\`\`python\n${source}\`\`\``), source, line);
  });

  it('is the file when it is one fence, whatever the fence says and whatever prose is around it', () => {
    for (const info of ['python', 'py', 'Python3', '', 'text/plain']) {
      assert.equal(fileOf(`\`\`\`${info}\n${source}\`\`\``), source, info);
      assert.equal(fileOf(`Here is the file:\n\n\`\`\`${info}\n${source}\`\`\`\n\nIt says hello.`), source, info);
    }
    assert.equal(parse(`Here it is.\n~~~~\n${source}~~~~\nEnjoy.`).prose, 'Here it is.\n\nEnjoy.');
  });

  it('is the file without its path on the first line', () => {
    for (const line of ['src/hello.py', 'File: src/hello.py\n', '**src/hello.py**:']) {
      assert.equal(fileOf(`\`\`\`python\n${line}\n${source}\`\`\``), source, line);
    }
    assert.equal(fileOf(`src/hello.py\n\n${source}`), source);
    assert.equal(fileOf(`# src/hello.py\n${source}`), `# src/hello.py\n${source}`);
  });

  it('is the file when commands to run or the end stand beside the fence', () => {
    const { actions } = parse(`\`\`\`python\n${source}\`\`\`\n<run>python src/hello.py</run>\n<done>Written.</done>`);
    assert.deepEqual(
      actions.map(action => action.kind),
      ['edit', 'run', 'done'],
    );
    const [edit, done] = parse(`<done>Written:\n\`\`\`python\n${source}\`\`\`\n</done>`).actions.toReversed();
    assert.equal(edit?.kind, 'edit');
    assert.deepEqual(done, { kind: 'done', summary: 'Written:' });
  });

  it('is the file when only fences of other languages stand beside its own', () => {
    const reply = `Install:\n\`\`\`bash\npip install x\n\`\`\`\nThen:\n\`\`\`python\n${source}\`\`\`\nOutput:\n\`\`\`\nHello, World!\n\`\`\``;
    assert.equal(fileOf(reply), source);
  });

  it('is not the file while the agent still looks around', () => {
    assert.equal(fileOf(`<read path="src/a.py"/>\n\`\`\`python\n${source}\`\`\``), undefined);
  });

  it('is not the file when it has two fences in its language, and says so', () => {
    const [action] = parse(`\`\`\`python\n${source}\`\`\`\nor\n\`\`\`python\n${source}\`\`\``).actions;
    assert.ok(action?.kind === 'invalid');
    assert.match(action.reason, /2 code fences without the path .* src\/hello\.py/);
  });

  it('is not the file when it was cut off, and says so', () => {
    for (const text of [source, `\`\`\`python\n${source}`]) {
      const [action] = parse(text, undefined, true).actions;
      assert.ok(action?.kind === 'invalid', text);
      assert.match(action.reason, /cut off before src\/hello\.py was complete/);
    }
    assert.equal(fileOf(`\`\`\`python\n${source}`), source, 'a fence that was only forgotten');
  });

  it('is a Markdown file with the fences in it', () => {
    const markdown = '# Use\n\n```sh\nnpm test\n```\n\nDone.\n';
    assert.equal(fileOf(markdown, 'README.md'), markdown);
    assert.equal(fileOf(`Here:\n\`\`\`markdown\n${markdown}\`\`\`\nThat was it.`, 'README.md'), markdown);
  });

  const sources: [string, string][] = [
    ['a.py', 'x = 1\n'],
    ['a.py', "print('hi')\n"],
    ['a.py', 'from math import sqrt\n\n# The square root.\nroot = sqrt(2)\n'],
    ['a.ts', 'export const x = 1;\n'],
    ['a.ts', "import chalk from 'chalk'\n\nexport default chalk\n"],
    ['a.js', '/**\n * Says hello to everyone who is there.\n */\nexport function hello() {\n  return 1;\n}\n'],
    ['a.go', 'package main\n\nfunc main() {\n\tprintln("hi")\n}\n'],
    ['a.rs', 'pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n'],
    ['a.json', '{ "a": [1, 2] }\n'],
    ['a.yml', 'name: ci\non: push\njobs:\n  test:\n    runs-on: any\n'],
    ['a.toml', '[tool]\nname = "x"\n'],
    ['a.html', '<!doctype html>\n<p>Hello, this is a page.</p>\n'],
    ['a.css', 'body {\n  color: red;\n}\n'],
    ['a.sql', 'SELECT name FROM users\nWHERE id = 1;\n'],
  ];
  for (const [filePath, text] of sources) {
    it(`is the file ${filePath} when it is ${JSON.stringify(text)}`, () => assert.equal(fileOf(text, filePath), text));
  }

  const prose = [
    '',
    'OK',
    'Done.',
    'I cannot do this.',
    'sure, here is the code you asked for',
    'use this function instead of the other one',
    'The function hello() now returns "Hello" (see src/hello.py).',
    'Note: this cannot be done.\nReason: the file is not there.',
    "I'm sorry, but I need to see the file first; which one do you mean?",
    '1. Read the file\n2. Change the function\n3. Run the tests',
    '- added `hello`\n- removed `goodbye()`',
    '# I would rather not write this file.',
    `Here is the code:\n\n${source}`,
    `${source}\nThis code defines a function that says hello.`,
    'Here is what to run:\n```bash\nnpm test\n```',
  ];
  for (const text of prose) {
    it(`is not a file when it is ${JSON.stringify(text)}`, () => {
      for (const filePath of [
        'a.py',
        'a.ts',
        'a.go',
        'a.json',
        'a.yml',
        'a.toml',
        'a.txt',
        'a',
        'a.html',
        'Makefile',
      ]) {
        assert.equal(fileOf(text, filePath), undefined, filePath);
      }
    });
  }

  it('is the file for every source file of this project', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
    assert.ok(files.length > 30);
    for (const file of files) {
      const text = readFileSync(path.join('src', file), 'utf8');
      assert.equal(fileOf(text, file), text, file);
    }
  });
});
