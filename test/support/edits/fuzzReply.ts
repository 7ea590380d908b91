import assert from 'node:assert/strict';
import type { BlockRead } from '../../../src/agents/dialects/blockRead.ts';
import { EditStream } from '../../../src/agents/dialects/editStream.ts';
import { type ParsedEdits, parseEdits } from '../../../src/agents/dialects/parseEdits.ts';
import { scanReply } from '../../../src/agents/dialects/scanReply.ts';
import { pathsOf } from '../../../src/agents/protocol/agentAction.ts';
import { MemoryBlobStore } from '../../../src/changes/memoryBlobStore.ts';
import { StagingOverlay } from '../../../src/changes/staging/stagingOverlay.ts';
import { decodeText } from '../../../src/changes/textFile.ts';
import { type FileEdit, fileEditSchema } from '../../../src/domain/schema/changes.ts';
import { normalizeWorkspacePath, workspacePathProblem } from '../../../src/domain/workspacePath.ts';
import { MemoryWorkspace } from '../memoryWorkspace.ts';
import type { SeededRandom } from '../seededRandom.ts';
import { FILE } from './randomReply.ts';

const DEFAULT_PATH = 'src/b.ts';

/**
 * What must hold of every reply: nothing is thrown; what is found is well formed; the stream, cut between any lines, finds the same;
 * the edits change what they name and nothing else, or, when they are refused, nothing at all.
 */
export async function checkReply(text: string, random: SeededRandom): Promise<void> {
  const options = random.chance(0.5) ? { defaultPath: DEFAULT_PATH } : {};
  const parsed = parseEdits(text, options);
  checkForm(text, parsed);
  checkStream(text, parsed, options, random);
  await checkStaging(parsed.edits);
}

function checkForm(text: string, parsed: ParsedEdits): void {
  let end = 0;
  for (const range of parsed.ranges) {
    assert.ok(range.start >= end && range.end > range.start && range.end <= text.length, 'ranges are in order');
    end = range.end;
  }
  for (const edit of parsed.edits) {
    fileEditSchema.parse(edit);
    assert.notEqual(edit.path, '');
  }
  for (const problem of parsed.problems) assert.match(problem.reason, /\.$/);
  assert.equal(parsed.edits.length + parsed.problems.length > 0, parsed.ranges.length > 0);
}

function checkStream(
  text: string,
  parsed: ParsedEdits,
  options: { readonly defaultPath?: string },
  random: SeededRandom,
): void {
  const stream = new EditStream(options.defaultPath);
  const lines = text.split('\n').map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const reads: BlockRead[] = [];
  // The last line has no end, so that more of it could come.
  for (let at = 0; at < lines.length - 1; ) {
    const end = Math.min(lines.length - 1, at + 1 + random.below(5));
    reads.push(...stream.push(lines.slice(at, end)).map(block => block.read));
    at = end;
  }
  // What comes last may turn an earlier block into a problem; where there is none, the stream has seen the same blocks.
  if (parsed.problems.length > 0) return;
  const state = { at: 0, fence: undefined, path: options.defaultPath ?? '' };
  const whole = editsOf(scanReply({ lines, isComplete: true }, state).blocks.map(block => block.read));
  const finished = editsOf(reads);
  assert.deepEqual(finished, whole.slice(0, finished.length));
  assert.ok(!reads.some(read => read.kind === 'problem'), 'the stream takes no sound block for a broken one');
  const named = new Set(pathsOf(parsed));
  for (const read of reads)
    if (read.kind === 'open')
      assert.ok(
        read.paths.every(name => named.has(name)),
        'a file that is begun is edited',
      );
}

function editsOf(reads: readonly BlockRead[]): (readonly FileEdit[])[] {
  return reads.flatMap(read => (read.kind === 'edits' ? [read.edits] : []));
}

async function checkStaging(edits: readonly FileEdit[]): Promise<void> {
  const text = `${FILE.join('\n')}\n`;
  const workspace = new MemoryWorkspace({ 'src/a.ts': text, 'src/b.ts': 'a line\n', 'src/c.md': text });
  const staged = new StagingOverlay({ workspace, blobs: new MemoryBlobStore() });
  const view = await staged.viewFor('item', []);
  const result = await view.apply(edits);
  const tree = await staged.treeFor('item');
  if (!result.ok) {
    assert.ok(result.problems.every(problem => problem.reason !== ''));
    assert.equal(tree.size, 0, 'edits that are refused change nothing');
    return;
  }
  const named = new Set(
    edits.flatMap(edit => (edit.type === 'move' ? [edit.path, edit.to] : [edit.path])).map(normalizeWorkspacePath),
  );
  for (const [path, file] of tree) {
    assert.ok(named.has(path), `${path} is changed and was not named`);
    assert.equal(workspacePathProblem(path), undefined);
    assert.ok(!file || decodeText(file.content), 'what is written is text');
  }
}
