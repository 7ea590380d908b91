// node acceptAndDie.ts ROOT STEP: accepts the changes of the fixture and kills itself before the STEP-th change on the disk.
import { openSink, projectChanges } from './acceptFixture.ts';
import { crashingCalls } from './crashingCalls.ts';

const [root = '', step = ''] = process.argv.slice(2);
const calls = crashingCalls(Number(step), () => process.kill(process.pid, 'SIGKILL'));
const sink = await openSink(root, calls);
await sink.apply(projectChanges, { runId: 'run_1', signal: new AbortController().signal });
