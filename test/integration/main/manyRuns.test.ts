import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createTrellis } from '../../../src/app/trellis.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { defaultConfiguration } from '../../../src/config/configuration.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { agreeable, configurationFor, writeProject } from '../../support/trellisHarness.ts';

const plan = JSON.stringify({
  summary: 'A greeting',
  work_items: [{ id: 'write', file_path: 'hello.js', description: 'Write hello()', mode: 'coder' }],
});

describe('two runs of one workspace', () => {
  const directory = useTemporaryDirectory();

  it('learn once between them what a server does not take', async () => {
    const server = await ModelServer.start({
      rules: [
        {
          when: ({ body }) => 'response_format' in body,
          replies: [{ status: 400, body: { error: { message: 'response_format is not supported' } } }],
        },
        { replies: [plan] },
      ],
    });
    const workspace = path.join(directory(), 'project');
    const storageDirectory = path.join(directory(), 'storage');
    mkdirSync(workspace);
    mkdirSync(storageDirectory);
    writeProject(workspace, { 'package.json': '{}' });
    const trellis = await createTrellis({
      workspace,
      storageDirectory,
      configuration: {
        ...configurationFor(server, 'openai'),
        models: { ...defaultConfiguration.models, reuseAnswers: false },
      },
      resourcesDirectory: path.join(import.meta.dirname, '../../..'),
      version: 'test',
      logger: silentLogger,
      secrets: { openaiApiKey: 'test-key' },
    });
    try {
      for (const requests of [2, 3]) {
        const { signal } = new AbortController();
        const sink = { apply: () => Promise.resolve({}) };
        const run = trellis.start('Write a greeting', { human: agreeable, sink, stopAfterPlan: true, signal });
        assert.equal((await run.done).end?.outcome, 'planned');
        assert.equal(server.requests.length, requests, 'the first run asks a second time, the next one knows');
      }
    } finally {
      await trellis.dispose();
      await server.close();
    }
  });
});
