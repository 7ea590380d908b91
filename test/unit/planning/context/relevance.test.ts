import assert from 'node:assert/strict';
import { LoopBreather } from '../../../../src/base/loopBreather.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';
import { rankFiles } from '../../../../src/planning/context/relevance.ts';
import { parseRequest } from '../../../../src/planning/context/requestTerms.ts';
import { memoryProjectFiles } from '../../../support/memoryProjectFiles.ts';

const filler = 'export const nothing = 0;\n';
const project = {
  'README.md': '# Shop\nA basket that weighs fruit.',
  'package-lock.json': '{"basket": "basket basket basket"}',
  'src/index.ts': "import { Basket } from './basket.ts';\nexport function main() {}\n",
  'src/basket.ts': "import { weigh } from './scale.ts';\nexport class Basket {}\n",
  'src/scale.ts': 'export function weigh() {}\n',
  'src/invoice.ts': 'export class Invoice { total() {} }\n// Charges tax on every basket.\n',
  'src/mail.ts': filler,
  'src/printer.ts': filler,
  'test/basket.test.ts': "import { Basket } from '../src/basket.ts';\n",
  'test/mail.test.ts': "import '../src/mail.ts';\n",
};

async function rank(
  request: string,
  commits: readonly (readonly string[])[] = [],
  texts: Record<string, string> = project,
) {
  const files = memoryProjectFiles(texts);
  const breather = new LoopBreather(new AbortController().signal);
  const paths = (await files.paths()).map(describePath);
  const ranking = await rankFiles(files, paths, parseRequest(request), commits, breather);
  return ranking.map(({ path }) => path);
}

describe('rankFiles', () => {
  it('puts the file first that the request is about, and what stands close to it next', async () => {
    const ranking = await rank('Let a basket be emptied');
    assert.equal(ranking[0], 'src/basket.ts');
    assert.deepEqual(new Set(ranking.slice(0, 3)), new Set(['src/basket.ts', 'test/basket.test.ts', 'src/index.ts']));
    assert.ok(ranking.includes('src/scale.ts'), 'what it imports');
    assert.ok(!ranking.includes('src/printer.ts') && !ranking.includes('package-lock.json'));
  });

  it('finds what only the text of a file tells', async () => {
    assert.equal((await rank('The tax is charged twice'))[0], 'src/invoice.ts');
  });

  it('finds a path and an identifier that the request names', async () => {
    assert.equal((await rank('Clean up mail.ts'))[0], 'src/mail.ts');
    assert.equal((await rank('Rename `weigh` to `measure`'))[0], 'src/scale.ts');
  });

  it('learns from what changed together', async () => {
    const habit = [
      ['src/basket.ts', 'src/printer.ts'],
      ['src/basket.ts', 'src/printer.ts', 'gone.ts'],
      Array.from({ length: 100 }, (_, index) => (index === 0 ? 'src/basket.ts' : 'src/mail.ts')),
    ];
    const ranking = await rank('Let a basket be emptied', habit);
    assert.ok(ranking.includes('src/printer.ts'));
    assert.ok(!ranking.includes('src/mail.ts') && !ranking.includes('gone.ts'));
  });

  it('begins at the entry where nothing matches', async () => {
    assert.equal((await rank('Compute Fibonacci numbers'))[0], 'src/index.ts');
  });

  it('of an empty project is empty', async () => assert.deepEqual(await rank('anything', [], {}), []));

  it('reads a bounded number of files, those that promise most among them', async () => {
    const texts = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`src/deep/er/f${index}.ts`, filler]));
    const files = memoryProjectFiles({ ...texts, 'src/deep/er/basket.ts': filler });
    const paths = (await files.paths()).map(describePath);
    const breather = new LoopBreather(new AbortController().signal);
    await rankFiles(files, paths, parseRequest('basket'), [], breather);
    assert.ok(files.readPaths.length <= 1200);
    assert.ok(files.readPaths.includes('src/deep/er/basket.ts'));
  });
});
