import assert from 'node:assert/strict';
import { tellOfEdits } from '../../../src/agents/arrivingEdits.ts';
import { parseEdits } from '../../../src/agents/dialects/parseEdits.ts';
import { pathsOf } from '../../../src/agents/protocol/agentAction.ts';
import { parseReply } from '../../../src/agents/protocol/parseReply.ts';
import { corruptEdit, corruptionNames } from '../../support/edits/corruptEdit.ts';
import { renderEdit, renderedDialects, writeEdit } from '../../support/edits/renderEdit.ts';
import { editSources, pickPair } from '../../support/edits/tallyEdits.ts';
import { SeededRandom } from '../../support/seededRandom.ts';

const target = { path: 'src/target.ts', language: 'typescript' };
const prose = 'That is what I changed, and why.\n'.repeat(12);

/** What is told of the reply while it arrives in pieces of any size. */
function toldOf(reply: string, random: SeededRandom) {
  const begun: string[] = [];
  const unusable: string[] = [];
  const { onText } = tellOfEdits(target.path, {
    editBegun: path => void begun.push(path),
    editUnusable: reason => void unusable.push(reason),
  });
  for (let at = 0; at < reply.length; ) {
    const size = 1 + random.below(random.pick([4, 60, 2_000]));
    onText(reply.slice(at, at + size));
    at += size;
  }
  return { begun, unusable };
}

/** What is carried out of the reply once it is whole. */
function editOf(reply: string) {
  const { actions } = parseReply(reply, { target, readEdits: parseEdits, isCut: false });
  return actions.find(action => action.kind === 'edit');
}

describe('what is told of edits while they arrive, and what is done with them at last', () => {
  const sources = editSources();

  it('are the same files in the same order, in every mixture of dialects', () => {
    let refused = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed);
      const blocks = Array.from({ length: 1 + random.below(4) }, () =>
        renderEdit(writeEdit(pickPair(sources, random), random.pick(renderedDialects))),
      );
      const written = [prose, ...blocks, prose].join('\n');
      // A reply is looked at again when it has grown by a part of its length, so that one that just ended has to go on.
      const reply = written + 'That is all.\n'.repeat(written.split('\n').length / 8);
      const edit = editOf(reply);
      assert.ok(edit, `seed ${seed}`);
      // The sources are this repository's history, of which a file may hold the very rows that edits are made of.
      if (edit.problems.length > 0) refused++;
      else assert.deepEqual(toldOf(reply, random), { begun: pathsOf(edit), unusable: [] }, `seed ${seed}`);
    }
    assert.ok(refused <= 6, `${refused} of 300 replies are refused`);
  });

  it('agree on damaged edits too: what is called unusable is refused, and a file that is begun is edited or refused', () => {
    let unusableReplies = 0;
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = new SeededRandom(seed);
      const pair = pickPair(sources, random);
      const written = writeEdit(pair, random.pick(renderedDialects));
      const damaged = corruptEdit(random.pick(corruptionNames), written, random, pair.before)?.text ?? '';
      const reply = `${damaged}\n${prose}`;
      const { begun, unusable } = toldOf(reply, random);
      unusableReplies += unusable.length;
      const edit = editOf(reply);
      if (edit !== undefined && edit.problems.length > 0) continue;
      const edited = edit === undefined ? [] : pathsOf(edit);
      assert.deepEqual([unusable, begun.filter(path => !edited.includes(path))], [[], []], `seed ${seed}`);
    }
    assert.ok(unusableReplies >= 20, `${unusableReplies} replies are called unusable`);
  });
});
