import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AgentOutcome } from '../agents/agent.ts';
import type { RepeatableView, TreeOverlay } from '../changes/stagedFiles.ts';
import { itemLayerSchema } from '../domain/schema/changes.ts';
import { type ItemId, type RunId, runIdSchema } from '../domain/schema/ids.ts';
import type { ModelMessage } from '../domain/schema/model.ts';
import { treeLookSchema } from '../domain/schema/reuse.ts';
import type { MemoStore } from '../journal/journal.ts';
import type { Observer } from './observed/observer.ts';
import { memoSchema } from './storedMemo.ts';
import { treeHash } from './treeHash.ts';

/** Changed when what is kept under a key, or what goes into it, means something else than before. */
const version = 1;
/** Results kept under one key: of one question to the agent, asked of trees that differ in what it looked at. */
const mostResults = 4;

const resultSchema = z.strictObject({
  sourceRunId: runIdSchema,
  summary: z.string(),
  layer: itemLayerSchema,
  looks: z.array(treeLookSchema),
});
type ItemResult = z.infer<typeof resultSchema>;
const resultsSchema = memoSchema(z.array(resultSchema));

/** Where results are kept. */
export interface ResultStore {
  readonly memos: MemoStore;
  /** Answers of models that are dropped together with the results that they led to. */
  readonly answers: { forget(itemIds: readonly string[]): void };
}

export interface ItemReuseOptions {
  readonly runId: RunId;
  /** Which result is found is a look at the world like others. */
  readonly observer: Observer;
  /** Without it nothing is kept, as in a replay, where the observer tells what was found. */
  readonly store?: ResultStore;
  /** What else decides how an item ends: the model's settings and server, the agents' limits, the version of Trellis. */
  readonly settings: unknown;
}

/** An item as an agent is about to begin it. */
export interface ItemStart {
  readonly itemId: ItemId;
  /** What the model is told first: prompt, item, request, project, reports of the dependencies, feedback. */
  readonly opening: readonly ModelMessage[];
  /** What lies over the workspace: the results of its dependencies, and its own earlier edits. */
  readonly overlay: TreeOverlay;
  readonly view: RepeatableView;
}

/** Told what an item's work depends on beside the files that it looks at. */
export interface WorkWitness {
  /** Something is about to be run on the item's whole tree. */
  runsOnTree(): Promise<void>;
  /** What came back is not a matter of the inputs alone: an answer of the human's, a limit of time, a missing sandbox. */
  cannotRepeat(): void;
}

export interface ItemConclusion {
  readonly outcome: AgentOutcome;
  /** Set when the result was taken over: the key it was found under, and the run that it is from. */
  readonly reused?: { readonly key: string; readonly sourceRunId: RunId };
  /** Keeps the result for later runs, once it is part of this one. */
  readonly keep: () => void;
}

/**
 * Results of items, for later runs: taken over without a model when the item's start is the same and everything that its
 * agent looked at would look the same again. One run takes or keeps a result under one key once: whoever begins in the
 * same way again was not helped by it.
 */
export class ItemReuse {
  readonly #options: ItemReuseOptions;
  readonly #keys = new Map<string, ItemId>();

  constructor(options: ItemReuseOptions) {
    this.#options = options;
  }

  /** Takes the result over, staged in the view, or has it worked out. */
  async conclude(
    start: ItemStart,
    work: (witness: WorkWitness) => Promise<AgentOutcome>,
    options: { readonly signal: AbortSignal },
  ): Promise<ItemConclusion> {
    const key = this.#keyOf(start);
    const known = this.#keys.has(key) ? undefined : await this.#find(key, start, options);
    this.#keys.set(key, start.itemId);
    if (known && (await start.view.adopt(known.layer))) {
      const { summary, sourceRunId } = known;
      return { outcome: { kind: 'done', summary }, reused: { key, sourceRunId }, keep: () => undefined };
    }
    return this.#work(key, start, work, options);
  }

  /** Drops what this run kept or took over of the items: it did not stand the test. */
  forget(itemIds: readonly ItemId[]): void {
    const { store } = this.#options;
    if (!store) return;
    for (const [key, itemId] of this.#keys) if (itemIds.includes(itemId)) store.memos.put(memoKey(key), '[]');
    store.answers.forget(itemIds);
  }

  async #work(
    key: string,
    { view }: ItemStart,
    work: (witness: WorkWitness) => Promise<AgentOutcome>,
    options: { readonly signal: AbortSignal },
  ): Promise<ItemConclusion> {
    const { store, runId } = this.#options;
    if (!store) return { outcome: await work(unwatched), keep: () => undefined };
    const seen = { isRepeatable: true, usesTree: false };
    const outcome = await work({
      runsOnTree: () => {
        seen.usesTree = true;
        return view.lookAtTree(options);
      },
      cannotRepeat: () => {
        seen.isRepeatable = false;
      },
    });
    if (outcome.kind === 'failed' || !seen.isRepeatable) return { outcome, keep: () => undefined };
    // Seen again at the end: what ran in between ran on this tree and no other.
    if (seen.usesTree) await view.lookAtTree(options);
    const looks = view.looks();
    if (looks === undefined) return { outcome, keep: () => undefined };
    const { summary } = outcome;
    const layer = view.layer();
    const keep = () => keepResult(store.memos, key, { sourceRunId: runId, summary, layer, looks: [...looks] });
    return { outcome, keep };
  }

  /** The newest result whose looks would all show the same now. */
  async #find(
    key: string,
    { itemId, view }: ItemStart,
    options: { readonly signal: AbortSignal },
  ): Promise<ItemResult | undefined> {
    const { observer, store } = this.#options;
    const look = { what: 'reuse', subject: [itemId], schema: resultSchema.nullable() } as const;
    const found = await observer.observe(look, async () => {
      for (const result of store ? resultsOf(store.memos, key) : []) {
        if (await view.stillSees(result.looks, options)) return result;
      }
      return null;
    });
    return found ?? undefined;
  }

  #keyOf({ itemId, opening, overlay, view }: ItemStart): string {
    const own = view.layer().entries.map(({ path, start, result }) => [path, start, result]);
    const messages = opening.map(({ role, content }) => [role, content]);
    const parts = [version, this.#options.settings, itemId, messages, treeHash(overlay), own];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }
}

/** What is told of work whose result is not kept. */
export const unwatched: WorkWitness = { runsOnTree: () => Promise.resolve(), cannotRepeat: () => undefined };

function resultsOf(memos: MemoStore, key: string): readonly ItemResult[] {
  return resultsSchema.safeParse(memos.get(memoKey(key))).data ?? [];
}

function keepResult(memos: MemoStore, key: string, result: ItemResult): void {
  memos.put(memoKey(key), JSON.stringify([result, ...resultsOf(memos, key)].slice(0, mostResults)));
}

function memoKey(key: string): string {
  return `item/${key}`;
}
