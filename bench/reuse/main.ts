// Tokens of work that is done again: by a loop that plans and executes everything each time, and by Trellis.   node bench/reuse/main.ts
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Configuration } from '../../src/config/configuration.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';
import type { HumanChannel } from '../../src/orchestrator/humanChannel.ts';
import type { ModelServerRequest, ScriptRule } from '../../test/support/modelServer/modelScript.ts';
import { ModelServer } from '../../test/support/modelServer/modelServer.ts';
import { agreeable, configurationFor, runTrellis, writeProject } from '../../test/support/trellisHarness.ts';
import { countInput, countText } from '../tokenCount.ts';
import { items, project, request, rulesFor } from './script.ts';

/** What an agent asks for before it writes, one answer each. */
let looks: readonly string[] = [];
const allLooks = ['<read path="src/index.js"/>\n<list path="src"/>', '<search pattern="export"/>'];

const folder = mkdtempSync(path.join(tmpdir(), 'trellis-reuse-'));
const answered: string[] = [];
const server = await ModelServer.start({ rules: [] });
let workspaces = 0;

function newWorkspace(): string {
  const workspace = path.join(folder, `project-${++workspaces}`);
  writeProject(workspace, project);
  git(workspace, 'init', '-q', '-b', 'main');
  git(workspace, 'add', '-A');
  git(workspace, 'commit', '-qm', 'Begin');
  return workspace;
}

interface Run {
  readonly workspace: string;
  readonly isPeer?: boolean;
  readonly feedback?: string;
  readonly edit?: (plan: Plan) => Plan;
}

/** One run; its changes are accepted, and go nowhere. The score that it ended with is told. */
async function run({ workspace, isPeer = false, feedback, edit }: Run) {
  const base = configurationFor(server, 'openai');
  const peer: Partial<Configuration> = {
    models: { ...base.models, reuseAnswers: false },
    quality: { ...base.quality, iterations: 0 },
  };
  const human: HumanChannel = {
    ...agreeable,
    approvePlan: proposed => Promise.resolve({ kind: 'approve', plan: edit?.(proposed) ?? proposed, by: 'human' }),
  };
  const { state } = await runTrellis({
    workspace,
    storageDirectory: path.join(workspace, '.trellis'),
    configuration: { ...base, ...(isPeer && peer) },
    request: feedback === undefined ? request : `${request}\n\nThe last attempt was not good enough: ${feedback}`,
    sink: { apply: () => Promise.resolve({}) },
    human,
  });
  const { outcome, message } = state.end ?? {};
  if (outcome !== 'applied' && !(isPeer && outcome === 'qualityNotReached')) {
    throw new Error(`The run ended as ${outcome ?? 'nothing'}: ${message ?? ''}`);
  }
  return state.scores.at(-1);
}

/** The original design's loop: plans and executes everything until the score passes, with the feedback in the request. */
async function planAndExecuteAll(workspace: string, edit?: Run['edit']): Promise<void> {
  let feedback: string | undefined;
  for (let iteration = 0; iteration < 3; iteration += 1) {
    const score = await run({
      workspace,
      isPeer: true,
      ...(feedback !== undefined && { feedback }),
      ...(edit && { edit }),
    });
    if (score?.passed === true) return;
    feedback = score?.feedback.join(' ') ?? '';
  }
  throw new Error(`The loop does not come to an end: ${feedback ?? ''}`);
}

interface Spent {
  readonly calls: number;
  readonly input: number;
  readonly output: number;
}

/** What `work` costs, in tokens of what the server received and answered. */
async function spentBy(work: () => Promise<unknown>): Promise<Spent> {
  const [requestsBefore, answersBefore] = [server.requests.length, answered.length];
  await work();
  const received: readonly ModelServerRequest[] = server.requests.slice(requestsBefore);
  return {
    calls: received.length,
    input: received.reduce((sum, each) => sum + countInput(each), 0),
    output: answered.slice(answersBefore).reduce((sum, text) => sum + countText(text), 0),
  };
}

interface Comparison {
  readonly scenario: string;
  readonly loop: Spent;
  readonly trellis: Spent;
}

interface Scenario {
  /** What is there already, for both; not counted. */
  readonly before?: (workspace: string) => Promise<unknown>;
  readonly loop?: (workspace: string) => Promise<unknown>;
  readonly trellis?: (workspace: string) => Promise<unknown>;
  /** The item that the judge finds fault with, once. */
  readonly fault?: string;
}

/** Each side in a workspace of its own, on the same script from its beginning. */
async function compare(scenario: string, { before, loop, trellis, fault }: Scenario): Promise<Comparison> {
  const measure = async (work: (workspace: string) => Promise<unknown>) => {
    const workspace = newWorkspace();
    server.play({ rules: rulesFor({ answered, looks, fault }) });
    await before?.(workspace);
    return spentBy(() => work(workspace));
  };
  return {
    scenario,
    loop: await measure(loop ?? planAndExecuteAll),
    trellis: await measure(trellis ?? (workspace => run({ workspace }))),
  };
}

/** What came after a first pass without fault: the same for both sides. */
function afterFirstPass(scenario: string, whole: Comparison, first: Comparison): Comparison {
  const minus = (left: Spent, right: Spent): Spent => ({
    calls: left.calls - right.calls,
    input: left.input - right.input,
    output: left.output - right.output,
  });
  return { scenario, loop: minus(whole.loop, first.loop), trellis: minus(whole.trellis, first.trellis) };
}

