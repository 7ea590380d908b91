// Runs a command in the sandbox that never ends and ignores signals. Usage: node runForever.ts WORKSPACE MARKER
import { openRealSandbox, runOnce } from './sandbox.ts';

const [workspace = '.', marker = ''] = process.argv.slice(2);
const sandbox = await openRealSandbox();
const script = `use POSIX; $SIG{$_} = "IGNORE" for keys %SIG; fork or POSIX::setsid(); sleep 600 while 1`;
await runOnce(sandbox, workspace, ['perl', '-e', script, `${marker}-inner`]);
