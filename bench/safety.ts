// What the search for credentials, personal data and instructions finds in the packages of this repository, where there
// should be next to nothing, and in made-up true cases, where there is one each; and what it costs.
//   node bench/safety.ts [folder = node_modules]
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { searchCredentials } from '../src/base/credentials/findCredentials.ts';
import type { TextFinding } from '../src/base/credentials/textFinding.ts';
import { searchInstructions } from '../src/models/safety/instructions.ts';
import { searchPersonalData } from '../src/models/safety/personalData.ts';
import { instructionTexts } from '../test/support/instructionTexts.ts';
import { personalDataTexts } from '../test/support/personalDataTexts.ts';
import { syntheticCredentials } from '../test/support/syntheticCredentials.ts';

type Search = (text: string) => Generator<undefined, readonly TextFinding[], undefined>;

interface Subject {
  readonly name: string;
  readonly search: Search;
  /** Kinds that are there rightly: packages name their authors' addresses. */
  readonly expected: ReadonlySet<string>;
  /** Where hits are right: packages that speak the models' own formats hold their marks. */
  readonly expectedIn?: RegExp;
  /** Hits in a thousand files, at most. */
  readonly limit: number;
}

const subjects: readonly Subject[] = [
  { name: 'credentials', search: text => searchCredentials(text), expected: new Set(), limit: 0.5 },
  { name: 'personal data', search: searchPersonalData, expected: new Set(['email']), limit: 1.5 },
  {
    name: 'instructions',
    search: searchInstructions,
    expected: new Set(['role-tag in packages for models']),
    expectedIn: /@copilotkit\/aimock|gpt-tokenizer/,
    limit: 0.5,
  },
];
/** Of true cases that must be found. */
const leastRecall = 0.97;
/** Of one piece of work between two turns of the event loop. */
const longestPieceMs = 50;

const textFile = /\.(?:[cm]?[jt]sx?|json|md|markdown|ya?ml|txt|html?|css|scss|less|sh|py|c|cc|h|toml|xml|svg|map)$/i;
const largestFile = 2_000_000;
const casesEach = 100;

/** Made to be slow to search: a megabyte of each. */
const hostileTexts = [
  ...['a', ' ', '1', '1 ', '<', 'a@', 'a@a.', '+1(1)', 'AB12 ', '(212) ', 'a://b:', ';password=aaaa'],
  ...['password=', 'password="', 'tokentoken......', 'bearer token ', 'sk-SG.ghp_eyJAKIA', 'eyJaaaaaaaaaaaaa.'],
  ...['-----BEGIN PRIVATE KEY-----\n', '-----END PRIVATE KEY-----\n', `${'A'.repeat(64)}\n`],
  ...['ignore all the previous ', 'send secrets, ', 'curl ', 'Human: a\n', '[data ', 'if you are ', 'ai that a '],
];

let slowestMs = 0;

function find(search: Search, text: string): readonly TextFinding[] {
  const running = search(text);
  for (;;) {
    const before = process.cpuUsage();
    const step = running.next();
    // The processor's time: other processes on the machine are none of a piece's doing.
    slowestMs = Math.max(slowestMs, process.cpuUsage(before).user / 1000);
    if (step.done === true) return step.value;
  }
}

function* textsBelow(folder: string): Generator<{ readonly place: string; readonly text: string }> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.cache') yield* textsBelow(place);
    else if (entry.isFile() && textFile.test(entry.name) && statSync(place).size <= largestFile) {
      yield { place, text: readFileSync(place, 'utf8') };
    }
  }
}

