import { z } from 'zod';
import { ValidationError } from '../../base/errors.ts';
import type { PanelRequestMessage, PanelRequestName, PanelRequests } from '../../domain/panelProtocol.ts';
import { planSchema } from '../../domain/schema/plan.ts';
import { describeIssues } from '../describeIssues.ts';

/** The longest request that is worth sending to a planner, in characters. */
export const maximumRequestLength = 100_000;

const nothing = z.strictObject({});

/** The parameters of each request, as they are checked when they come in from a webview. */
const parameterSchemas = {
  getSnapshot: z.strictObject({ runId: z.string().max(200).optional() }),
  startRun: z.strictObject({ request: z.string().max(maximumRequestLength) }),
  approvePlan: z.strictObject({ plan: planSchema }),
  cancelRun: nothing,
  answerQuestion: z.strictObject({ questionId: z.string().min(1), text: z.string().trim().min(1).max(20_000) }),
  reviewChanges: z.strictObject({ path: z.string().max(4096).optional() }),
  acceptChanges: nothing,
  refuseChanges: nothing,
  undoAccept: nothing,
  openFile: z.strictObject({ path: z.string().min(1).max(4096) }),
  showPanel: nothing,
  showChat: nothing,
  showHistory: nothing,
  openSettings: nothing,
} satisfies Record<PanelRequestName, z.ZodType>;

const envelopeSchema = z.strictObject({
  kind: z.literal('request'),
  id: z.int().nonnegative(),
  name: z.custom<PanelRequestName>(name => typeof name === 'string' && Object.hasOwn(parameterSchemas, name)),
  params: z.unknown(),
});
export type PanelRequestEnvelope = z.infer<typeof envelopeSchema>;

/** The parameters of a request after they were checked. */
export type ParsedParameters<K extends PanelRequestName> = z.output<(typeof parameterSchemas)[K]>;

/** One handler for each request; what it throws is answered with its message. */
export type PanelRequestHandlers = {
  readonly [K in PanelRequestName]: (params: ParsedParameters<K>) => Promise<PanelRequests[K]['result']>;
};

/** Who asks for what; undefined for a message that is not a request at all. */
export function parseEnvelope(message: unknown): PanelRequestEnvelope | undefined {
  const result = envelopeSchema.safeParse(message);
  return result.success ? result.data : undefined;
}

/** Checks the parameters and calls the handler. Throws `ValidationError` for parameters that are not what they should be. */
export async function handleRequest(
  handlers: PanelRequestHandlers,
  { name, params }: Pick<PanelRequestMessage, 'name'> & { readonly params?: unknown },
): Promise<PanelRequests[PanelRequestName]['result']> {
  const result = parameterSchemas[name].safeParse(params);
  if (!result.success) throw new ValidationError(`This could not be taken: ${describeIssues(result.error)}.`);
  // The table binds each name to its parameters; the index access alone loses that.
  const handler = handlers[name] as (params: unknown) => Promise<PanelRequests[PanelRequestName]['result']>;
  return handler(result.data);
}