const changeOneItem = (proposed: Plan): Plan => ({
  ...proposed,
  items: proposed.items.map(item =>
    item.id === 'mass' ? { ...item, description: `${item.description} Add the carat.` } : item,
  ),
});

function git(workspace: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  execFileSync('git', [...identity, ...args], { cwd: workspace, stdio: 'ignore' });
}

const commandLine = path.join(import.meta.dirname, '../../src/cli.ts');

function startCommandLine(workspace: string): ChildProcessByStdio<null, Readable, null> {
  const { PATH, HOME } = process.env;
  const ofRole = (role: string) => [
    [`TRELLIS_${role}_PROVIDER`, 'openai'],
    [`TRELLIS_${role}_MODEL`, 'scripted'],
  ];
  const roles = Object.fromEntries(['PLANNER', 'EXECUTOR', 'JUDGE'].flatMap(ofRole)) as Record<string, string>;
  return spawn(process.execPath, [commandLine, 'run', request, '--yes', '--events'], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH, HOME, ...roles, TRELLIS_OPENAI_BASE_URL: server.openaiBaseUrl, OPENAI_API_KEY: 'key' },
  });
}

/** Kills the process that runs the request when nine of its ten items are done; the tenth never gets its answer. */
async function crash(workspace: string): Promise<void> {
  const stalled: ScriptRule = {
    when: { prompt: 'Your file: test/length.test.js' },
    replies: [{ connection: 'stall' }],
  };
  server.play({ rules: [stalled, ...rulesFor({ answered, looks })] });
  const child = startCommandLine(workspace);
  const ended = once(child, 'exit');
  let done = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    done += line.includes('"order.completed"') ? 1 : 0;
    if (done === items.length - 1) break;
  }
  child.kill('SIGKILL');
  await ended;
  server.play({ rules: rulesFor({ answered, looks }) });
}

async function runCommandLine(workspace: string): Promise<void> {
  const child = startCommandLine(workspace);
  child.stdout.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The command line ended with ${String(code)}.`);
}

/** The task was done on the main branch; here is another one. */
const toBranch = (change: (workspace: string) => void) => async (workspace: string) => {
  await run({ workspace });
  git(workspace, 'checkout', '-q', '-b', 'other');
  change(workspace);
};

async function compareAll(): Promise<readonly Comparison[]> {
  const first = await compare('first pass, without fault', {});
  const needed = await compare('one of 10 at fault, two need it: all', { fault: 'length' });
  const alone = await compare('one of 10 at fault, none needs it: all', { fault: 'power' });
  const ran = async (workspace: string) => run({ workspace });
  return [
    first,
    needed,
    afterFirstPass('  after the first pass, with the two', needed, first),
    alone,
    afterFirstPass('  after the first pass', alone, first),
    await compare('plan changed in one item', {
      before: ran,
      loop: workspace => planAndExecuteAll(workspace, changeOneItem),
      trellis: workspace => run({ workspace, edit: changeOneItem }),
    }),
    await compare('same request after a crash, 9 of 10 done', { before: crash, trellis: runCommandLine }),
    await compare('same task in a second branch', { before: toBranch(() => undefined) }),
    await compare('  where another file is new', {
      before: toBranch(workspace => {
        writeProject(workspace, { 'docs/history.md': '# History\n\nBegun in 2026.\n' });
        git(workspace, 'add', '-A');
        git(workspace, 'commit', '-qm', 'Tell the history');
      }),
    }),
  ];
}

/** The least ratio to be content with: three quarters of what was measured. Where none is given, no token is to be spent. */
const leastRatios = new Map([
  ['first pass, without fault', 1],
  ['one of 10 at fault, two need it: all', 1.1],
  ['  after the first pass, with the two', 1.7],
  ['one of 10 at fault, none needs it: all', 1.2],
  ['  after the first pass', 2.9],
  ['plan changed in one item', 3],
  ['same request after a crash, 9 of 10 done', 2.8],
  ['  where another file is new', 6.4],
]);

function report(comparisons: readonly Comparison[]): void {
  const rows = comparisons.map(({ scenario, loop, trellis }) => ({
    scenario,
    'loop calls': loop.calls,
    'loop tokens': loop.input + loop.output,
    'Trellis calls': trellis.calls,
    'Trellis tokens': trellis.input + trellis.output,
    ratio: ratioOf(loop, trellis),
  }));
  console.log(`\nAgents that look around ${looks.length} times before they write:`);
  console.table(rows.map(row => ({ ...row, ratio: row.ratio === Infinity ? 'all' : row.ratio.toFixed(1) })));
  for (const { scenario, ratio } of rows) {
    const least = leastRatios.get(scenario) ?? Infinity;
    if (ratio >= least) continue;
    console.error(`${scenario.trim()}: ${ratio.toFixed(1)} times fewer tokens; at least ${least} times are wanted.`);
    process.exitCode = 1;
  }
}

try {
  report(await compareAll());
  looks = allLooks;
  report(await compareAll());
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

function ratioOf(loop: Spent, trellis: Spent): number {
  return (loop.input + loop.output) / (trellis.input + trellis.output);
}
