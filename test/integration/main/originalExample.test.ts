import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { configurationFor, runTrellis } from '../../support/trellisHarness.ts';

const plan =
  '{"work_items":[{"id":"item_1","file_path":"src/hello.py","description":"Create hello function","mode":"coder","language":"python","file_status":"new","dependencies":[]}]}';
const source = 'def hello(name: str = "World") -> str:\n    """Greet someone."""\n    return f"Hello, {name}!"\n';
const verdict = '{"completeness":1.0,"correctness":1.0,"feedback":["Code looks good"]}';

describe('the original design’s example', () => {
  const directory = useTemporaryDirectory();

  for (const provider of ['openai', 'ollama'] as const) {
    it(`becomes src/hello.py in one iteration with a passed score, by the provider ${provider}`, async () => {
      const server = await ModelServer.start({
        rules: [
          { when: { system: 'You plan a change' }, replies: [plan] },
          { when: { system: 'You judge a change' }, replies: [verdict] },
          { replies: [source] },
        ],
      });
      const workspace = path.join(directory(), 'project');
      mkdirSync(workspace);
      const sink: ChangeSink = {
        apply: changes => {
          for (const change of changes) {
            assert.equal(
              existsSync(path.join(workspace, change.path)),
              false,
              'nothing is there before it is accepted',
            );
            mkdirSync(path.dirname(path.join(workspace, change.path)), { recursive: true });
            writeFileSync(path.join(workspace, change.path), change.after?.content ?? '');
          }
          return Promise.resolve({});
        },
      };
      try {
        const { state } = await runTrellis({
          workspace,
          storageDirectory: path.join(directory(), 'storage'),
          configuration: configurationFor(server, provider),
          request: 'Create a hello function in Python',
          sink,
        });
        assert.deepEqual(state.end, { outcome: 'applied', message: '1 file changed.' });
        assert.equal(readFileSync(path.join(workspace, 'src/hello.py'), 'utf8'), source);
        assert.equal(state.iteration, 0);
        assert.equal(state.scores.length, 1);
        assert.equal(state.scores[0]?.passed, true);
        assert.deepEqual(state.scores[0].feedback, ['Code looks good']);
        assert.equal(server.requests.length, 3, 'one call for the plan, one for the code, one for the verdict');
        assert.deepEqual(server.unmatched, []);
      } finally {
        await server.close();
      }
    });
  }
});
