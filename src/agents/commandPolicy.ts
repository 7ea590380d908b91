import { type SimpleCommand, simpleCommands } from './shellCommands.ts';

/** Whether an agent may run a command, and in a sentence for the model why not. */
export type CommandDecision = { readonly kind: 'allow' } | { readonly kind: 'deny'; readonly reason: string };

/** Programs that need what the sandbox does not have, or do harm even there; with why, as the end of a sentence. */
const deniedPrograms: ReadonlyMap<string, string> = new Map([
  ...withReason(
    'there is no network in the sandbox',
    'curl wget ssh scp sftp rsync nc ncat netcat socat telnet ftp ping dig nslookup',
  ),
  ...withReason(
    'nothing runs with other rights in the sandbox',
    'sudo su doas pkexec chroot mount umount unshare nsenter bwrap docker podman',
  ),
  ...withReason('packages cannot be installed in the sandbox', 'apt apt-get brew dnf yum apk pacman gem bunx'),
  ...withReason(
    'it acts on the machine and not on the project',
    'shutdown reboot halt poweroff systemctl service kill pkill killall crontab at dd mkfs',
  ),
  ...withReason('it waits for a person', 'vi vim nvim nano emacs less more top htop man watch'),
]);

/** Subcommands that need the network or change what is shared, by program. */
const deniedSubcommands: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    npm: 'i in install ci add update up upgrade publish login adduser init create audit outdated link uninstall un remove rm',
    pnpm: 'i install add update up publish dlx create remove rm',
    yarn: 'install add upgrade up publish dlx create remove',
    bun: 'i install add update publish x create remove',
    pip: 'install uninstall download wheel',
    git: 'push pull fetch clone remote submodule reset clean checkout switch restore rebase merge stash commit config',
    cargo: 'install publish login add update fetch',
    go: 'get install mod',
    uv: 'add remove pip sync tool',
    poetry: 'add remove install update publish',
    conda: 'install update create',
    ollama: 'pull push run serve',
  }).map(([program, subcommands]) => [program, new Set(subcommands.split(' '))]),
);

/** Options before a subcommand that take the next word as their value. */
const valueOptions: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^(?:-[cC]|--git-dir|--work-tree)$/],
  ['npm', /^(?:-w|--workspace|-C|--prefix|--loglevel)$/],
  ['pnpm', /^(?:-C|--dir|-F|--filter)$/],
  ['yarn', /^--cwd$/],
  ['cargo', /^(?:-Z|--config|-C)$/],
]);

/** Programs that only run another one, which is then looked at in their place; with the options that take a value. */
const wrappers: ReadonlyMap<string, RegExp> = new Map([
  ['env', /^(?:-u|--unset|-C|--chdir)$/],
  ['time', /^(?:-f|-o)$/],
  ['timeout', /^(?:-k|--kill-after|-s|--signal)$/],
  ['nice', /^(?:-n|--adjustment)$/],
  ['ionice', /^-[cn]$/],
  ['setsid', /^$/],
  ['nohup', /^$/],
  ['command', /^$/],
  ['builtin', /^$/],
  ['exec', /^-a$/],
  ['xargs', /^-[InPLEsd]$/],
  ['stdbuf', /^-[ioe]$/],
  ...'if then elif else while until do ! {'.split(' ').map((word): [string, RegExp] => [word, /^$/]),
]);

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);

const longestCommand = 4_000;
/** A shell within a shell within a shell is no longer a way to run something. */
const deepestNesting = 3;

/**
 * Decides on a shell command that an agent asks for. It runs in the sandbox in any case, which is what contains it; this
 * spares the agent what cannot work there, with a reason that tells it what to do instead. Every command counts
 * that stands in the line: in pipelines, lists, substitutions, `sh -c`, `xargs` and `find -exec`. What cannot be read for
 * certain is denied.
 */