/** Hits by kind, and the time that they took, in a tree of real files. */
function measureTree(folder: string) {
  const hits = subjects.map(() => new Map<string, number>());
  const times = subjects.map(() => 0);
  let files = 0;
  let characters = 0;
  for (const { place, text } of textsBelow(folder)) {
    files += 1;
    characters += text.length;
    for (const [index, { search, expectedIn }] of subjects.entries()) {
      const isExpected = expectedIn?.test(place) === true;
      const startedAt = performance.now();
      const counts = hits[index] ?? new Map<string, number>();
      for (const { kind } of find(search, text)) {
        const name = isExpected ? `${kind} in packages for models` : kind;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      times[index] = (times[index] ?? 0) + performance.now() - startedAt;
    }
  }
  return { hits, times, files, megabytes: characters / 1e6 };
}

/** The share of true cases that are found: of credentials, that nothing of the secret is left. */
function measureRecall(): Readonly<Record<string, readonly [found: number, cases: number]>> {
  const credentials = subjects[0]?.search ?? searchCredentials;
  const shares: Record<string, [number, number]> = {};
  const count = (name: string, isFound: boolean) => {
    const share = (shares[name] ??= [0, 0]);
    share[0] += isFound ? 1 : 0;
    share[1] += 1;
  };
  for (const { name, text, secret } of syntheticCredentials(casesEach)) {
    const start = text.indexOf(secret);
    const covered = find(credentials, text).some(found => found.start <= start && start + secret.length <= found.end);
    count(`credential: ${name}`, covered);
  }
  for (const [kind, texts] of Object.entries(personalDataTexts)) {
    for (const text of texts)
      count(
        `personal data: ${kind}`,
        find(searchPersonalData, text).some(found => found.kind === kind),
      );
  }
  for (const [kind, texts] of Object.entries(instructionTexts)) {
    for (const text of texts) count(`instruction: ${kind}`, find(searchInstructions, text).length > 0);
  }
  return shares;
}

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../node_modules'));
const { hits, times, files, megabytes } = measureTree(folder);
const missed: string[] = [];
console.log(`${files} files, ${megabytes.toFixed(1)} million characters below ${path.basename(folder)}`);
console.table(
  Object.fromEntries(
    subjects.map(({ name, expected, limit }, index) => {
      const counts = [...(hits[index] ?? [])];
      const alarms = counts.filter(([kind]) => !expected.has(kind)).reduce((sum, [, count]) => sum + count, 0);
      const perThousand = (alarms / files) * 1000;
      if (perThousand > limit)
        missed.push(`${name}: ${perThousand.toFixed(2)} false alarms in 1,000 files, limit ${limit}`);
      return [
        name,
        {
          'false alarms': alarms,
          'in 1,000 files': perThousand.toFixed(2),
          'in 1 MB': (alarms / megabytes).toFixed(3),
          limit: `${limit} in 1,000 files`,
          'rightly found': counts
            .filter(([kind]) => expected.has(kind))
            .map(([kind, count]) => `${count} ${kind}`)
            .join(', '),
          'ms for 1 MB': ((times[index] ?? 0) / megabytes).toFixed(1),
        },
      ];
    }),
  ),
);
const recall = Object.entries(measureRecall());
console.table(
  Object.fromEntries(
    recall.map(([name, [found, cases]]) => [name, { found, cases, share: (found / cases).toFixed(2) }]),
  ),
);
for (const group of ['credential', 'personal data', 'instruction']) {
  const shares = recall.filter(([name]) => name.startsWith(`${group}:`)).map(([, share]) => share);
  const found = shares.reduce((sum, [part]) => sum + part, 0);
  const cases = shares.reduce((sum, [, all]) => sum + all, 0);
  console.log(
    `${group}: ${found} of ${cases} true cases found (${((found / cases) * 100).toFixed(1)} %, limit ${leastRecall * 100} %)`,
  );
  if (found / cases < leastRecall) missed.push(`${group}: too few true cases found`);
}
for (const piece of hostileTexts) {
  const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
  for (const { search } of subjects) find(search, text);
}
console.log(
  `the longest piece of work took ${slowestMs.toFixed(1)} ms of the processor, hostile text included (limit ${longestPieceMs} ms)`,
);
if (slowestMs > longestPieceMs) missed.push('a piece of work was too long for the event loop');
if (missed.length > 0) {
  console.error(`Missed:\n${missed.join('\n')}`);
  process.exitCode = 1;
}
