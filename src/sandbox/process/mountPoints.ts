import { readFile } from 'node:fs/promises';
import { isBelow } from './bubblewrap.ts';

/**
 * Folders below `root` on which something else is mounted, such as a container's volume for `node_modules`. A view
 * over `root` shows them empty.
 */
export async function mountPointsBelow(root: string): Promise<string[]> {
  return parseMountPoints(await readFile('/proc/self/mountinfo', 'utf8')).filter(
    point => point !== root && isBelow(point, root),
  );
}

/** Mount points in the format of `/proc/PID/mountinfo` (proc(5)), where the fifth field has odd characters in octal. */
export function parseMountPoints(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.split(' ')[4])
    .filter(field => field !== undefined)
    .map(field => field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
}