export function decideCommand(command: string): CommandDecision {
  if (command.trim() === '') return deny('the command is empty');
  if (command.length > longestCommand) return deny(`the command is longer than ${longestCommand} characters`);
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(command)) return deny('the command has control characters in it');
  const problem = lineProblem(command, 0);
  return problem === undefined ? { kind: 'allow' } : deny(problem);
}

function deny(reason: string): CommandDecision {
  return { kind: 'deny', reason: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` };
}

function withReason(reason: string, programs: string): [string, string][] {
  return programs.split(' ').map(program => [program, reason]);
}

function lineProblem(line: string, depth: number): string | undefined {
  if (depth > deepestNesting) return 'the command runs shells within shells; write it out';
  const commands = simpleCommands(line);
  if (commands === undefined) return 'the command has a quote, a parenthesis or a here-document that is not closed';
  for (const words of commands) {
    const problem = commandProblem(words, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function commandProblem(words: SimpleCommand, depth: number): string | undefined {
  const [program, ...args] = unwrapped(words);
  if (program === undefined) return undefined;
  const name = nameOf(program);
  if (name.includes('$')) return `it is not clear which program "${program}" is; write its name out`;
  const reason = deniedPrograms.get(name);
  if (reason !== undefined) return `"${name}" is not run: ${reason}`;
  if (name === 'npx' && args.some(arg => /^(?:-y|--yes|-p|--package)\b/.test(arg)))
    return '"npx" only runs what is installed; packages cannot be installed in the sandbox';
  const nested = nestedLines(name, args);
  for (const line of nested) {
    const problem = typeof line === 'string' ? lineProblem(line, depth + 1) : commandProblem(line, depth + 1);
    if (problem !== undefined) return problem;
  }
  return subcommandProblem(name, args);
}

function subcommandProblem(name: string, args: readonly string[]): string | undefined {
  const program = /^pip[\d.]*$/.test(name) ? 'pip' : name;
  const takesValue = valueOptions.get(program);
  const subcommand = args.find((arg, index) => !/^[-+]/.test(arg) && !takesValue?.test(args[index - 1] ?? ''));
  if (subcommand === undefined || !deniedSubcommands.get(program)?.has(subcommand)) return undefined;
  return `"${name} ${subcommand}" is not run: it needs the network, or changes more than this private copy of the project`;
}

/** The commands that the arguments of a program hold: shell lines, or the words of a command. */
function nestedLines(name: string, args: readonly string[]): readonly (string | SimpleCommand)[] {
  if (name === 'eval') return [args.join(' ')];
  if (shells.has(name)) {
    const flag = args.findIndex(arg => /^-[a-z]*c[a-z]*$/.test(arg));
    const line = flag === -1 ? undefined : args[flag + 1];
    return line === undefined ? [] : [line];
  }
  if (name === 'find') {
    const starts = args.flatMap((arg, index) => (/^-(?:exec|execdir|ok|okdir)$/.test(arg) ? [index + 1] : []));
    return starts.map(start => args.slice(start));
  }
  if (/^python[\d.]*$/.test(name)) {
    const flag = args.indexOf('-m');
    return flag === -1 ? [] : [args.slice(flag + 1)];
  }
  return [];
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** The words without assignments and wrappers in front: `CI=1 timeout 5 npm test` → `npm test`. */
function unwrapped(words: SimpleCommand): SimpleCommand {
  let rest = withoutAssignments(words);
  for (;;) {
    const wrapper = nameOf(rest[0] ?? '');
    const takesValue = wrappers.get(wrapper);
    if (takesValue === undefined) return rest;
    rest = withoutAssignments(rest.slice(1));
    while (rest[0]?.startsWith('-')) rest = withoutAssignments(rest.slice(takesValue.test(rest[0]) ? 2 : 1));
    if (wrapper === 'timeout') rest = rest.slice(1);
  }
}

function withoutAssignments(words: SimpleCommand): SimpleCommand {
  const start = words.findIndex(word => !/^\w+=/.test(word));
  return start === -1 ? [] : words.slice(start);
}
