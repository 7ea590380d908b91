// Processes of this machine, for tests that end them from outside. Linux only.
import { readdirSync, readFileSync } from 'node:fs';

/** A process; `group` is the number of its group's leader. */
export interface MachineProcess {
  readonly id: number;
  readonly group: number;
  readonly command: readonly string[];
}

/** All processes that can be looked at. */
export function machineProcesses(): MachineProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        // The name of the program, in parentheses, may hold anything.
        const [, , group] = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [{ id: Number(name), group: Number(group), command }];
      } catch (error) {
        if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw error;
      }
    });
}
