import { z } from 'zod';
import { contentHashSchema, fileChangeSchema, itemLayerSchema, versionReferenceSchema } from './changes.ts';
import { changeCoverageSchema } from './coverage.ts';
import { itemIdSchema, runIdSchema } from './ids.ts';
import { jsonRepairSchema, modelRoleSchema, tokenUsageSchema } from './model.ts';
import { observationKindSchema, runSettingsSchema } from './observation.ts';
import { planSchema, questionSchema, workspacePathSchema } from './plan.ts';
import { evidenceSchema, qualityScoreSchema, violationSchema } from './quality.ts';
import { hunkDecisionSchema, hunkReferenceSchema, proofVerdictSchema, reviewCommentSchema } from './review.ts';
import { textFlagSchema } from './safety.ts';
import { taskSchema, workerStatusSchema, workOrderSchema } from './task.ts';
import { testReportSchema } from './testReport.ts';

const iteration = z.number().int().min(0);

export const runOutcomeSchema = z.enum([
  'planned',
  'applied',
  'staged',
  'refused',
  'qualityNotReached',
  'cancelled',
  'failed',
]);
/**
 * How a run ended: `planned` stopped after the plan as asked, `applied` changed the user's files, `staged` left its changes
 * for a review later, `refused` was turned down in review, `qualityNotReached` and `failed` ended by themselves.
 */
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const askerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('planner') }),
  /** Trellis itself, whether to go beyond a limit of spending. */
  z.strictObject({ kind: z.literal('budget') }),
  z.strictObject({ kind: z.literal('worker'), workerId: z.string(), itemId: itemIdSchema }),
]);

/** What an agent did, in the vocabulary of the reply protocol; `detail` is the path, pattern, command or question. */
export const agentActionSummarySchema = z.strictObject({
  kind: z.enum(['read', 'list', 'search', 'edit', 'run', 'ask', 'done', 'invalid']),
  detail: z.string(),
});
export type AgentActionSummary = z.infer<typeof agentActionSummarySchema>;

/** What the tests ran on: one item's view, the untouched workspace, the whole result, or the part of it that was kept. */
export const testScopeSchema = z.enum(['item', 'baseline', 'final', 'selection']);
export type TestScope = z.infer<typeof testScopeSchema>;

/** What a server said of its limits, as headers by name. */
const rateLimits = z.record(z.string(), z.string());

const type = <T extends string, S extends z.ZodRawShape>(name: T, shape: S) =>
  z.strictObject({ ...base, type: z.literal(name), ...shape });

const base = {
  runId: runIdSchema,
  /** 1 for a run's first event, then one more each. */
  seq: z.number().int().min(1),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Ties an event to the log lines and model calls of the same step. */
  correlationId: z.string(),
};

/** What holds for the work on a run, as it was configured when that began. */
const configured = {
  workers: z.number().int().min(1),
  threshold: z.number(),
  maxIterations: z.number().int(),
  models: z.record(z.string(), z.string()),
  trellisVersion: z.string(),
};

