import assert from 'node:assert/strict';
import { applyEdits } from '../../../../src/changes/edits/applyEdits.ts';
import type { FindMasked } from '../../../../src/changes/edits/maskedText.ts';
import { fileVersion } from '../../../../src/changes/memoryBlobStore.ts';
import type { FileEdit } from '../../../../src/domain/schema/changes.ts';

/** Masks `secret-…` and everything between BEGIN and END. */
const findMasked: FindMasked = async text =>
  [...text.matchAll(/secret-\w+|(?<=BEGIN)[\s\S]*?(?=END)/g)].map(({ 0: match, index }) => ({
    kind: match.startsWith('secret') ? 'npm-token' : 'private-key',
    start: index,
    end: index + match.length,
  }));

async function edit(before: string | undefined, ...edits: readonly FileEdit[]): Promise<string> {
  const version = before === undefined ? undefined : fileVersion(Buffer.from(before), false);
  const result = await applyEdits(edits, async path => ({ ok: true, path, version }), findMasked);
  if (!result.ok) return result.problems.map(({ kind, reason }) => `${kind}: ${reason}`).join('\n');
  const [file] = result.files;
  return file?.after === undefined ? 'unchanged' : Buffer.from(file.after.content).toString('utf8');
}

const replace = (search: string, text: string): FileEdit => ({
  type: 'replaceBlocks',
  path: 'a.js',
  blocks: [{ search, replace: text }],
});
const write = (content: string): FileEdit => ({ type: 'writeFile', path: 'a.js', content, mustBeNew: false });
const token = '[masked: npm-token]';

describe('an edit with placeholders for secrets', () => {
  it('finds the line that has the secret, and writes the secret back', async () => {
    const before = 'const a = 1;\nconst key = "secret-one";\r\nuse(key);\n';
    assert.equal(
      await edit(before, replace(`const key = "${token}";\nuse(key);`, `const token = "${token}";\nuse(token);`)),
      'const a = 1;\nconst token = "secret-one";\r\nuse(token);\n',
    );
  });

  it('writes a whole file again with the secret in it', async () => {
    assert.equal(await edit('key=secret-one\n', write(`// new\nkey=${token}\n`)), '// new\nkey=secret-one\n');
  });

  it('removes the line of a secret', async () => {
    assert.equal(await edit('a\nkey=secret-one\nb\n', replace(`key=${token}`, 'key=env.KEY')), 'a\nkey=env.KEY\nb\n');
  });

  it('keeps several secrets of one kind apart by the lines that have them', async () => {
    const before = 'one=secret-one\ntwo=secret-two\nthree=3\n';
    const masked = `one=${token}\ntwo=${token}\n`;
    assert.equal(await edit(before, write(`${masked}three=4\n`)), 'one=secret-one\ntwo=secret-two\nthree=4\n');
    assert.equal(
      await edit(before, replace(`two=${token}`, `second=${token}`)),
      'one=secret-one\nsecond=secret-two\nthree=3\n',
    );
  });

  it('is refused where it cannot be told which secret is meant', async () => {
    const before = 'one=secret-one\ntwo=secret-two\n';
    const problem = await edit(before, write(`first=${token}\nsecond=${token}\n`));
    assert.match(problem, /^masked: a\.js: "\[masked: npm-token\]" stands for several secrets in it/);
  });

  it('is refused where the file has no such secret: a placeholder is never written', async () => {
    for (const problem of [
      await edit(undefined, write(`key=${token}\n`)),
      await edit('a\n', replace('a', `key=${token}`)),
      await edit('a=secret-one\n', write('a=[masked: private-key]\n')),
    ]) {
      assert.match(problem, /^masked: a\.js: "\[masked: [a-z-]+\]" stands for a secret that is not shown to you/);
    }
  });

  it('restores a secret of several lines, with the line ends of the file', async () => {
    const before = 'BEGIN\r\nabc\r\ndef\r\nEND\r\nx\r\n';
    assert.equal(
      await edit(before, replace('BEGIN[masked: private-key]END\nx', 'BEGIN[masked: private-key]END\ny')),
      'BEGIN\r\nabc\r\ndef\r\nEND\r\ny\r\n',
    );
  });

  it('leaves placeholders that are in the file itself as they are', async () => {
    const before = `the mask is ${token}\nkey=secret-one\n`;
    assert.equal(
      await edit(before, replace(`the mask is ${token}`, `the mask is now ${token}`)),
      `the mask is now ${token}\nkey=secret-one\n`,
    );
  });

  it('says what is wrong in the words of the author, and shows no secret', async () => {
    const result = await applyEdits(
      [replace(`key="${token}"; // other`, 'x')],
      async path => ({ ok: true, path, version: fileVersion(Buffer.from('key="secret-one";\n'), false) }),
      findMasked,
    );
    assert.ok(!result.ok);
    assert.ok(!JSON.stringify(result.problems).includes('secret-one'), JSON.stringify(result.problems));
  });
});
