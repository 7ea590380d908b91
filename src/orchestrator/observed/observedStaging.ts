import { z } from 'zod';
import type { RepeatableView, SearchOptions, SearchResult, StagedFiles } from '../../changes/stagedFiles.ts';
import type { Observer } from './observer.ts';

const searchSchema = z.strictObject({
  matches: z.array(z.strictObject({ path: z.string(), line: z.number(), text: z.string() })),
  isTruncated: z.boolean(),
});

/**
 * The staging overlay, with what searches found kept in the journal: not the files that they went through, which can be
 * all there are. What one item does that others can see waits for the item's turn.
 */
export function observedStaging(staged: StagedFiles, observer: Observer): StagedFiles {
  return {
    viewFor: async (itemId, dependencyIds) => {
      await observer.turnOf(itemId);
      return observedView(await staged.viewFor(itemId, dependencyIds), observer);
    },
    commit: async itemId => {
      await observer.turnOf(itemId);
      return staged.commit(itemId);
    },
    discard: itemId => staged.discard(itemId),
    uncommittedItemIds: () => staged.uncommittedItemIds(),
    changes: () => staged.changes(),
    treeFor: itemId => staged.treeFor(itemId),
    restore: layers => staged.restore(layers),
  };
}

function observedView(view: RepeatableView, observer: Observer): RepeatableView {
  const search = async (pattern: string | RegExp, options: SearchOptions = {}): Promise<SearchResult> => {
    const { directory = '', limit } = options;
    const subject = [view.itemId, String(pattern), directory, String(limit ?? '')];
    return observer.observe({ what: 'search', subject, schema: searchSchema }, async () => {
      const { matches, isTruncated } = await view.search(pattern, options);
      return { matches: [...matches], isTruncated };
    });
  };
  return {
    itemId: view.itemId,
    read: path => view.read(path),
    readText: path => view.readText(path),
    list: directory => view.list(directory),
    search,
    apply: edits => view.apply(edits),
    writeProtection: path => view.writeProtection(path),
    get reads() {
      return view.reads;
    },
    changes: () => view.changes(),
    layer: () => view.layer(),
    looks: () => view.looks(),
    lookAtTree: options => view.lookAtTree(options),
    stillSees: (looks, options) => view.stillSees(looks, options),
    adopt: layer => view.adopt(layer),
  };
}
