import { throwIfAborted } from '../base/abort.ts';
import { assertNever } from '../base/assertNever.ts';
import { quoteData } from '../base/quotedData.ts';
import type { ModelReply } from '../models/modelClient.ts';
import type { AgentBrief, AgentOutcome, AgentServices, CommandObservation, FileProblem } from './agent.ts';
import { tellOfEdits } from './arrivingEdits.ts';
import type { Conversation } from './conversation.ts';
import { parseEdits } from './dialects/parseEdits.ts';
import { applyEditAction, formatFileProblem } from './editAction.ts';
import { readTextOr } from './fileAccess.ts';
import { listFolder, readFile, searchFiles } from './lookActions.ts';
import type { Observation } from './observation.ts';
import { type AgentAction, summarizeAction } from './protocol/agentAction.ts';
import { type ParsedReply, parseReply } from './protocol/parseReply.ts';
import type { AgentRole } from './roles.ts';
import { cutMiddle, oneLine } from './textBudget.ts';
import { type PerformedAction, turnVerdict } from './turnVerdict.ts';

export interface AgentSessionOptions {
  readonly role: AgentRole;
  readonly brief: AgentBrief;
  readonly services: AgentServices;
  readonly signal: AbortSignal;
  readonly conversation: Conversation;
  readonly maxTurns: number;
  readonly maxTestRuns: number;
  readonly maxObservationCharacters: number;
}

type PerformableAction = Exclude<AgentAction, { readonly kind: 'done' }>;

/** What one turn brought about so far. */
interface Turn {
  readonly parsed: ParsedReply;
  readonly performed: PerformedAction[];
  /** What goes back to the model. */
  readonly observations: string[];
  /** The same in one line for each action. */
  readonly digest: string[];
}

const longestSummary = 4_000;
const longestRead = 12_000;
/** The same reply this often in a row ends the session: the model is stuck. */
const mostIdenticalReplies = 3;

/** One agent at work on one item: asks the model, carries out what it answers, and tells it what came of that. */
export class AgentSession {
  readonly #options: AgentSessionOptions;
  #lastReply: string | undefined;
  /** What came of the last reply that was carried out. */
  #lastDigest: readonly string[] = [];
  #identicalReplies = 1;
  #syntaxProblems: readonly FileProblem[] = [];
  #isTested = true;
  #testRuns = 0;

  constructor(options: AgentSessionOptions) {
    this.#options = options;
  }

  async run(): Promise<AgentOutcome> {
    const { maxTurns, services, brief, role, conversation, signal } = this.#options;
    let last = 'nothing came of them';
    for (let turnsLeft = maxTurns - 1; turnsLeft >= 0; turnsLeft -= 1) {
      throwIfAborted(signal);
      const { item } = brief;
      const call = { role: item.mode, messages: conversation.messages, itemId: item.id, sessionId: services.sessionId };
      const listeners = role.writes ? tellOfEdits(item.filePath, services.recorder) : {};
      const reply = await services.model.call(call, { signal, ...listeners });
      const turn = this.#startTurn(reply);
      const outcome = await this.#takeTurn(turn, reply);
      if (outcome !== undefined) return outcome;
      if (turnsLeft <= 2) turn.observations.push(`Replies left: ${turnsLeft}.`);
      last = turn.digest.at(-1) ?? last;
      conversation.add({
        reply: turn.parsed.text,
        prose: turn.parsed.prose,
        observation: turn.observations.join('\n\n'),
        digest: turn.digest.join('\n'),
      });
    }
    return { kind: 'failed', reason: `The item was not done after ${maxTurns} replies of the model; at last: ${last}` };
  }

