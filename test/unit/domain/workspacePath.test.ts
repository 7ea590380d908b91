import assert from 'node:assert/strict';
import { normalizeWorkspacePath, windowsNameProblem, workspacePathProblem } from '../../../src/domain/workspacePath.ts';

describe('workspace paths', () => {
  for (const path of [
    'a.ts',
    'src/a b.ts',
    'src/…/x',
    '.github/ci.yml',
    '.gitignore',
    'drivers/aux.c',
    'src/console.ts',
  ]) {
    it(`takes ${path}`, () => assert.equal(workspacePathProblem(path), undefined));
  }

  for (const path of [
    '',
    '  ',
    '/etc/passwd',
    '\\\\server\\share\\x',
    '//server/share/x',
    '\\\\?\\C:\\x',
    'C:\\x',
    'c:x',
    'src\\a.ts',
    '../x',
    'src/../../x',
    'src/..',
    '%2e%2e/x',
    'src%2fx',
    'file:///etc/passwd',
    'src/',
    'a//b',
    './a',
    '.git/hooks/pre-commit',
    'sub/.GIT/config',
    'a\u0000b',
    'a\nb',
    'src/trailing.',
    'src/trailing ',
  ]) {
    it(`refuses ${JSON.stringify(path)}`, () => assert.notEqual(workspacePathProblem(path), undefined));
  }

  for (const path of [
    'nul',
    'src/COM1.txt',
    'aux.c',
    'a/prn .md',
    'lpt².x',
    'CONOUT$',
    'a.ts:b',
    'src/a?.ts',
    'a|b',
    'c"d',
  ])
    it(`knows that Windows has no file ${path}`, () => assert.notEqual(windowsNameProblem(path), undefined));

  for (const path of ['null.ts', 'src/console.ts', 'com.ts', 'com10', 'auxiliary/x', 'a.nul'])
    it(`knows that Windows can have ${path}`, () => assert.equal(windowsNameProblem(path), undefined));

  it('brings harmless spellings to one', () => {
    assert.equal(normalizeWorkspacePath(' ./src//a.ts '), 'src/a.ts');
    assert.equal(normalizeWorkspacePath('/etc/passwd'), '/etc/passwd');
    assert.equal(normalizeWorkspacePath('../x'), '../x');
  });
});
