import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createTrellis } from '../../../src/app/trellis.ts';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree } from '../../support/treeSnapshot.ts';
import {
  agreeable,
  configurationFor,
  type HarnessRun,
  runTrellis,
  writeProject,
} from '../../support/trellisHarness.ts';

const before = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'src/sum.js': 'export const sum = (a, b) => a - b;\n',
  'test/works.test.js': `import test from 'node:test';\ntest('works at all', () => {});\n`,
};
const mended = 'export const sum = (a, b) => a + b;\n';
const tests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { sum } from '../src/sum.js';
test('adds', () => assert.equal(sum(2, 3), 5));
`;
const plan = JSON.stringify({
  summary: 'Mend sum',
  work_items: [
    { id: 'mend', file_path: 'src/sum.js', description: 'Mend sum', mode: 'coder', file_status: 'existing' },
    { id: 'check', file_path: 'test/sum.test.js', description: 'Test it', mode: 'sdet', dependencies: ['mend'] },
  ],
});
const script = {
  rules: [
    { when: { system: 'You plan a change' }, replies: [plan] },
    { when: { system: 'You are the coder' }, replies: [`src/sum.js\n\`\`\`js\n${mended}\`\`\`\n`] },
    { when: { system: 'You are the tester' }, replies: [`test/sum.test.js\n\`\`\`js\n${tests}\`\`\`\n`] },
    { when: { system: 'You judge a change' }, replies: ['{"completeness":1,"correctness":1,"feedback":[]}'] },
  ],
};

describe('the review of a run that is over', function () {
  // Tests run in the sandbox, on a machine that may be busy.
  this.timeout(60_000);
  const directory = useTemporaryDirectory();
  const workspace = () => path.join(directory(), 'project');
  const storageDirectory = () => path.join(directory(), 'storage');
  const { signal } = new AbortController();

  it('goes on where the run was cancelled, and its accepted part is tested, applied and taken back', async () => {
    mkdirSync(workspace());
    writeProject(workspace(), before);
    const server = await ModelServer.start(script);
    try {
      const configuration = { ...configurationFor(server, 'openai'), workers: 2 };
      const runId = await cancelledInReview(configuration);
      const trellis = await createTrellis({
        workspace: workspace(),
        configuration,
        storageDirectory: storageDirectory(),
        resourcesDirectory: path.join(import.meta.dirname, '../../..'),
        version: 'test',
        logger: silentLogger,
        secrets: { openaiApiKey: 'test-key' },
      });
      const asked = server.requests.length;
      try {
        const { sink } = await openWorkspaceSink(workspace(), storageDirectory(), systemClock);
        const ended = trellis.openReview(runId, { sink });
        const { review } = ended;
        assert.deepEqual(
          review.files.map(file => [file.path, file.itemId, file.decision]),
          [
            ['src/sum.js', 'mend', 'kept'],
            ['test/sum.test.js', 'check', 'rejected'],
          ],
          'what was decided before the end is kept',
        );
        assert.throws(() => trellis.openReview(runId, { sink }), /is being written/);
        const failing = `import test from 'node:test';\ntest('works at all', () => { throw new Error('no'); });\n`;
        assert.equal((await review.prove({ signal })).verdict, 'passes');
        writeProject(workspace(), { 'test/works.test.js': failing });
        const refused = await ended.accept({ signal });
        assert.ok(refused.kind === 'notProven', 'the tests fail by now, for another file');
        assert.match(refused.message, /^Your workspace has changed since the tests ran, .*"works at all"/);
        writeProject(workspace(), before);
        const outcome = await ended.accept({ signal });
        assert.equal(outcome.kind, 'applied');
        assert.equal(review.proof?.summary, '1 test passes.');
        assert.deepEqual(snapshotTree(workspace()), { ...before, 'src/sum.js': mended });
        await ended.dispose();
        assert.equal(trellis.journal.runs()[0]?.outcome, 'applied');
        assert.deepEqual(await trellis.revert(runId, { sink, signal }), ['src/sum.js']);
        assert.deepEqual(snapshotTree(workspace()), before);
        assert.equal(server.requests.length, asked, 'no model is asked for any of it');
      } finally {
        await trellis.dispose();
      }
    } finally {
      await server.close();
    }
  });

  /** A run whose human rejects a file, and then gives up. */
  async function cancelledInReview(configuration: HarnessRun['configuration']) {
    const abort = new AbortController();
    const { state } = await runTrellis({
      workspace: workspace(),
      storageDirectory: storageDirectory(),
      configuration,
      request: 'Mend sum',
      sink: { apply: () => assert.fail('nothing is applied') },
      signal: abort.signal,
      human: {
        ...agreeable,
        review: ({ review }, options) => {
          review.decide({ kind: 'file', path: 'test/sum.test.js' }, 'rejected');
          setImmediate(() => abort.abort());
          return new Promise((_, reject) =>
            options.signal.addEventListener('abort', () => reject(options.signal.reason as Error)),
          );
        },
      },
    });
    assert.equal(state.end?.outcome, 'cancelled', state.end?.message);
    return runIdSchema.parse(state.runId);
  }
});