  #startTurn(reply: ModelReply): Turn {
    const { brief, role } = this.#options;
    const parsed = parseReply(reply.text, {
      target: { path: brief.item.filePath, language: brief.item.language },
      isCut: reply.finishReason === 'length',
      ...(role.writes ? { readEdits: parseEdits } : {}),
    });
    return { parsed, performed: [], observations: [], digest: [] };
  }

  /** Carries the reply out. The result ends the session; without one the observations go back to the model. */
  async #takeTurn(turn: Turn, reply: ModelReply): Promise<AgentOutcome | undefined> {
    if (reply.finishReason === 'refusal')
      return { kind: 'failed', reason: `The model refused: ${oneLine(reply.text, 300) || 'it gave no reason'}` };
    if (turn.parsed.text.trim() !== '' && turn.parsed.text === this.#lastReply) return this.#meetRepetition(turn);
    this.#lastReply = turn.parsed.text;
    this.#lastDigest = turn.digest;
    this.#identicalReplies = 1;
    const { prose, actions } = turn.parsed;
    if (prose !== '') this.#options.services.recorder.thought(prose);
    for (const action of actions) {
      if (action.kind !== 'done') await this.#carryOut(turn, action);
    }
    return this.#conclude(turn);
  }

  #meetRepetition(turn: Turn): AgentOutcome | undefined {
    this.#identicalReplies += 1;
    const outcome = oneLine(this.#lastDigest.join('; ') || 'nothing', 300);
    if (this.#identicalReplies >= mostIdenticalReplies)
      return {
        kind: 'failed',
        reason: `The model gave the same reply ${mostIdenticalReplies} times in a row; what came of it: ${outcome}`,
      };
    const reason =
      'This reply is the same as your last one, so it was not carried out again. What came of it is above; do something else.';
    this.#refuse(turn, reason);
    return undefined;
  }

  async #conclude(turn: Turn): Promise<AgentOutcome | undefined> {
    const { role, brief, services } = this.#options;
    const { filePath } = brief.item;
    const done = turn.parsed.actions.findLast(action => action.kind === 'done');
    const verdict = turnVerdict({
      performed: turn.performed,
      doneSummary: done?.summary,
      prose: turn.parsed.prose,
      writes: role.writes,
      hasStaged: role.writes && (await services.files.changes()).length > 0,
      targetPath: filePath,
      targetExists: role.writes && (await readTextOr(services.files, filePath)).kind !== 'missing',
      syntaxProblems: this.#syntaxProblems.map(formatFileProblem),
    });
    const actionId = done === undefined ? undefined : services.recorder.acting(summarizeAction(done));
    const learnDone = (succeeded: boolean, summary: string) => {
      if (actionId !== undefined) services.recorder.learned(actionId, { succeeded, summary });
    };
    if (verdict.kind === 'goesOn') {
      const { note } = verdict;
      learnDone(false, note ?? 'not yet');
      if (note !== undefined && actionId === undefined) this.#refuse(turn, note);
      else if (note !== undefined) turn.observations.push(note);
      return undefined;
    }
    const summary = cutMiddle(verdict.summary, longestSummary) || `${filePath} is written.`;
    const testReport = role.runsTests && !this.#isTested ? await this.#test(turn) : '';
    learnDone(testReport !== undefined, testReport === undefined ? 'the tests fail' : 'the item is done');
    if (testReport === undefined) return undefined;
    return { kind: 'done', summary: [summary, testReport].filter(part => part !== '').join('\n') };
  }

  /** What the tests say of the item as it is; undefined when they fail and the agent is to look into it. */
  async #test(turn: Turn): Promise<string | undefined> {
    const { services, signal, maxTestRuns } = this.#options;
    this.#testRuns += 1;
    const { outcome, text } = await this.#observeRun(turn, 'the tests', () => services.runTests({ signal }));
    this.#isTested = true;
    if (outcome === 'notRun') return `Unproven: ${oneLine(text, 300)}`;
    if (outcome === 'succeeded') return oneLine(text, 300);
    if (this.#testRuns >= maxTestRuns) return `The tests fail:\n${cutMiddle(text, longestSummary / 2)}`;
    return undefined;
  }

  async #carryOut(turn: Turn, action: PerformableAction): Promise<void> {
    if (action.kind === 'invalid' || !this.#options.role.allowed.has(action.kind)) {
      const reason = action.kind === 'invalid' ? action.reason : `This agent may not ${action.kind}; nothing was done.`;
      this.#refuse(turn, reason);
      return;
    }
    if (action.kind === 'run') {
      await this.#runCommand(turn, action.command);
      return;
    }
    const actionId = this.#options.services.recorder.acting(summarizeAction(action));
    const observation = await this.#perform(turn, action);
    this.#learn(turn, actionId, { action, observation, result: observation.ok ? 'ok' : 'failed' });
  }

  async #perform(
    turn: Turn,
    action: Exclude<PerformableAction, { readonly kind: 'run' | 'invalid' }>,
  ): Promise<Observation> {
    const { brief, services, signal } = this.#options;
    const { files } = services;
    const limit = Math.min(longestRead, this.#budgetLeft(turn));
    switch (action.kind) {
      case 'read':
        return readFile(files, action.path, action.lines, limit);
      case 'list':
        return listFolder(files, action.path);
      case 'search':
        return searchFiles(files, action.pattern, action.path, { limit, signal });
      case 'ask': {
        const answer = await services.ask({ text: action.question, options: [...action.options] }, { signal });
        return { ok: true, text: `The answer to "${action.question}": ${answer}`, summary: answer };
      }
      case 'edit': {
        const outcome = await applyEditAction(action, brief.item.filePath, services, { signal });
        if (outcome.hasChanged) this.#isTested = false;
        if (outcome.syntaxProblems !== undefined) this.#syntaxProblems = outcome.syntaxProblems;
        return outcome;
      }
      default:
        return assertNever(action);
    }
  }

  async #runCommand(turn: Turn, command: string): Promise<void> {
    const { services, brief, signal } = this.#options;
    const { outcome } = await this.#observeRun(turn, command, () => services.runCommand(command, { signal }));
    if (outcome !== 'notRun' && command === brief.context.testCommand) this.#isTested = true;
  }

  async #observeRun(turn: Turn, command: string, run: () => Promise<CommandObservation>): Promise<CommandObservation> {
    const action = { kind: 'run', command } as const;
    const actionId = this.#options.services.recorder.acting(summarizeAction(action));
    const observed = await run();
    const { outcome, text } = observed;
    const title = oneLine(command, 200);
    const output = cutMiddle(text, Math.min(longestRead, this.#budgetLeft(turn)));
    const said = outcome === 'notRun' ? 'not run' : outcome;
    const observation = {
      ok: outcome === 'succeeded',
      text: `${quoteData(`output of ${title}`, output)}\nResult: ${said}.`,
      summary: `${said}: ${oneLine(text, 200)}`,
    };
    const results = { succeeded: 'ok', failed: 'failed', notRun: 'notRun' } as const;
    this.#learn(turn, actionId, { action, observation, result: results[outcome] });
    return observed;
  }

  /** Tells the model why something of its reply was not carried out. */
  #refuse(turn: Turn, reason: string): void {
    const action = { kind: 'invalid', reason } as const;
    const actionId = this.#options.services.recorder.acting(summarizeAction(action));
    this.#learn(turn, actionId, {
      action,
      observation: { ok: false, text: reason, summary: reason },
      result: 'failed',
    });
  }

  #learn(
    turn: Turn,
    actionId: string,
    {
      action,
      observation,
      result,
    }: {
      readonly action: PerformableAction;
      readonly observation: Observation;
      readonly result: PerformedAction['result'];
    },
  ): void {
    const { text, summary } = observation;
    this.#options.services.recorder.learned(actionId, {
      succeeded: observation.ok,
      summary: oneLine(summary, 500),
      observation: text,
    });
    turn.performed.push({ kind: action.kind, result });
    turn.observations.push(text);
    turn.digest.push(oneLine(`${action.kind} ${summarizeAction(action).detail}: ${summary}`, 300));
  }

  #budgetLeft(turn: Turn): number {
    const used = turn.observations.reduce((length, text) => length + text.length, 0);
    return Math.max(500, this.#options.maxObservationCharacters - used);
  }
}
