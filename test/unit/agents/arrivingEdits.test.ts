import assert from 'node:assert/strict';
import { tellOfEdits } from '../../../src/agents/arrivingEdits.ts';
import { maximumReplyLength } from '../../../src/agents/protocol/parseReply.ts';

const file = (path: string, content = 'const a = 1;\n'.repeat(10)) => `${path}\n\`\`\`ts\n${content}\`\`\`\n\n`;

/** Gives `pieces` to what listens to a reply; `restart` stands for a call that is made again. */
function toldOf(...pieces: readonly string[]): string[] {
  const told: string[] = [];
  const { onText, onRestart } = tellOfEdits('src/target.ts', {
    editBegun: (path, number) => void told.push(`${number} ${path}`),
    editUnusable: reason => void told.push(`unusable: ${reason}`),
  });
  for (const piece of pieces) {
    if (piece === restart) onRestart();
    else onText(piece);
  }
  return told;
}

const restart = '(restart)';
const inPieces = (text: string, size = 4) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

describe('tellOfEdits', () => {
  const reply = `I write three files.\n\n${file('src/a.ts')}${file('./src//b.ts')}${file('src/a.ts')}src/c.ts\n\`\`\`ts\n`;

  it('tells of each file once, when its first edit begins, however the reply is cut', () => {
    const begun = ['1 src/a.ts', '2 src/b.ts'];
    for (const pieces of [[reply], inPieces(reply), inPieces(reply, 50), inPieces(reply.replaceAll('\n', '\r\n'))])
      assert.deepEqual(toldOf(...pieces), begun);
    assert.deepEqual(toldOf(reply, 'const c = 1;\n'.repeat(10)), [...begun, '3 src/c.ts']);
  });

  it('tells of a block before it is whole', () => {
    assert.deepEqual(toldOf('src/a.ts\n<<<<<<< SEARCH\nold\n'), ['1 src/a.ts']);
    assert.deepEqual(toldOf('<<<<<<< SEARCH\nold\n'), ['1 src/target.ts']);
    assert.deepEqual(toldOf('*** Begin Patch\n*** Delete File: a.ts\n*** Add File: b.ts\n'), ['1 a.ts', '2 b.ts']);
    assert.deepEqual(toldOf('--- a/a.ts\n+++ b/a.ts\n@@ -1,9 +1,9 @@\n x\n'), ['1 a.ts']);
  });

  it('begins again when the call is made again', () => {
    assert.deepEqual(toldOf(file('src/a.ts'), restart, file('src/b.ts')), ['1 src/a.ts', '1 src/b.ts']);
  });

  for (const tag of ['think', 'Thinking', 'reasoning'])
    it(`tells of nothing in <${tag}>`, () => {
      const thinking = `\n<${tag}>\n${file('src/no.ts')}</${tag}>\n`;
      assert.deepEqual(toldOf(...inPieces(`${thinking}${file('src/a.ts')}`)), ['1 src/a.ts']);
      assert.deepEqual(toldOf(`<${tag}>${file('src/no.ts')}</${tag}>src/a.ts\n${file('')}`), ['1 src/a.ts']);
    });

  it('tells of nothing in prose, nor in code without a file', () => {
    assert.deepEqual(toldOf(`The file src/a.ts is fine.\n\n\`\`\`ts\n${'x\n'.repeat(20)}\`\`\`\n`.repeat(3)), []);
  });

  it('says why the edits will be refused as soon as that can be seen, and then nothing more', () => {
    const begun = (path: string) => `${path}\n\`\`\`ts\n${'x\n'.repeat(10)}`;
    for (const [path, reason] of [
      ['../../etc/passwd', 'leads out of the workspace'],
      ['/etc/passwd', 'is absolute; it must be relative to the workspace'],
      ['src/.git/config', 'is inside .git, which Trellis never touches'],
    ] as const)
      assert.deepEqual(toldOf(begun(path), file('src/b.ts')), [`1 ${path}`, `unusable: A path ${reason}: ${path}`]);
  });

  it('says what is wrong with a block that is broken', () => {
    const broken = 'src/a.ts\n<<<<<<< SEARCH\nx\n=======\ny\n=======\nz\n>>>>>>> REPLACE\n';
    const [begun, unusable, ...rest] = toldOf(...inPieces(broken), file('src/b.ts'));
    assert.deepEqual([begun, rest], ['1 src/a.ts', []]);
    assert.match(unusable ?? '', /^unusable: src\/a\.ts: the search\/replace block has several rows "======="/);
  });

  it('says that a reply is longer than what is read, thinking left out', () => {
    const long = 'A line of prose.\n'.repeat(maximumReplyLength / 16);
    assert.deepEqual(toldOf(`<think>\n${long}</think>\n`, file('src/a.ts')), ['1 src/a.ts']);
    assert.deepEqual(toldOf(long, file('src/a.ts')), [
      'unusable: The reply is longer than the 400000 characters that are read.',
    ]);
  });

  it('cuts what it tells of, and tells of fifty files at most', () => {
    const long = 'x'.repeat(100_000);
    for (const told of toldOf(`*** Begin Patch\n*** Add File: ../${long}\n`)) assert.ok(told.length < 300, told);
    const many = Array.from({ length: 1_000 }, (_, index) => file(`src/file${index}.ts`)).join('');
    assert.deepEqual(toldOf(...inPieces(many, 500)).at(-1), '50 src/file49.ts');
  });

  it('hands on that the journal cannot be written', () => {
    const full = () => {
      throw new Error('The disk is full.');
    };
    const { onText } = tellOfEdits('src/a.ts', { editBegun: full, editUnusable: full });
    assert.throws(() => onText(file('src/a.ts')), /The disk is full/);
  });
});
