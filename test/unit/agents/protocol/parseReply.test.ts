import assert from 'node:assert/strict';
import { parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import type { AgentAction } from '../../../../src/agents/protocol/agentAction.ts';
import { maximumReplyLength, parseReply } from '../../../../src/agents/protocol/parseReply.ts';

const target = { path: 'src/hello.py', language: 'python' };

/** As the reply of an agent that writes nothing. */
function parse(text: string, isCut = false) {
  return parseReply(text, { target, isCut });
}

function actions(text: string): readonly AgentAction[] {
  return parse(text).actions;
}

describe('parseReply: blocks', () => {
  it('reads prose and every kind of block, in their order', () => {
    const reply = parse(`I look first.

<read path="src/a.ts" lines="1-80"/>
<list path="src"/>
<search pattern="greet(" path="src/lib"/>
<run>npm test</run>
<ask options="yes|no">Shall it greet everyone?</ask>
<done>Looked around.</done>

That is all.`);
    assert.equal(reply.prose, 'I look first.\n\nThat is all.');
    assert.deepEqual(reply.actions, [
      { kind: 'read', path: 'src/a.ts', lines: { start: 1, end: 80 } },
      { kind: 'list', path: 'src' },
      { kind: 'search', pattern: 'greet(', path: 'src/lib' },
      { kind: 'run', command: 'npm test' },
      { kind: 'ask', question: 'Shall it greet everyone?', options: ['yes', 'no'] },
      { kind: 'done', summary: 'Looked around.' },
    ]);
  });

  const variants: [string, AgentAction][] = [
    [`<read path='a b.ts'/>`, { kind: 'read', path: 'a b.ts' }],
    ['<read path=a.ts />', { kind: 'read', path: 'a.ts' }],
    ['<read path=a.ts>', { kind: 'read', path: 'a.ts' }],
    ['<READ Path = "a.ts" />', { kind: 'read', path: 'a.ts' }],
    ['<read path="a.ts"></read>', { kind: 'read', path: 'a.ts' }],
    ['<read path="a.ts">\n</read>', { kind: 'read', path: 'a.ts' }],
    ['<read>./src//a.ts</read>', { kind: 'read', path: 'src/a.ts' }],
    ['<read path=“a.ts”/>', { kind: 'read', path: 'a.ts' }],
    ['<read\n  path="a.ts"\n  lines="L3-L9"\n/>', { kind: 'read', path: 'a.ts', lines: { start: 3, end: 9 } }],
    ['<read path="a.ts" lines="7"/>', { kind: 'read', path: 'a.ts', lines: { start: 7, end: 7 } }],
    ['<read path="a.ts" lines="7-"/>', { kind: 'read', path: 'a.ts', lines: { start: 7 } }],
    ['<read path="a&amp;b.ts"/>', { kind: 'read', path: 'a&b.ts' }],
    ['- <read path="a.ts"/>', { kind: 'read', path: 'a.ts' }],
    ['Let me see <read path="a.ts"/> first.', { kind: 'read', path: 'a.ts' }],
    ['<list/>', { kind: 'list', path: '' }],
    ['<list path="."/>', { kind: 'list', path: '' }],
    ['<search pattern="a &lt; &quot;b&quot; &#x26; &#39;c&#39;"/>', { kind: 'search', pattern: `a < "b" & 'c'` }],
    ['<search pattern="x > y"/>', { kind: 'search', pattern: 'x > y' }],
    ['<search path="src">class A</search>', { kind: 'search', pattern: 'class A', path: 'src' }],
    ['<run command="npm test"/>', { kind: 'run', command: 'npm test' }],
    ['<run>\n```bash\nnpm test\n```\n</run>', { kind: 'run', command: 'npm test' }],
    ['<run>`npm test`</run>', { kind: 'run', command: 'npm test' }],
    ['<run>a &amp;&amp; b</run>', { kind: 'run', command: 'a && b' }],
    ['<run>a && echo "&amp;"</run>', { kind: 'run', command: 'a && echo "&amp;"' }],
    ['<run>cat < a > b</run>', { kind: 'run', command: 'cat < a > b' }],
    ['<ask>Which?</ask>', { kind: 'ask', question: 'Which?', options: [] }],
    ['<ask question="Which?" options=" a | b |"/>', { kind: 'ask', question: 'Which?', options: ['a', 'b'] }],
    ['<done/>', { kind: 'done', summary: '' }],
    ['<done>All\nof it.</done >', { kind: 'done', summary: 'All\nof it.' }],
    ['<done>All of it.', { kind: 'done', summary: 'All of it.' }],
    [
      '<done>I used <read path="a.ts"/> for it.</done>',
      { kind: 'done', summary: 'I used <read path="a.ts"/> for it.' },
    ],
  ];
  for (const [text, action] of variants) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(actions(text), [action]));
  }

  it('ends an unclosed <done> where the next block starts', () => {
    assert.deepEqual(actions('<done>Done.\n<run>npm test</run>'), [
      { kind: 'done', summary: 'Done.' },
      { kind: 'run', command: 'npm test' },
    ]);
  });

  const broken: [string, RegExp][] = [
    ['<read/>', /`<read>` has no `path`/],
    ['<read>', /does not say what to read/],
    ['<read path="a.ts" lines="the top"/>', /"the top"` is not a range/],
    ['<read path="a.ts" lines="9-3"/>', /is not a range/],
    ['<read path="a.ts', /is not a complete tag/],
    ['<search path="src"/>', /has no `pattern`/],
    ['<run></run>', /has no command/],
    ['<run>npm test', /no `<\/run>`/],
    ['<ask options="a|b"> </ask>', /has no question/],
    ['<ask>Which', /no `<\/ask>`/],
  ];
  for (const [text, reason] of broken) {
    it(`says why ${JSON.stringify(text)} cannot be carried out`, () => {
      const [action, ...rest] = actions(text);
      assert.equal(action?.kind, 'invalid');
      assert.match(action.reason, reason);
      assert.deepEqual(rest, []);
    });
  }

  it('takes what only looks like a block within a sentence as prose', () => {
    const text = 'I will use <read> and finish with <done> when a <run of tests passes.';
    assert.deepEqual(parse(text), { text, prose: text, actions: [] });
  });

  it('does not carry out blocks inside code, and says so when there was nothing else', () => {
    const quoted = 'Like this:\n```xml\n<run>rm -rf src</run>\n```\nor `<done>x</done>`.';
    const [action, ...rest] = actions(quoted);
    assert.equal(action?.kind, 'invalid');
    assert.match(action.reason, /stand inside code/);
    assert.deepEqual(rest, []);
    assert.deepEqual(actions(`${quoted}\n<list/>`), [{ kind: 'list', path: '' }]);
  });

  it('leaves out what a model thinks before it answers', () => {
    const thinking = 'I could <run>rm -rf .</run> or\n```\n<list/>';
    for (const text of [
      `<think>\n${thinking}\n</think>\nHello <list/>`,
      'I could <run>a</run>\n</think>\n\nHello <list/>',
    ]) {
      assert.deepEqual(parse(text).actions, [{ kind: 'list', path: '' }]);
      assert.equal(parse(text).prose, 'Hello');
    }
    assert.deepEqual(parse(`<think>${thinking}`, true), { text: '', prose: '', actions: [] });
  });

  it('takes no edit of a reply that was cut off, wherever it was cut', () => {
    const block = 'src/hello.py\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n';
    const problemsOf = (text: string, isCut: boolean) => {
      const [action] = parseReply(text, { target, isCut, readEdits: parseEdits }).actions;
      assert.ok(action?.kind === 'edit');
      return action.problems.map(problem => problem.reason).join('\n');
    };
    assert.equal(problemsOf(`${block}\nThen for the`, false), '');
    for (const rest of ['', '\nThen for the', '\nsrc/hello.py\n<<<<', '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n'])
      assert.match(problemsOf(block + rest, true), /was cut off/);
  });

  it('refuses a reply that is too long unread, and carries out a bounded number of blocks', () => {
    const [tooLong] = actions('<list/>'.padEnd(maximumReplyLength + 1));
    assert.ok(tooLong?.kind === 'invalid' && tooLong.reason.includes('too long'));
    const many = actions('<list/>\n'.repeat(100));
    assert.equal(many.length, 31);
    assert.match(JSON.stringify(many.at(-1)), /more than 30 blocks; only the first/);
  });

  it('reads hostile replies of full length within the time of a test, which grows with the length alone', () => {
    const pieces = ['<run>', '<done>\n', '`x` <read ', '</run', '<read path="', '```\n', '~~~', '\n- <ask>', '<<<<<<<'];
    for (const piece of pieces) {
      const { actions: found } = parse(piece.repeat(maximumReplyLength / piece.length));
      assert.ok(found.length <= 31, piece);
    }
  });
});
