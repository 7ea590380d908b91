import { normalizeWorkspacePath, workspacePathProblem } from '../domain/workspacePath.ts';
import type { ModelCallOptions } from '../models/modelClient.ts';
import type { AgentRecorder } from './agent.ts';
import { EditStream } from './dialects/editStream.ts';
import { collectEdits } from './dialects/parseEdits.ts';
import type { ScannedBlock } from './dialects/scanReply.ts';
import { pathsOf } from './protocol/agentAction.ts';
import { maximumReplyLength } from './protocol/parseReply.ts';
import { ThinkingFilter } from './protocol/thinking.ts';
import { oneLine } from './textBudget.ts';

/** Files of one reply that are told of; nobody follows more of them, and each is an event in the journal. */
const mostFiles = 50;
const longestPath = 200;
const longestReason = 500;

type EditRecorder = Pick<AgentRecorder, 'editBegun' | 'editUnusable'>;

/**
 * For a call whose reply may hold edits: tells `recorder` of each file when its first edit begins to arrive, and of the first
 * reason why none of them will be applied. It only tells. What is done is decided on the whole reply.
 */
export function tellOfEdits(
  targetPath: string,
  recorder: EditRecorder,
): Required<Pick<ModelCallOptions, 'onText' | 'onRestart'>> {
  let reply = new ArrivingReply(targetPath, recorder);
  return {
    onText: piece => reply.take(piece),
    onRestart: () => {
      reply = new ArrivingReply(targetPath, recorder);
    },
  };
}

class ArrivingReply {
  readonly #recorder: EditRecorder;
  readonly #stream: EditStream;
  readonly #thinking = new ThinkingFilter();
  readonly #files = new Set<string>();
  #unfinishedLine = '';
  /** Of the lines of the answer so far. */
  #length = 0;
  #isUnusable = false;

  constructor(targetPath: string, recorder: EditRecorder) {
    this.#recorder = recorder;
    this.#stream = new EditStream(targetPath);
  }

  take(piece: string): void {
    if (this.#isUnusable) return;
    const [first = '', ...rest] = piece.split('\n');
    const lines = [this.#unfinishedLine + first, ...rest];
    this.#unfinishedLine = lines.pop() ?? '';
    const answer = lines.flatMap(line => this.#thinking.take(line) ?? []);
    for (const line of answer) this.#length += line.length + 1;
    if (this.#length > maximumReplyLength)
      this.#giveUp(`The reply is longer than the ${maximumReplyLength} characters that are read.`);
    else for (const block of this.#stream.push(answer.map(withoutReturn))) this.#tellOf(block);
  }

  #tellOf(block: ScannedBlock): void {
    const { edits, problems } = collectEdits([block]);
    const paths = block.read.kind === 'open' ? block.read.paths : pathsOf({ edits, problems });
    for (const path of paths) this.#tellOfFile(normalizeWorkspacePath(path));
    for (const { reason } of problems) this.#giveUp(reason);
  }

  #tellOfFile(path: string): void {
    if (this.#isUnusable || this.#files.has(path)) return;
    this.#files.add(path);
    const shown = oneLine(path, longestPath);
    if (this.#files.size <= mostFiles) this.#recorder.editBegun(shown, this.#files.size);
    const problem = workspacePathProblem(path);
    // A path may turn the direction of writing of what stands behind it.
    if (problem !== undefined) this.#giveUp(`A path ${problem}: ${shown}`);
  }

  /** Edits are applied all or none, so that one reason is enough and nothing more has to be looked at. */
  #giveUp(reason: string): void {
    if (this.#isUnusable) return;
    this.#isUnusable = true;
    this.#recorder.editUnusable(oneLine(reason, longestReason));
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
