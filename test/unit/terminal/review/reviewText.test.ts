import assert from 'node:assert/strict';
import { fileVersion } from '../../../../src/changes/memoryBlobStore.ts';
import type { StagedChange } from '../../../../src/changes/stagedFiles.ts';
import { noColours } from '../../../../src/terminal/palette.ts';
import { reviewText } from '../../../../src/terminal/review/reviewText.ts';

type Content = string | Uint8Array;

function change(
  before: Content | undefined,
  after: Content | undefined,
  rest: Partial<StagedChange> = {},
): StagedChange {
  const version = (content: Content | undefined) =>
    content === undefined ? undefined : fileVersion(Buffer.from(content), rest.isExecutable ?? false);
  return {
    path: 'src/a.js',
    kind: before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified',
    isBinary: false,
    isExecutable: false,
    additions: 1,
    deletions: 2,
    before: version(before),
    after: version(after),
    ...rest,
  };
}

const lines = (count: number, changes: Record<number, string> = {}) =>
  Array.from({ length: count }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('');

const textOf = (...changes: StagedChange[]) => reviewText(changes, noColours);

describe('reviewText', () => {
  it('shows each change with three lines around it, near ones together', () => {
    const text = textOf(change(lines(30), lines(30, { 5: 'five', 10: 'ten', 25: 'twenty-five' })));
    assert.equal(
      text,
      [
        '',
        'src/a.js (modified)',
        '@@ line 2 @@',
        '  line 2',
        '  line 3',
        '  line 4',
        '- line 5',
        '+ five',
        '  line 6',
        '  line 7',
        '  line 8',
        '  line 9',
        '- line 10',
        '+ ten',
        '  line 11',
        '  line 12',
        '  line 13',
        '@@ line 22 @@',
        '  line 22',
        '  line 23',
        '  line 24',
        '- line 25',
        '+ twenty-five',
        '  line 26',
        '  line 27',
        '  line 28',
        '',
        '1 file, +1 -2',
      ].join('\n'),
    );
  });

  it('shows new, deleted, moved and executable files', () => {
    const text = textOf(
      change(undefined, 'a\n', { isExecutable: true }),
      change('b\n', undefined),
      change('c\n', 'c\n', { kind: 'renamed', previousPath: 'src/old.js' }),
    );
    assert.match(text, /src\/a\.js \(added, now executable\)\n@@ line 1 @@\n\+ a\n/);
    assert.match(text, /src\/a\.js \(deleted\)\n@@ line 1 @@\n- b\n/);
    assert.match(text, /src\/old\.js → src\/a\.js \(renamed\)\n {2}no line differs\n/);
    assert.match(text, /3 files, \+3 -6$/);
  });

  it('shows nothing of a binary file but that it is one', () => {
    assert.match(textOf(change(Buffer.from([0, 1, 2]), 'text')), /\(modified\)\n {2}binary file\n/);
  });

  it('shows control characters as symbols and cuts endless lines', () => {
    const text = textOf(change(undefined, `\u001b[2J\u202e\n${'x'.repeat(5000)}\n`));
    assert.match(text, /\+ ␛\[2J�\n/);
    assert.match(text, /\+ x{2000}… \(3000 more characters\)\n/);
  });
});
