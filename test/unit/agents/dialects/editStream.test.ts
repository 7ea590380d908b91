import assert from 'node:assert/strict';
import { EditStream } from '../../../../src/agents/dialects/editStream.ts';
import { collectEdits, parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import type { ScannedBlock } from '../../../../src/agents/dialects/scanReply.ts';
import { pathsOf } from '../../../../src/agents/protocol/agentAction.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const reply = [
  'I will change five files.\n\nsrc/a.ts\n```ts\n',
  'const a = 1;\n'.repeat(30),
  '```\n\nNext:\n\n`src/b.ts`\n```ts\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n\n',
  '<<<<<<< SEARCH\nold 2\n=======\nnew 2\n>>>>>>> REPLACE\n```\n\n',
  '```diff\n--- a/src/c.ts\n+++ b/src/c.ts\n@@ -1,2 +1,2 @@\n-x\n+y\n z\n```\n\n',
  '*** Begin Patch\n*** Delete File: src/d.ts\n*** Add File: src/e.ts\n+x\n*** End Patch\n\nThat is all of it.\n',
]
  .join('')
  .split('\n');

function say({ read }: ScannedBlock): string {
  if (read.kind === 'open') return `open ${read.paths.join(' ')}`;
  return read.kind === 'edits' ? `edits ${pathsOf({ edits: read.edits, problems: [] }).join(' ')}` : read.reason;
}

describe('EditStream', () => {
  it('says when a block begins, what it names and when it is complete, before the reply is', () => {
    const stream = new EditStream();
    const seen = reply.flatMap(line => stream.push([line]).map(say));
    assert.deepEqual(
      seen.filter((text, index) => text !== seen[index - 1]),
      [
        'open src/a.ts',
        'edits src/a.ts',
        'edits src/b.ts',
        'open src/b.ts',
        'edits src/b.ts',
        'edits src/c.ts',
        'open ',
        'open src/d.ts',
        'open src/d.ts src/e.ts',
        'edits src/d.ts src/e.ts',
      ],
    );
  });

  it('finds what the whole reply holds, however many lines come at a time', () => {
    const whole = parseEdits(reply.join('\n'));
    assert.equal(whole.edits.length, 5);
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const stream = new EditStream();
      const blocks: ScannedBlock[] = [];
      for (let at = 0; at < reply.length; ) {
        const count = 1 + random.below(random.pick([3, 20, 80]));
        blocks.push(...stream.push(reply.slice(at, at + count)).filter(block => block.read.kind !== 'open'));
        at += count;
      }
      assert.deepEqual(collectEdits(blocks), { edits: whole.edits, problems: [] }, `seed ${seed}`);
    }
  });

  it('says what is wrong with a block as soon as that is certain', () => {
    const lines = '<<<<<<< SEARCH\nx\n=======\ny\n=======\nz\n>>>>>>> REPLACE'.split('\n');
    const [block] = new EditStream('a.ts').push(lines);
    assert.equal(block?.read.kind, 'problem');
  });

  it('goes through a long block a few times and not for every line', () => {
    const stream = new EditStream();
    stream.push(['a.md', '````']);
    const lines = 20_000;
    const scans = Array.from({ length: lines }, () => stream.push(['```'])).filter(blocks => blocks.length > 0);
    assert.ok(scans.length > 0 && scans.length < 200, `${scans.length} scans of ${lines} lines`);
  });
});
