import { z } from 'zod';
import { sourceCoverageSchema } from '../../domain/schema/coverage.ts';
import type {
  CommandResult,
  Sandbox,
  SandboxAvailability,
  SandboxCommand,
  SandboxSession,
  StagedTree,
} from '../../sandbox/sandbox.ts';
import { treeHash } from '../treeHash.ts';
import type { Observer } from './observer.ts';

const tierSchema = z.enum(['isolate', 'quickjs', 'process', 'container']);

const availabilitySchema = z.discriminatedUnion('isAvailable', [
  z.strictObject({ isAvailable: z.literal(true), tier: tierSchema }),
  z.strictObject({ isAvailable: z.literal(false), reason: z.string() }),
]);

const copySchema = z.strictObject({ tier: tierSchema, workspaceRoot: z.string() });

const resultSchema: z.ZodType<CommandResult> = z.strictObject({
  outcome: z.enum(['exited', 'timedOut', 'outputLimit', 'killed', 'notFound']),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  isOutputTruncated: z.boolean(),
  durationMs: z.number(),
  tier: tierSchema,
  coverage: z.array(sourceCoverageSchema).exactOptional(),
});

type Open = Sandbox['open'];

/** The sandbox, with the results of its commands kept in the journal. `find` is asked when the first command is to be run. */
export function observedSandbox(
  find: () => Promise<SandboxAvailability>,
  observer: Observer,
): () => Promise<SandboxAvailability> {
  return async () => {
    let found: SandboxAvailability | undefined;
    const seen = await observer.observe({ what: 'sandbox', subject: [], schema: availabilitySchema }, async () => {
      found = await find();
      if (!found.isAvailable) return found;
      return { isAvailable: true as const, tier: found.sandbox.tier };
    });
    if (!seen.isAvailable) return seen;
    const open: Open = (tree, options) => {
      if (found?.isAvailable !== true) throw new Error('There is no sandbox in a replay.');
      return found.sandbox.open(tree, options);
    };
    // Whoever made the sandbox disposes it.
    const dispose = () => Promise.resolve();
    return {
      isAvailable: true,
      sandbox: {
        tier: seen.tier,
        open: (tree, options) => openCopy(tree, () => open(tree, options), observer),
        dispose,
      },
    };
  };
}

async function openCopy(
  tree: StagedTree,
  open: () => Promise<SandboxSession>,
  observer: Observer,
): Promise<SandboxSession> {
  const name = treeHash(tree.changes);
  let session: SandboxSession | undefined;
  const copy = await observer.observe({ what: 'copy', subject: [name], schema: copySchema }, async () => {
    session = await open();
    return { tier: session.tier, workspaceRoot: session.workspaceRoot };
  });
  return {
    ...copy,
    run: (command: SandboxCommand, options) => {
      const subject = [name, nameOf(command)];
      return observer.observe({ what: 'command', subject, schema: resultSchema }, () => {
        if (session === undefined) throw new Error('There is no sandbox in a replay.');
        return session.run(command, options);
      });
    },
    dispose: async () => {
      await session?.dispose();
    },
  };
}

/** The same for the same command, whatever else is known of it. */
function nameOf({ argv, workingDirectory = '', environment = {}, limits = {} }: SandboxCommand): string {
  const sorted = (values: object) => Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([argv, workingDirectory, sorted(environment), sorted(limits)]);
}
