import type { AgentRecorder, AgentServices, CommandObservation } from '../agents/agent.ts';
import { decideCommand } from '../agents/commandPolicy.ts';
import type { IdSource } from '../base/clock.ts';
import type { StagedFiles, StagedView } from '../changes/stagedFiles.ts';
import type { ModelClient } from '../models/modelClient.ts';
import type { Claim } from '../scheduling/workQueue.ts';
import type { WorkWitness } from './itemReuse.ts';
import type { JournaledRun } from './journaledRun.ts';
import type { Proof } from './proof.ts';
import type { Questions } from './questions.ts';
import { observeTests } from './testObservation.ts';
import type { Pause } from './workerPool.ts';

export interface ItemServicesParts {
  readonly run: JournaledRun;
  readonly model: ModelClient;
  readonly staged: StagedFiles;
  readonly proof: Pick<Proof, 'runTests' | 'runCommand' | 'checkSyntax' | 'baseline'>;
  readonly questions: Questions;
  readonly ids: IdSource;
}

/** Characters of a command's output that go back to a model; its beginning and its end. */
const OUTPUT_BUDGET = 6000;

/** What the agent that works on `claim` may do to the world. */
export function itemServices(
  parts: ItemServicesParts,
  claim: Claim,
  view: StagedView,
  pause: Pause,
  witness: WorkWitness,
): AgentServices {
  const { item, sessionId, workerId } = claim;
  return {
    sessionId,
    model: parts.model,
    files: view,
    recorder: itemRecorder(parts, claim),
    runCommand: async (command, options) => {
      const decision = decideCommand(command);
      if (decision.kind === 'deny') return { outcome: 'notRun', text: decision.reason };
      await witness.runsOnTree();
      const result = await parts.proof.runCommand(command, await parts.staged.treeFor(item.id), options);
      if ('unproven' in result || result.outcome !== 'exited') witness.cannotRepeat();
      return observe(result);
    },
    runTests: async options => {
      await witness.runsOnTree();
      const overlay = await parts.staged.treeFor(item.id);
      const { tests } = await parts.proof.runTests('item', overlay, { ...options, itemId: item.id });
      if ('unproven' in tests || tests.outcome === 'timedOut') witness.cannotRepeat();
      if ('unproven' in tests) return { outcome: 'notRun', text: tests.unproven };
      // An agent is not to mend what was broken before it came, so that failures are told once it is known what was.
      return observeTests(tests, tests.outcome === 'passed' ? undefined : await parts.proof.baseline);
    },
    checkSyntax: async (paths, options) => {
      const results = await parts.proof.checkSyntax(paths, await parts.staged.treeFor(item.id), options);
      return results.filter(result => !result.ok).map(({ path, message, line }) => fileProblem(path, message, line));
    },
    ask: question => {
      witness.cannotRepeat();
      const id = parts.ids('question', item.id);
      const answer = parts.questions.ask({ kind: 'worker', workerId, itemId: item.id }, { ...question, id });
      return pause.whileWaitingFor(id, answer);
    },
  };
}

function fileProblem(path: string, message = 'does not parse', line?: number) {
  return { path, message, ...(line === undefined ? {} : { line }) };
}

function itemRecorder({ run, ids }: ItemServicesParts, { item, sessionId }: Claim): AgentRecorder {
  const step = { itemId: item.id, sessionId };
  return {
    thought: text => void run.append({ type: 'agent.think', ...step, text }, sessionId),
    acting: action => {
      const actionId = ids('action', item.id);
      run.append({ type: 'agent.act', ...step, actionId, action }, sessionId);
      return actionId;
    },
    learned: (actionId, { succeeded, summary, observation }) => {
      const observed = observation === undefined ? {} : { observationHash: run.putText(observation) };
      run.append({ type: 'agent.learn', ...step, actionId, succeeded, summary, ...observed }, sessionId);
    },
    editBegun: (path, number) => void run.append({ type: 'edit.begun', ...step, path, number }, sessionId),
    editUnusable: reason => void run.append({ type: 'edit.unusable', ...step, reason }, sessionId),
  };
}

function observe(result: Awaited<ReturnType<Proof['runCommand']>>): CommandObservation {
  if ('unproven' in result) return { outcome: 'notRun', text: result.unproven };
  const ending = result.outcome === 'exited' ? `exit code ${String(result.exitCode)}` : result.outcome;
  const output = [result.stdout, result.stderr].filter(text => text.trim() !== '').join('\n');
  return {
    outcome: result.exitCode === 0 ? 'succeeded' : 'failed',
    text: `${ending}\n${cutMiddle(output, OUTPUT_BUDGET)}`,
  };
}

/** Keeps the two ends of a text that is over `limit` characters: what failed is said at one of them. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}
