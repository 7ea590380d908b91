/** Whether an agent may run a command, and in a sentence for the model why not. */
export type CommandDecision = { readonly kind: 'allow' } | { readonly kind: 'deny'; readonly reason: string };

/** Programs that need what the sandbox does not have, or do harm even there; with why, as the end of a sentence. */
const denied: ReadonlyMap<string, string> = new Map([
  ...withReason('there is no network in the sandbox', [
    'curl',
    'wget',
    'ssh',
    'scp',
    'sftp',
    'rsync',
    'nc',
    'ncat',
    'telnet',
    'ftp',
    'ping',
    'dig',
  ]),
  ...withReason('nothing runs with other rights in the sandbox', [
    'sudo',
    'su',
    'doas',
    'pkexec',
    'chroot',
    'mount',
    'umount',
    'unshare',
    'nsenter',
    'docker',
    'podman',
  ]),
  ...withReason('packages cannot be installed in the sandbox', [
    'apt',
    'apt-get',
    'brew',
    'dnf',
    'yum',
    'apk',
    'pacman',
    'pip',
    'pip3',
    'gem',
    'npx',
    'bunx',
  ]),
  ...withReason('it acts on the machine and not on the project', [
    'shutdown',
    'reboot',
    'systemctl',
    'service',
    'kill',
    'pkill',
    'killall',
    'crontab',
    'at',
    'dd',
    'mkfs',
  ]),
  ...withReason('it waits for a person', ['vi', 'vim', 'nano', 'emacs', 'less', 'more', 'top', 'htop', 'man', 'watch']),
]);

/** Subcommands that need the network or change what is shared, by program. */
const deniedSubcommands: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^(i|in|install|ci|add|update|up|publish|login|exec|init|create|audit|link|uninstall|un|rm)$/],
  ['pnpm', /^(i|install|add|update|up|publish|dlx|create)$/],
  ['yarn', /^(install|add|upgrade|up|publish|dlx|create)$/],
  ['bun', /^(i|install|add|update|publish|x|create)$/],
  ['git', /^(push|pull|fetch|clone|remote|submodule|reset|clean|checkout|switch|rebase|stash|commit|config)$/],
  ['cargo', /^(install|publish|login|add|update|fetch)$/],
  ['go', /^(get|install|mod)$/],
  ['uv', /^(add|pip|sync|tool)$/],
  ['poetry', /^(add|install|update|publish)$/],
]);

/** Programs that only run another one, which is then looked at in their place; with the options that take a value. */
const wrappers: ReadonlyMap<string, RegExp> = new Map([
  ['env', /^(-u|--unset|-C|--chdir|-S)$/],
  ['time', /^(-f|-o)$/],
  ['timeout', /^(-k|--kill-after|-s|--signal)$/],
  ['nice', /^(-n|--adjustment)$/],
  ['nohup', /^$/],
  ['command', /^$/],
  ['exec', /^(-a)$/],
  ['xargs', /^(-[InPLEsd])$/],
  ['stdbuf', /^(-[ioe])$/],
]);

const LONGEST_COMMAND = 4000;

/**
 * Decides on a shell command that an agent asks for. It runs in the sandbox in any case, which is what contains it; this
 * spares the agent what cannot work there, with a reason that tells it what to do instead. Every segment of a
 * pipeline or list counts. What cannot be read for certain (an unclosed quote) is denied.
 */
export function decideCommand(command: string): CommandDecision {
  if (command.trim() === '') return deny('the command is empty');
  if (command.length > LONGEST_COMMAND) return deny(`the command is longer than ${LONGEST_COMMAND} characters`);
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(command)) return deny('the command has control characters in it');
  const segments = splitSegments(command);
  if (!segments) return deny('the command has a quote that is not closed');
  for (const words of segments) {
    const reason = problemOf(words);
    if (reason !== undefined) return deny(reason);
  }
  return { kind: 'allow' };
}

function deny(reason: string): CommandDecision {
  return { kind: 'deny', reason: `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}.` };
}

function withReason(reason: string, programs: readonly string[]): [string, string][] {
  return programs.map(program => [program, reason]);
}

function problemOf(words: readonly string[]): string | undefined {
  const [program, ...args] = unwrap(words);
  if (program === undefined) return undefined;
  const name = program.slice(program.lastIndexOf('/') + 1);
  const reason = denied.get(name);
  if (reason !== undefined) return `"${name}" is not run: ${reason}`;
  const subcommand = args.find(arg => !arg.startsWith('-'));
  if (subcommand !== undefined && deniedSubcommands.get(name)?.test(subcommand)) {
    return `"${name} ${subcommand}" is not run: it needs the network, or changes more than this private copy of the project`;
  }
  return undefined;
}

/** The words without assignments and wrappers in front: `CI=1 timeout 5 npm test` → `npm test`. */
function unwrap(words: readonly string[]): readonly string[] {
  let rest = words.slice(words.findIndex(word => !/^\w+=/.test(word)));
  if (words.every(word => /^\w+=/.test(word))) return [];
  for (let takesValue = wrappers.get(rest[0] ?? ''); takesValue; takesValue = wrappers.get(rest[0] ?? '')) {
    const wrapper = rest[0];
    rest = rest.slice(1);
    while (rest[0] !== undefined && (rest[0].startsWith('-') || /^\w+=/.test(rest[0]))) {
      rest = rest.slice(takesValue.test(rest[0]) ? 2 : 1);
    }
    if (wrapper === 'timeout') rest = rest.slice(1);
  }
  return rest;
}

/**
 * The words of each simple command in a shell command: lists, pipelines, subshells and substitutions are taken apart,
 * quotes and backslashes read as the shell does. Undefined when a quote is not closed.
 */
function splitSegments(command: string): string[][] | undefined {
  const segments: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endSegment = () => {
    endWord();
    if (words.length > 0) segments.push(words);
    words = [];
  };
  for (let at = 0; at < command.length; at++) {
    const character = command[at] ?? '';
    if (character === '\\') word = (word ?? '') + (command[++at] ?? '');
    else if (character === "'" || character === '"') {
      const end = closingQuote(command, at);
      if (end === -1) return undefined;
      const quoted = command.slice(at + 1, end);
      word = (word ?? '') + quoted;
      // Double quotes do not keep the shell from running what is substituted inside them.
      if (character === '"') segments.push(...substitutions(quoted));
      at = end;
    } else if (/[\n;&|()`{}]/.test(character) || command.startsWith('$(', at)) endSegment();
    else if (/\s/.test(character)) endWord();
    else word = (word ?? '') + character;
  }
  endSegment();
  return segments;
}

function closingQuote(command: string, open: number): number {
  const quote = command[open] ?? '';
  for (let at = open + 1; at < command.length; at++) {
    if (quote === '"' && command[at] === '\\') at++;
    else if (command[at] === quote) return at;
  }
  return -1;
}

/** The commands in the `$(…)` and backquotes of a double-quoted text. */
function substitutions(quoted: string): string[][] {
  const inside = [...quoted.matchAll(/\$\(([^)]*)\)|`([^`]*)`/g)].map(match => match[1] ?? match[2] ?? '');
  return inside.flatMap(text => splitSegments(text) ?? []);
}
