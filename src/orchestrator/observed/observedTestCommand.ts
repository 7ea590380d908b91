import { z } from 'zod';
import type { TreeOverlay } from '../../changes/stagedFiles.ts';
import type { TestCommand } from '../../quality/testCommand.ts';
import { treeHash } from '../treeHash.ts';
import type { Observer } from './observer.ts';

type FindTestCommand = (overlay: TreeOverlay) => Promise<TestCommand | string>;

const foundSchema: z.ZodType<TestCommand | string> = z.union([
  z.string(),
  z.strictObject({
    argv: z.tuple([z.string()], z.string()),
    display: z.string(),
    runner: z.string().optional(),
    source: z.string(),
    isReportExpected: z.boolean(),
  }),
]) as z.ZodType<TestCommand | string>;

/** Keeps which command was found to run the tests of a tree; not the files that were read to find it. */
export function observedTestCommand(find: FindTestCommand, observer: Observer): FindTestCommand {
  return overlay =>
    observer.observe({ what: 'testCommand', subject: [treeHash(overlay)], schema: foundSchema }, () => find(overlay));
}
