// The command line's composition root. What it needs is loaded only after the runtime was found to be new enough.
import path from 'node:path';

/** The first release in which `node:sqlite` needs no flag. */
const oldestNode = { major: 22, minor: 13 };

void start();

async function start(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor)) {
    const { version, execPath } = process;
    process.stderr.write(
      `trellis: Trellis needs Node ${oldestNode.major}.${oldestNode.minor} or newer, and ${execPath} is ${version}; start it with a newer one.\n`,
    );
    process.exitCode = 2;
    return;
  }
  const { runProcess } = await import('./terminal/processHost.ts');
  await runProcess(path.dirname(import.meta.dirname));
}
