import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, errorMessage } from '../../base/errors.ts';
import { finishReasonSchema, modelRoleSchema } from '../../domain/schema/model.ts';

/** What a rule answers with: a text, or a failure. */
const replySchema = z.preprocess(
  value => (typeof value === 'string' ? { text: value } : value),
  z
    .strictObject({
      text: z.string().optional(),
      finishReason: finishReasonSchema.optional(),
      /** The sentence of the error with which the call fails. */
      failure: z.string().min(1).optional(),
      /** The HTTP status that a server would have failed with. */
      status: z.int().min(400).max(599).optional(),
      /** Whether a call that failed is made again; not by default. */
      isRetryable: z.boolean().optional(),
      /** Before anything is answered, in milliseconds. */
      delayMs: z.int().min(0).max(600_000).optional(),
    })
    .refine(
      ({ text, failure }) => (text === undefined) !== (failure === undefined),
      'needs either "text" or "failure"',
    ),
);
export type ScriptedReply = z.output<typeof replySchema>;

const textsSchema = z.preprocess(
  value => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1)).min(1),
);

const ruleSchema = z
  .strictObject({
    /** Any role, when missing. */
    role: modelRoleSchema.optional(),
    /** Texts that must all be in the prompt; any prompt will do, when missing. */
    contains: textsSchema.optional(),
    answer: replySchema.optional(),
    /** In order; the last one again for every call after it. */
    answers: z.array(replySchema).min(1).optional(),
  })
  .refine(
    ({ answer, answers }) => (answer === undefined) !== (answers === undefined),
    'needs either "answer" or "answers"',
  )
  .transform(({ role, contains = [], answer, answers = [] }) => ({
    role,
    contains,
    answers: answer === undefined ? answers : [answer],
  }));
export type ScriptRule = z.output<typeof ruleSchema>;

const scriptSchema = z.strictObject({ rules: z.array(ruleSchema).min(1) });

/**
 * Reads a script, YAML or JSON. Throws one `ConfigurationError` with every problem, each with its path inside the
 * file; `name` is the file, for the message.
 */
export function parseScript(text: string, name: string): readonly ScriptRule[] {
  const parsed = scriptSchema.safeParse(parse(text, name), { reportInput: false });
  if (parsed.success) return parsed.data.rules;
  const problems = parsed.error.issues.map(issue => `${placeOf(issue.path)}: ${issue.message}`);
  throw new ConfigurationError(
    problems.length === 1
      ? `The script ${name} is not valid: ${problems.join('')}.`
      : `The script ${name} has ${problems.length} problems:${problems.map(problem => `\n  - ${problem}`).join('')}`,
  );
}

function parse(text: string, name: string): unknown {
  try {
    return parseYaml(text) as unknown;
  } catch (error) {
    const [reason = ''] = errorMessage(error).split('\n');
    const kind = error instanceof YAMLParseError ? 'neither YAML nor JSON' : 'not usable';
    throw new ConfigurationError(`The script ${name} is ${kind}: ${reason.replace(/:$/, '')}.`, { cause: error });
  }
}

/** Such as `rules[2].answers[0].delayMs`. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place === '' ? 'the whole' : place.replace(/^\./, '');
}
