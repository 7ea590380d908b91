import type { CommandResult } from '../../sandbox/sandbox.ts';
import type { TestCommand } from '../testCommand.ts';

/** One sentence on why the tests could not be run at all, and what to do, or undefined when they were run. */
export function whyNotRun(command: TestCommand, result: CommandResult): string | undefined {
  const { outcome, exitCode, stdout, stderr } = result;
  const name = `The test command "${command.display}" (${command.source})`;
  // The shell's exit code for a program that is not there (POSIX); mocha's for 127 failures.
  const program = /(?:^|: )([^:\s]+): (?:command )?not found$/m.exec(stderr)?.[1];
  if (outcome === 'notFound' || (exitCode === 127 && program !== undefined)) {
    const what = program === undefined ? 'was not found' : `needs "${program}", which was not found`;
    return `${name} ${what} in the sandbox; install what it calls, or set testCommand in .trellis/config.yml.`;
  }
  if (exitCode === 1 && /^\S*python\S*: No module named pytest$/m.test(stderr)) {
    return `${name} needs pytest, which is not installed; run "apt-get install python3-pytest" or "pip install pytest".`;
  }
  const missing = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(`${stdout}\n${stderr}`)?.[1];
  if (exitCode !== 0 && missing !== undefined && missing === command.runner) {
    return `${name} needs the package "${missing}", which is not installed; run "npm install".`;
  }
  return undefined;
}
