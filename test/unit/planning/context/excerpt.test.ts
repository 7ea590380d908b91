import assert from 'node:assert/strict';
import { estimateTokens } from '../../../../src/base/tokenEstimate.ts';
import { excerptOf } from '../../../../src/planning/context/excerpt.ts';
import { parseRequest } from '../../../../src/planning/context/requestTerms.ts';

const body = Array.from({ length: 20 }, (_, index) => `    total += weigh(${index});`).join('\n');
const source = `import { weigh } from './weigh.ts';

/** A basket. */
export class Basket {
  add(fruit: string): void {
${body}
  }

  if (broken) {
  }
}

function helper(): number {
${body}
}
`;

describe('excerptOf', () => {
  it('shows a small file whole', () => {
    assert.equal(excerptOf('a.ts', 'let a = 1;\n', parseRequest('x'), 100), 'let a = 1;');
  });

  it('shows the outline of a large file', () => {
    assert.equal(
      excerptOf('a.ts', source, parseRequest('unrelated'), 60),
      '…\nexport class Basket {\n  add(fruit: string): void {\n…\nfunction helper(): number {\n…',
    );
  });

  it('prefers lines that speak of the request', () => {
    const excerpt = excerptOf('a.ts', source, parseRequest('Let the helper weigh twice'), 12);
    assert.equal(excerpt, '…\nfunction helper(): number {\n…');
  });

  it('stays within its budget, whatever the file is', () => {
    for (const text of ['x'.repeat(1_000_000), 'function f() {}\n'.repeat(50_000), source]) {
      assert.ok(estimateTokens(excerptOf('a.ts', text, parseRequest('f'), 50)) <= 50);
    }
  });

  it('takes headings for the outline of a document, not the comments of a program', () => {
    const text = `# Title\n${'text text text\n'.repeat(50)}## Part\n${'text text text\n'.repeat(50)}`;
    assert.equal(excerptOf('a.md', text, parseRequest('x'), 30), '# Title\n…\n## Part\n…');
    assert.ok(!excerptOf('a.py', text, parseRequest('x'), 30).includes('Title'));
  });
});
