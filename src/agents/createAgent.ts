import type { PromptLibrary } from '../base/promptLibrary.ts';
import type { StagedView } from '../changes/stagedFiles.ts';
import type { AgentMode } from '../domain/schema/plan.ts';
import type { Agent, AgentBrief } from './agent.ts';
import { AgentSession } from './agentSession.ts';
import { briefingVariables } from './briefing.ts';
import { Conversation } from './conversation.ts';
import { agentRoles } from './roles.ts';

export interface AgentOptions {
  /** Holds the prompts `analyzer`, `coder` and `sdet`. */
  readonly prompts: PromptLibrary;
  /** Replies of the model in one session; 8 by default. */
  readonly maxTurns?: number;
  /** How often the tests are run for one item of the sdet before it ends with what they show; 3 by default. */
  readonly maxTestRuns?: number;
  /** Of all messages together, before old turns are shortened; 64,000 by default, about 16,000 tokens. */
  readonly maxConversationCharacters?: number;
  /** Of what one turn shows the model; 16,000 by default. */
  readonly maxObservationCharacters?: number;
}

/** Makes the agent for items of `mode`. It keeps nothing between runs, so that one serves any number of workers. */
export function createAgent(mode: AgentMode, options: AgentOptions): Agent {
  const role = agentRoles[mode];
  const conversationOn = async (brief: AgentBrief, files: Pick<StagedView, 'readText'>) => {
    const opening = options.prompts.render(mode, await briefingVariables(brief, role, files));
    return new Conversation(opening, options.maxConversationCharacters ?? 64_000);
  };
  return {
    mode,
    opening: async (brief, files) => (await conversationOn(brief, files)).messages,
    async run(brief, services, { signal }) {
      const session = new AgentSession({
        role,
        brief,
        services,
        signal,
        conversation: await conversationOn(brief, services.files),
        maxTurns: options.maxTurns ?? 8,
        maxTestRuns: options.maxTestRuns ?? 3,
        maxObservationCharacters: options.maxObservationCharacters ?? 16_000,
      });
      return session.run();
    },
  };
}