/** Everything that can happen in a run. State is `reduceRun` over these; there is no second truth. */
export const runEventSchema = z.discriminatedUnion('type', [
  type('run.started', {
    task: taskSchema,
    workspace: z.string(),
    ...configured,
    /** Absent in journals of before runs could be replayed. */
    settings: runSettingsSchema.optional(),
  }),
  /**
   * Somebody goes on with a run that nobody worked on any more, with what is configured now. What was in the hands of those
   * who are gone is in nobody's: it is done anew.
   */
  type('run.resumed', { ...configured, settings: runSettingsSchema }),
  /** The human, or whoever follows the run, wants it to end. */
  type('run.cancelRequested', {}),
  /** What was seen of the world, before anyone acted on it; only what is not what was seen there last. */
  type('world.observed', {
    what: observationKindSchema,
    subject: z.array(z.string()),
    /** Of the value as JSON, or of the error that was met instead. */
    valueHash: contentHashSchema,
  }),
  type('context.collected', { summary: z.string(), files: z.array(z.string()) }),
  type('plan.proposed', { plan: planSchema }),
  type('plan.rejected', { attempt: z.number().int(), problems: z.array(z.string()) }),
  type('plan.edited', { plan: planSchema }),
  type('plan.approved', { by: z.enum(['human', 'auto']) }),
  type('worker.registered', { workerId: z.string(), capabilities: z.array(z.string()) }),
  type('worker.changed', { workerId: z.string(), status: workerStatusSchema }),
  type('order.enqueued', { order: workOrderSchema }),
  type('order.claimed', {
    orderId: z.string(),
    workerId: z.string(),
    sessionId: z.string(),
    leaseExpiresAt: z.number(),
  }),
  type('order.waiting', { orderId: z.string(), questionId: z.string() }),
  type('order.resumed', { orderId: z.string(), workerId: z.string(), leaseExpiresAt: z.number() }),
  type('order.renewed', { orderId: z.string(), leaseExpiresAt: z.number() }),
  type('order.completed', { orderId: z.string(), summary: z.string() }),
  type('order.returned', {
    orderId: z.string(),
    reason: z.string(),
    /** It is not claimed again before this; absent when it may be at once. */
    notBefore: z.number().optional(),
  }),
  type('order.failed', { orderId: z.string(), reason: z.string() }),
  type('item.blocked', { itemId: itemIdSchema, by: itemIdSchema, reason: z.string() }),
  type('session.started', { sessionId: z.string(), workerId: z.string(), itemId: itemIdSchema }),
  type('session.ended', { sessionId: z.string(), reason: z.string() }),
  type('model.requested', {
    exchangeId: z.string(),
    role: modelRoleSchema,
    itemId: itemIdSchema.optional(),
    sessionId: z.string().optional(),
    provider: z.string(),
    model: z.string(),
    temperature: z.number(),
    maxOutputTokens: z.number(),
    messages: z.array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), hash: contentHashSchema })),
  }),
  type('model.responded', {
    exchangeId: z.string(),
    role: modelRoleSchema,
    itemId: itemIdSchema.optional(),
    textHash: contentHashSchema,
    finishReason: z.string(),
    usage: tokenUsageSchema,
    /** Absent when the model's price is not known. */
    costUsd: z.number().optional(),
    latencyMs: z.number(),
    /** Of the try that succeeded; absent for an answer without text, or of a cache. */
    timeToFirstTokenMs: z.number().optional(),
    isCached: z.boolean(),
    rateLimits: rateLimits.optional(),
  }),
  type('model.failed', {
    exchangeId: z.string(),
    message: z.string(),
    /** What kind of error it was; absent for one that was none of Trellis's own. */
    errorKind: z.string().optional(),
    willRetry: z.boolean(),
    /** The HTTP status, when the server answered with one. */
    status: z.number().optional(),
    /** How long it is waited before the next try, in milliseconds. */
    delayMs: z.number().optional(),
    rateLimits: rateLimits.optional(),
    /** What a server is likely to charge for an answer that broke off; estimated. */
    charge: z
      .strictObject({
        role: modelRoleSchema,
        itemId: itemIdSchema.optional(),
        usage: tokenUsageSchema,
        costUsd: z.number().optional(),
      })
      .optional(),
  }),
  /** What was found in texts of a call before they went to the model. */
  type('text.flagged', {
    exchangeId: z.string(),
    role: modelRoleSchema,
    itemId: itemIdSchema.optional(),
    flags: z.array(textFlagSchema).min(1),
  }),
  /** An answer in JSON did not fit as it came: it was mended, or sent back with what is wrong, each with its path. */
  type('model.read', {
    exchangeId: z.string(),
    role: modelRoleSchema,
    repairs: z.array(jsonRepairSchema),
    problems: z.array(z.string()),
  }),
  /** A call may go beyond a limit; calls wait until it is decided. Amounts are tokens or US dollars. */
  type('budget.reached', {
    scope: z.enum(['run', 'day']),
    unit: z.enum(['tokens', 'usd']),
    limit: z.number(),
    spent: z.number(),
    needed: z.number(),
  }),
  /** `raise` allows as much again as the limit was at first. */
  type('budget.decided', { decision: z.enum(['raise', 'stop']) }),
  /** The item's result is the one that it had in another run, on the same inputs; nothing is asked of a model. */
  type('item.reused', { itemId: itemIdSchema, key: contentHashSchema, sourceRunId: runIdSchema }),
  type('agent.think', { itemId: itemIdSchema, sessionId: z.string(), text: z.string() }),
  type('agent.act', {
    itemId: itemIdSchema,
    sessionId: z.string(),
    actionId: z.string(),
    action: agentActionSummarySchema,
  }),
  type('agent.learn', {
    itemId: itemIdSchema,
    sessionId: z.string(),
    actionId: z.string(),
    succeeded: z.boolean(),
    summary: z.string(),
    /** The whole observation that went back to the model. */
    observationHash: contentHashSchema.optional(),
  }),
  /**
   * In a reply that is arriving, the first edit of a file has begun. It is only a sign of life: what comes of the edit is
   * told by what follows the reply. `path` is as the model wrote it, cut if it is very long; `number`: which file of the reply.
   */
  type('edit.begun', { itemId: itemIdSchema, sessionId: z.string(), path: z.string(), number: z.int().min(1) }),
  /** None of the edits of the reply that is arriving will be applied. */
  type('edit.unusable', { itemId: itemIdSchema, sessionId: z.string(), reason: z.string() }),
  type('violation.found', { violation: violationSchema }),
  type('edit.staged', { itemId: itemIdSchema, changes: z.array(fileChangeSchema) }),
  type('layer.committed', { itemId: itemIdSchema, layer: itemLayerSchema }),
  type('question.asked', { asker: askerSchema, question: questionSchema }),
  type('question.answered', {
    questionId: z.string(),
    text: z.string(),
    by: z.enum(['human', 'default', 'cancelled']),
  }),
  type('chat.posted', {
    messageId: z.string(),
    sender: z.enum(['worker', 'human', 'system']),
    senderId: z.string(),
    text: z.string(),
  }),
  type('tests.started', {
    scope: testScopeSchema,
    itemId: itemIdSchema.optional(),
    command: z.string(),
  }),
  type('tests.finished', {
    scope: testScopeSchema,
    itemId: itemIdSchema.optional(),
    treeHash: z.string(),
    tier: z.string(),
    report: testReportSchema,
    outputHash: contentHashSchema.optional(),
    /** Of the workspace that the tree lies over; known where the result counts for what is accepted. */
    workspaceHash: z.string().optional(),
    /** Of the changed files that it could be measured of; absent where that is none. */
    coverage: z.array(changeCoverageSchema).optional(),
  }),
  type('evidence.collected', { evidence: evidenceSchema }),
  type('quality.scored', { iteration, score: qualityScoreSchema }),
  type('iteration.started', { iteration, items: z.array(itemIdSchema), feedback: z.array(z.string()) }),
  /** All staged changes against the workspace, after each pass over the plan. */
  type('result.staged', { treeHash: z.string(), changes: z.array(fileChangeSchema) }),
  /** The staged result is before the human: for the first time, or again after it was changed as asked. */
  type('review.opened', {}),
  type('review.hunksDecided', {
    path: workspacePathSchema,
    hunkIds: z.array(z.string()),
    decision: hunkDecisionSchema,
  }),
  /** The human wrote in the staged text. `onHash`: the text that it was before. */
  type('review.edited', { path: workspacePathSchema, onHash: contentHashSchema, afterHash: contentHashSchema }),
  /** The file changed in the workspace meanwhile: the change is from now on one of the file as it is there. */
  type('review.rebased', {
    path: workspacePathSchema,
    /** The staged content that was brought together with the workspace; `null` where the file was to go. */
    stagedHash: contentHashSchema.nullable(),
    before: versionReferenceSchema.nullable(),
    after: versionReferenceSchema.nullable(),
    /** Of the hunks between the two. */
    rejectedHunks: z.array(z.string()),
    /** The two could not be brought together, and no conflict markers in the text say so. */
    needsDecision: z.boolean(),
  }),
  type('review.commented', { comment: reviewCommentSchema }),
  type('review.commentRemoved', { commentId: z.string() }),
  /** The items of the comments go back to their agents. */
  type('review.changesRequested', { comments: z.array(reviewCommentSchema).min(1) }),
  /** What the tests say of the part of the changes whose tree has that hash. */
  type('review.proved', { treeHash: z.string(), verdict: proofVerdictSchema, summary: z.string() }),
  /** Rejected hunks that the tests of that tree need, found by trying. */
  type('review.neededHunksFound', {
    treeHash: z.string(),
    hunks: z.array(hunkReferenceSchema),
    /** None of the hunks can be left out. */
    isMinimal: z.boolean(),
    testRuns: z.int().nonnegative(),
  }),
  type('review.decided', {
    decision: z.enum(['accept', 'refuse']),
    paths: z.array(workspacePathSchema),
    /** Accepted although the tests said this. */
    despite: proofVerdictSchema.optional(),
  }),
  type('changes.applied', { changes: z.array(fileChangeSchema), checkpointId: z.string().optional() }),
  /** The accepted changes are on a branch of their own too, a commit for each item; `problem` says why they are not. */
  type('changes.committed', {
    branch: z.string().optional(),
    problem: z.string().optional(),
    commits: z.array(z.strictObject({ itemId: itemIdSchema.optional(), commit: z.string() })),
  }),
  type('changes.reverted', { paths: z.array(workspacePathSchema) }),
  type('run.warned', { message: z.string() }),
  type('run.ended', { outcome: runOutcomeSchema, errorKind: z.string().optional(), message: z.string() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventType = RunEvent['type'];
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before the journal gives it its run, number and time. */
export type RunEventPayload = DistributiveOmit<RunEvent, keyof typeof base>;
