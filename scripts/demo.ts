// `npm run demo`: the main job on an example project, with no key and no network. A scripted model server on loopback
// stands in for the models; the command line that is run is the one that ships, and speaks to it over HTTP.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runEventSchema } from '../src/domain/schema/events.ts';
import { repository, runCommand } from './command.ts';
import { checkDemonstration } from './demo/checks.ts';
import { converse, startServer } from './demo/conversation.ts';
import { ensureSandbox } from './prerequisites.ts';

const request = 'Add a function that calculates the nth Fibonacci number, with tests';
const commandLine = path.join(repository, 'dist/cli.cjs');
/** Far beyond what it takes on a busy machine. */
const LIMIT_MS = 120_000;
const isTerminal = process.stdout.isTTY;

/** What a person would type: yes to the plan and to the changes, and the first option of the question. */
const replies = [
  { prompt: /\[y\/n(?:\/[^\]]+)?\] $/, text: 'y' },
  { prompt: /\n> $/, text: '1' },
];

async function demonstrate(): Promise<boolean> {
  await ensureSandbox();
  await succeed(process.execPath, ['esbuild.mjs', 'cli']);
  const folder = await mkdtemp(path.join(tmpdir(), 'trellis-demo-'));
  const workspace = path.join(folder, 'numbers');
  const server = await startServer(path.join(repository, 'test/support/modelServer/main.ts'), [
    '--script',
    path.join(repository, 'scripts/demo/answers.ts'),
  ]);
  try {
    await makeWorkspace(workspace);
    say(`A copy of examples/numbers is in ${workspace}, the models are scripted and listen on ${server.url}.`);
    say(`$ trellis run "${request}"\n`);
    const result = await converse(startRun(workspace, server.url), replies, LIMIT_MS);
    return report(await collectFacts(workspace, result));
  } finally {
    server.child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The planner and the judge speak one protocol, the agents the other. */
function startRun(workspace: string, url: string) {
  const { OPENAI_API_KEY: _, ...environment } = process.env;
  return spawn(process.execPath, [commandLine, 'run', request, '--workspace', workspace, '--interactive'], {
    env: {
      ...environment,
      ...(isTerminal ? { FORCE_COLOR: '1' } : {}),
      TRELLIS_PLANNER_PROVIDER: 'openai',
      TRELLIS_JUDGE_PROVIDER: 'openai',
      TRELLIS_EXECUTOR_PROVIDER: 'ollama',
      TRELLIS_OPENAI_BASE_URL: `${url}/v1`,
      TRELLIS_OLLAMA_HOST: url,
    },
    stdio: 'pipe',
  });
}

async function makeWorkspace(workspace: string): Promise<void> {
  await cp(path.join(repository, 'examples/numbers'), workspace, { recursive: true });
  const git = ['-C', workspace, '-c', 'user.name=Demo', '-c', 'user.email=demo@localhost'];
  await succeed('git', [...git, 'init', '-q']);
  await succeed('git', [...git, 'add', '.']);
  await succeed('git', [...git, 'commit', '-q', '-m', 'Start']);
}

/** Reads the run back from its journal, by the command that users have, and looks at the workspace. */
async function collectFacts(
  workspace: string,
  result: { readonly exitCode: number | null; readonly durationMs: number },
) {
  const inWorkspace = ['--workspace', workspace];
  const history = await succeed(process.execPath, [commandLine, 'history', '--json', ...inWorkspace]);
  const { runs } = JSON.parse(history) as { readonly runs: readonly { readonly runId: string }[] };
  const lines = await succeed(process.execPath, [
    commandLine,
    'show',
    runs[0]?.runId ?? '',
    '--events',
    ...inWorkspace,
  ]);
  const status = await succeed('git', ['-C', workspace, 'status', '--porcelain', '-uall']);
  const tests = await runCommand(process.execPath, ['--test', `${workspace}/test/*.test.js`]);
  return {
    ...result,
    events: lines
      .trimEnd()
      .split('\n')
      .map(line => runEventSchema.parse(JSON.parse(line))),
    changedPaths: status
      .trimEnd()
      .split('\n')
      .map(line => line.slice(3))
      .sort(),
    testsPass: tests.exitCode === 0,
  };
}

function report(facts: Parameters<typeof checkDemonstration>[0]): boolean {
  const checks = checkDemonstration(facts);
  const failed = checks.filter(({ holds }) => !holds).length;
  say('\nWhat was shown:');
  for (const { claim, holds } of checks) say(`  ${holds ? '✔' : '✘'} ${claim}`);
  say(`${checks.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

async function succeed(file: string, args: readonly string[]): Promise<string> {
  const { exitCode, output } = await runCommand(file, args);
  if (exitCode === 0) return output;
  throw new Error(`${path.basename(file)} ${args.join(' ')} failed:\n${output}`);
}

function say(text: string): void {
  console.log(text);
}

try {
  process.exitCode = (await demonstrate()) ? 0 : 1;
} catch (error) {
  console.log(`The demonstration could not be given: ${error instanceof Error ? error.message : String(error)}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
