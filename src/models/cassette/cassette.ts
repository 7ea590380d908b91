import { z } from 'zod';
import { ConfigurationError } from '../../base/errors.ts';
import { finishReasonSchema, modelMessageSchema, tokenUsageSchema } from '../../domain/schema/model.ts';

/** The version of the file's form that is written, and the only one that is read. */
const version = 1;

const headerSchema = z.strictObject({ format: z.literal('trellis-cassette'), version: z.number() });

const requestSchema = z.strictObject({
  provider: z.string(),
  model: z.string(),
  parameters: z.strictObject({
    temperature: z.number(),
    maxOutputTokens: z.number(),
    /** SHA-256 of the JSON schema that the answer was to have. */
    schemaHash: z.string().optional(),
  }),
  messages: z.array(modelMessageSchema),
});
/** A call as it is kept: what decides its answer, and nothing that is secret. */
export type RecordedRequest = z.infer<typeof requestSchema>;

const replySchema = z.strictObject({
  text: z.string(),
  finishReason: finishReasonSchema,
  usage: tokenUsageSchema,
});

/** A call that failed for good. */
const failureSchema = z.strictObject({ message: z.string(), status: z.number().optional() });

const exchangeSchema = z
  .strictObject({ request: requestSchema, reply: replySchema.optional(), failure: failureSchema.optional() })
  .refine(({ reply, failure }) => (reply === undefined) !== (failure === undefined), 'needs a reply or a failure');
/** One line of a cassette. */
export type RecordedExchange = z.infer<typeof exchangeSchema>;

/** The first line of a cassette. */
export const cassetteHeader = `${JSON.stringify({ format: 'trellis-cassette', version })}\n`;

/** Whether the text begins as a cassette does, of whatever version. */
export function isCassette(text: string): boolean {
  return headerSchema.safeParse(parseJson(text.split('\n', 1)[0] ?? '')).success;
}

/** Reads a cassette; `file` is its name for messages. Throws `ConfigurationError` in one sentence for what is none, or damaged. */
export function parseCassette(text: string, file: string): readonly RecordedExchange[] {
  const [first = '', ...lines] = text.split('\n');
  const header = headerSchema.safeParse(parseJson(first));
  if (!header.success) {
    throw new ConfigurationError(`The file ${file} is not a cassette; name one that was made with --record.`);
  }
  if (header.data.version !== version) {
    throw new ConfigurationError(
      `The cassette ${file} has the form ${header.data.version}, and this version of Trellis reads the form ${version}; record it again.`,
    );
  }
  const isWhole = lines.at(-1) === '';
  return lines.slice(0, isWhole ? -1 : undefined).map((line, index) => {
    const exchange = exchangeSchema.safeParse(parseJson(line));
    if (exchange.success) return exchange.data;
    throw new ConfigurationError(`The cassette ${file} is damaged in line ${index + 2}; record it again.`);
  });
}

/** Undefined for what is no JSON; nothing that is kept is `undefined`. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
