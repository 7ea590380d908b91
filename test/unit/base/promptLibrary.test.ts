import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { FilePromptLibrary } from '../../../src/base/promptLibrary.ts';

describe('FilePromptLibrary', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'prompts-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('renders a prompt and reads its file once', () => {
    const file = path.join(directory, 'planner.md');
    writeFileSync(
      file,
      '---\nrole: planner\npurpose: p\nvariables: [request]\noutput: o\n---\n<!-- user -->\nDo {{request}}',
    );
    const library = new FilePromptLibrary(directory);
    assert.deepEqual(library.render('planner', { request: 'this' }), { system: '', user: 'Do this' });
    rmSync(file);
    assert.deepEqual(library.render('planner', { request: 'that' }), { system: '', user: 'Do that' });
  });

  it('names the file of a prompt that does not exist', () => {
    assert.throws(
      () => new FilePromptLibrary(directory).render('judge', {}),
      (error: unknown) =>
        error instanceof ConfigurationError && error.message.includes(path.join(directory, 'judge.md')),
    );
  });

  it('does not read outside its folder', () => {
    assert.throws(() => new FilePromptLibrary(directory).render('../planner', {}), /is not the name of a prompt/);
  });
});
