import { fileVersion } from '../../changes/memoryBlobStore.ts';
import { mergeVersions } from '../../changes/merge/mergeVersions.ts';
import { decodeText, encodeText, splitLines } from '../../changes/textFile.ts';
import type { JournaledRun } from '../journaledRun.ts';
import { editConflictLabels } from './reviewFile.ts';

/**
 * Brings what the human wrote in the staged text over to a new result of the agents: merged three ways, with both
 * versions between markers where the two changed the same lines. What cannot be merged at all is left to the new result.
 */
export function carryEdits(run: JournaledRun): void {
  const { staged, review } = run.state;
  for (const { path, afterHash, isBinary } of staged?.changes ?? []) {
    const edit = review.files[path]?.edit;
    const rebase = review.files[path]?.rebase;
    const isRebased = rebase?.stagedHash === (afterHash ?? null);
    if (!edit || afterHash === undefined || isBinary || isRebased || edit.onHash === afterHash) continue;
    const load = (hash: string) => {
      const content = run.contents.get(hash);
      return content && fileVersion(content, false);
    };
    const [base, ours, theirs] = [load(edit.onHash), load(afterHash), load(edit.afterHash)];
    if (!base || !ours || !theirs) continue;
    const merge = mergeVersions({ base, ours, theirs }, editConflictLabels);
    const like = decodeText(ours.content);
    const marked = !merge.ok && like && encodeText({ ...like, ...splitLines(merge.markedText ?? '') });
    const content = merge.ok ? merge.version?.content : marked || undefined;
    if (content) run.append({ type: 'review.edited', path, onHash: afterHash, afterHash: run.contents.put(content) });
  }
}
