import type { ScriptReply, ScriptRule } from '../modelServer/modelScript.ts';

/** A request with everything that models answer to it. */
export interface ScriptedChange {
  readonly request: string;
  readonly rules: readonly ScriptRule[];
}

const systemOf = { coder: 'You are the coder', sdet: 'You are the tester', analyzer: 'You are the analyzer' } as const;

/** What an agent's prompt says of the file that its item is about. */
export function fileMark(file: string): string {
  return `\nYour file: ${file}`;
}

/** The answers of the agent that works on `file`, turn by turn. */
export function agentRule(
  mode: keyof typeof systemOf,
  file: string,
  ...replies: readonly [ScriptReply, ...ScriptReply[]]
): ScriptRule {
  return { when: { system: systemOf[mode], prompt: fileMark(file) }, replies };
}

/** The planner's answer and the judge's. */
export function planAndJudge(plan: object): readonly [ScriptRule, ScriptRule] {
  return [
    { when: { system: 'You plan a change' }, replies: [JSON.stringify(plan)] },
    {
      when: { system: 'You judge a change' },
      replies: ['{"completeness":1,"correctness":1,"feedback":["Does what was asked, with tests."]}'],
    },
  ];
}

/** A new file as agents write it. */
export function newFile(path: string, content: string): string {
  return `${path}\n\`\`\`\n${content}\`\`\`\n`;
}

/** An edit of `path` as agents write it. */
export function edit(path: string, ...replacements: readonly (readonly [search: string, replace: string])[]): string {
  const blocks = replacements.map(
    ([search, replace]) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`,
  );
  return `${path}\n${blocks.join('\n')}`;
}
