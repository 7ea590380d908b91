import assert from 'node:assert/strict';
import { EditStream } from '../../../../src/agents/dialects/editStream.ts';
import { parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const reply = [
  'I will change four files.\n\nsrc/a.ts\n```ts\n',
  'const a = 1;\n'.repeat(30),
  '```\n\nNext:\n\n`src/b.ts`\n```ts\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n\n',
  '<<<<<<< SEARCH\nold 2\n=======\nnew 2\n>>>>>>> REPLACE\n```\n\n',
  '```diff\n--- a/src/c.ts\n+++ b/src/c.ts\n@@ -1,2 +1,2 @@\n-x\n+y\n z\n```\n\n',
  '*** Begin Patch\n*** Delete File: src/d.ts\n*** End Patch\n\nThat is all of it.\n',
].join('');

describe('EditStream', () => {
  it('says when a block begins and when it is complete, before the reply is', () => {
    const stream = new EditStream();
    const seen: string[] = [];
    for (const line of reply.split(/(?<=\n)/))
      for (const event of stream.push(line)) seen.push(`${event.type} ${event.dialect} ${event.path}`);
    assert.deepEqual(seen, [
      'block.started wholeFile src/a.ts',
      'block.finished wholeFile src/a.ts',
      'block.started searchReplace src/b.ts',
      'block.finished searchReplace src/b.ts',
      'block.started searchReplace src/b.ts',
      'block.finished searchReplace src/b.ts',
      'block.started unifiedDiff src/c.ts',
      'block.finished unifiedDiff src/c.ts',
      'block.started beginPatch ',
      'block.finished beginPatch src/d.ts',
    ]);
  });

  it('ends with what the whole reply holds, however it was cut into pieces', () => {
    const whole = parseEdits(reply);
    assert.equal(whole.edits.length, 4);
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const stream = new EditStream();
      const finished: unknown[] = [];
      for (let at = 0; at < reply.length; ) {
        const length = 1 + random.below(random.pick([3, 20, 400]));
        for (const event of stream.push(reply.slice(at, at + length)))
          if (event.type === 'block.finished') finished.push(...event.edits);
        at += length;
      }
      assert.deepEqual(stream.finish(), whole, `seed ${seed}`);
      assert.equal(finished.length, 5, `seed ${seed}`);
    }
  });

  it('says what is wrong with a block as soon as that is certain', () => {
    const stream = new EditStream({ defaultPath: 'a.ts' });
    const events = stream.push('<<<<<<< SEARCH\nx\n=======\ny\n=======\nz\n>>>>>>> REPLACE\nmore\n');
    assert.equal(events.at(-1)?.type, 'block.failed');
    assert.deepEqual(stream.finish().edits, []);
  });

  it('keeps up with a long block of nothing but markers', () => {
    const stream = new EditStream();
    stream.push('a.md\n````\n');
    // Going through all of it again for every line would take longer than a test may.
    for (let line = 0; line < 20_000; line++) stream.push('```\n');
    assert.equal(stream.push('````\n').at(-1)?.type ?? 'none', 'none');
    assert.equal(stream.finish().edits.length, 1);
  });
});
