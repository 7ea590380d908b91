// node acceptByAndDie.ts ROOT STEP: puts the fixture's changes into the files past the sink, and kills itself before the STEP-th of them.
import path from 'node:path';
import { openSink, projectChanges, writeProject } from './acceptFixture.ts';

const [root = '', step = ''] = process.argv.slice(2);
const perform = () =>
  writeProject(path.join(root, 'project'), Number(step), () => process.kill(process.pid, 'SIGKILL'));
const options = { runId: 'run_1', signal: new AbortController().signal };
await (await openSink(root)).applyBy(perform, projectChanges, options);
