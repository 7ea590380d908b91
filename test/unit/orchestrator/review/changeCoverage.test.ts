import assert from 'node:assert/strict';
import type { LineRange, SourceCoverage } from '../../../../src/domain/schema/coverage.ts';
import { coverageOfChanges, isMeasurable } from '../../../../src/orchestrator/review/changeCoverage.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();

/** A text in which `‹…›` is what never ran, as V8 tells it of such code. */
function measured(marked: string, path = 'src/a.ts'): { readonly text: string; readonly source: SourceCoverage } {
  const missed: number[] = [];
  let text = '';
  for (const [index, part] of marked.split(/[‹›]/).entries()) {
    if (index % 2 === 1) missed.push(text.length, text.length + part.length);
    text += part;
  }
  return { text, source: { path, length: text.length, missed } };
}

const named = (ranges: readonly LineRange[]) => ranges.map(({ first, last }) => [first, last]);

/** What is told of a file that is new, or was `before`. */
async function toldOf(marked: string, before?: string) {
  const { text, source } = measured(marked);
  const [coverage] = await coverageOfChanges([source], [stagedChange('src/a.ts', before, text)], { signal });
  return coverage && { neverRan: named(coverage.neverRan), partlyRan: named(coverage.partlyRan) };
}

describe('what the tests left out of changed lines', () => {
  it('is nothing where all of it ran', async () => {
    assert.deepEqual(await toldOf('export const a = 1;\n'), { neverRan: [], partlyRan: [] });
  });

  it('is a block without the line that opens it, and a function with the line above where that did run', async () => {
    const block = `export function f(a) {\n  if (a) ‹{\n    one();\n\n    // why\n    two();\n  }›\n  return a;\n}\n`;
    assert.deepEqual(await toldOf(block), { neverRan: [[3, 7]], partlyRan: [] });
    const both = `if (a) {\n  one();\n}‹ else {\n  two();\n}›\nexport ‹function f() {\n  three();\n}›\n`;
    assert.deepEqual(await toldOf(both), {
      neverRan: [
        [4, 5],
        [7, 8],
      ],
      partlyRan: [],
    });
  });

  it('is a part of a line, where nothing but that tells of it', async () => {
    const text = `const a = b ?? ‹c›;\nrun(a);\nexport const double = ‹n => n * 2›;\nif (a) ‹{ }›\n`;
    assert.deepEqual(await toldOf(text), {
      neverRan: [],
      partlyRan: [
        [1, 1],
        [3, 3],
      ],
    });
  });

  it('is told of changed lines only, apart where unchanged ones lie between', async () => {
    const before = `function f() {\n  one();\n  two();\n  three();\n}\n`;
    const after = `‹function f() {\n  ONE();\n  two();\n\n  THREE();\n}›\n`;
    assert.deepEqual(await toldOf(after, before), {
      neverRan: [
        [2, 2],
        [5, 5],
      ],
      partlyRan: [],
    });
  });

  it('counts lines by their own ends, and characters as V8 does', async () => {
    const text = `/* 😀é */ const a = '“';\r\nconst b = a ?\r\n  1 :\r\n  ‹'😀'›;\r\n\r\n‹function f() {›\r\n‹}›\r\n`;
    assert.deepEqual(await toldOf(text), { neverRan: [[6, 7]], partlyRan: [[4, 4]] });
  });

  it('leaves a byte order mark out of account', async () => {
    const { text, source } = measured('a();\n‹b();›\n');
    const [coverage] = await coverageOfChanges([source], [stagedChange('src/a.ts', undefined, `\ufeff${text}`)], {
      signal,
    });
    assert.deepEqual(coverage?.neverRan, [{ first: 2, last: 2 }]);
  });

  it('is not told of a file that was not measured, is gone, or ran as another text', async () => {
    const { text, source } = measured('a();\n‹b();›\n');
    const told = (sources: readonly SourceCoverage[], after: string | Uint8Array | undefined) =>
      coverageOfChanges(
        sources,
        [stagedChange('src/a.ts', 'old\n', after === undefined ? undefined : { content: after })],
        { signal },
      );
    assert.equal((await told([source], text)).length, 1);
    assert.deepEqual(await told([], text), []);
    assert.deepEqual(await told([source], undefined), []);
    assert.deepEqual(await told([source], `${text}c();\n`), []);
    assert.deepEqual(await told([source], Buffer.from(`\ufeff${text}`, 'utf16le')), []);
    assert.deepEqual(await told([source], new Uint8Array(source.length)), []);
  });

  it('holds out against parts that lie about, overlap or have no end', async () => {
    const { text, source } = measured('a();\nb();\nc();\n');
    const missed = [9, 4, 0, 1e15, 5, 9, 5, 9, 1e15, 2, 3];
    const coverage = await coverageOfChanges([{ ...source, missed }], [stagedChange('src/a.ts', undefined, text)], {
      signal,
    });
    const lines = coverage.flatMap(({ neverRan, partlyRan }) => [...neverRan, ...partlyRan]);
    assert.ok(lines.every(({ first, last }) => first >= 1 && last <= 3 && first <= last));
  });

  it('ends when it is aborted', async () => {
    const aborted = { signal: AbortSignal.abort() };
    await assert.rejects(coverageOfChanges([], [stagedChange('src/a.ts', undefined, 'a\n')], aborted));
  });

  it('is wanted of code that can run', () => {
    const isWanted = (path: string) => isMeasurable(stagedChange(path, undefined, 'text\n'));
    const wanted = ['a.js', 'a.mjs', 'b/a.cts', 'a.tsx', 'd.ts', 'a.d.test.ts'].filter(isWanted);
    assert.deepEqual(wanted, ['a.js', 'a.mjs', 'b/a.cts', 'a.tsx', 'd.ts', 'a.d.test.ts']);
    assert.deepEqual(['a.d.ts', 'a.d.mts', 'a.json', 'a.py', 'ts'].filter(isWanted), []);
    assert.equal(isMeasurable(stagedChange('a.js', 'text\n', undefined)), false);
  });
});
