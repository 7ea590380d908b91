// Prints which files are open in a sandboxed command. Usage: node listDescriptors.ts WORKSPACE
import { openRealSandbox, shell } from './sandbox.ts';

const [workspace = '.'] = process.argv.slice(2);
const sandbox = await openRealSandbox();
const script =
  'cd /proc/$$/fd && for fd in 0 1 2 $(ls | grep -vxE "0|1|2|255"); do [ -e $fd ] && echo $fd $(readlink $fd); done; true';
process.stdout.write(await shell(sandbox, workspace, script));
await sandbox.dispose();
