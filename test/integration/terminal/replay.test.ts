import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCommandLineProcess } from '../../support/commandLineProcess.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const script = `
rules:
  - role: planner
    answer: '{"summary":"x","work_items":[{"id":"write","file_path":"src/answer.js","mode":"coder","description":"Export it."}]}'
  - role: coder
    answer: "src/answer.js\\n\`\`\`js\\nexport const answer = 42;\\n\`\`\`"
  - role: judge
    answer: '{ "completeness": 1, "correctness": 1, "feedback": [] }'
`;

describe('trellis replay, as a process', () => {
  const workspace = useTemporaryDirectory();
  const run = (...args: string[]) => runCommandLineProcess(workspace(), args);

  beforeEach(async () => {
    cpSync(path.join(repository, 'examples/numbers'), workspace(), { recursive: true });
    mkdirSync(path.join(workspace(), '.trellis'));
    writeFileSync(path.join(workspace(), '.trellis/demo.yml'), script);
    writeFileSync(
      path.join(workspace(), '.trellis/config.yml'),
      'planner: { provider: scripted, model: demo }\nexecutor: { provider: scripted, model: demo }\nscripted: { file: .trellis/demo.yml }',
    );
    const { code, stderr } = await run('run', 'Export the answer', '--yes');
    assert.equal(code, 0, stderr);
    rmSync(path.join(workspace(), '.trellis/demo.yml'));
    rmSync(path.join(workspace(), 'src'), { recursive: true });
  });

  it('ends with 0 when the replay is the run, and writes nothing', async () => {
    const journal = () => readFileSync(path.join(workspace(), '.trellis/trellis.db'));
    const before = journal();
    const text = await run('replay', 'run_');
    assert.equal(text.code, 0, text.stdout + text.stderr);
    assert.match(text.stdout, /^The replay is the same as the run: \d+ steps, to its end \(applied\)\.\n$/);
    const json = await run('replay', 'run_', '--json');
    assert.partialDeepStrictEqual(JSON.parse(json.stdout), { isSame: true, outcome: 'applied', divergence: null });
    assert.deepEqual(journal(), before);
  });

  it('ends with 1 when it differs, and names the step', async () => {
    const database = new DatabaseSync(path.join(workspace(), '.trellis/trellis.db'));
    database.exec(
      `UPDATE event SET body = replace(body, '"overall":1', '"overall":0.99') WHERE type = 'quality.scored'`,
    );
    database.close();
    const text = await run('replay', 'run_');
    assert.equal(text.code, 1, text.stdout + text.stderr);
    assert.match(
      text.stdout,
      /^The replay differs from the run\.\nStep \d+ \(quality\.scored, run\), score\.overall:\n {2}recorded: 0\.99\n {2}replayed: 1\n$/,
    );
    const { divergence } = JSON.parse((await run('replay', 'run_', '--json')).stdout) as { divergence: unknown };
    assert.partialDeepStrictEqual(divergence, {
      type: 'quality.scored',
      place: 'score.overall',
      expected: '0.99',
      got: '1',
    });
  });

  it('ends with 2 for a run that is not there', async () => {
    const { code, stderr } = await run('replay', 'run_nowhere');
    assert.deepEqual([code, stderr.includes('There is no run "run_nowhere"')], [2, true]);
  });
});
