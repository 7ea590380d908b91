import type { AgentBrief, AgentServices, CommandObservation, FileProblem } from '../../src/agents/agent.ts';
import type { AgentActionSummary } from '../../src/domain/schema/events.ts';
import type { Question } from '../../src/domain/schema/plan.ts';
import type { ProjectContext } from '../../src/planning/planner.ts';
import { buildItem } from './builders.ts';
import { MemoryStagedView } from './memoryStagedView.ts';
import { scriptedModelClient } from './scriptedModelClient.ts';

export interface FakeWorld {
  readonly files?: Readonly<Record<string, string>>;
  /** The model's replies, in turn. */
  readonly replies: Parameters<typeof scriptedModelClient>;
  /** What each command gives; any other succeeds without output. */
  readonly runCommand?: (command: string, files: MemoryStagedView) => CommandObservation;
  /** What each run of the tests gives; without it they pass. */
  readonly runTests?: (files: MemoryStagedView) => CommandObservation;
  readonly checkSyntax?: (path: string, text: string) => string | undefined;
  readonly answer?: string;
}

/** What an agent did, in the order of the recording. */
export interface RecordedStep {
  readonly kind: 'thought' | 'begun' | 'unusable' | 'acting' | 'learned';
  readonly text: string;
  readonly succeeded?: boolean;
}

/** Services over files in memory and a scripted model; everything that was done to them can be looked at afterwards. */
export function fakeAgentServices(world: FakeWorld) {
  const files = new MemoryStagedView(world.files);
  const { client, calls } = scriptedModelClient(...world.replies);
  const steps: RecordedStep[] = [];
  const commands: string[] = [];
  const questions: Omit<Question, 'id'>[] = [];
  const services: AgentServices = {
    sessionId: 'session_1',
    model: client,
    files,
    runCommand: async command => {
      commands.push(command);
      return world.runCommand?.(command, files) ?? { outcome: 'succeeded', text: 'exit code 0' };
    },
    runTests: async () => {
      commands.push('(tests)');
      return world.runTests?.(files) ?? { outcome: 'succeeded', text: '1 test passes.' };
    },
    checkSyntax: async paths => {
      const problems: FileProblem[] = [];
      for (const path of paths) {
        const message = world.checkSyntax?.(path, files.texts[path] ?? '');
        if (message !== undefined) problems.push({ path, message, line: 1 });
      }
      return problems;
    },
    ask: async question => {
      questions.push(question);
      return world.answer ?? 'yes';
    },
    recorder: {
      thought: text => void steps.push({ kind: 'thought', text }),
      acting: (action: AgentActionSummary) => {
        steps.push({ kind: 'acting', text: `${action.kind} ${action.detail}` });
        return `action_${steps.length}`;
      },
      editBegun: (path, number) => void steps.push({ kind: 'begun', text: `${number} ${path}` }),
      editUnusable: reason => void steps.push({ kind: 'unusable', text: reason }),
      learned: (_actionId, { succeeded, summary }) => void steps.push({ kind: 'learned', text: summary, succeeded }),
    },
  };
  /** What the model was told last. */
  const lastMessage = () => calls.at(-1)?.messages.at(-1)?.content ?? '';
  return { services, files, calls, steps, commands, questions, lastMessage };
}

export const emptyContext: ProjectContext = {
  languages: [],
  frameworks: [],
  conventions: [],
  rules: [],
  relevantFiles: [],
  layout: '',
};

/** A brief for one item, by default of a coder on a new file. */
export function buildBrief(changes: Partial<AgentBrief> = {}): AgentBrief {
  return {
    item: buildItem('item_1', { filePath: 'src/hello.py', language: 'python', description: 'Create hello function' }),
    request: 'Say hello',
    context: emptyContext,
    dependencyReports: [],
    feedback: [],
    ...changes,
  };
}
