import assert from 'node:assert/strict';
import { findFrameworks } from '../../../../src/planning/context/frameworks.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';
import { memoryProjectFiles } from '../../../support/memoryProjectFiles.ts';

async function frameworksOf(texts: Record<string, string>) {
  const files = memoryProjectFiles(texts);
  return findFrameworks(files, (await files.paths()).map(describePath));
}

describe('findFrameworks', () => {
  it('reads package.json', async () => {
    const manifest = {
      dependencies: { express: '5' },
      devDependencies: { mocha: '*' },
      scripts: { test: 'node --test' },
    };
    assert.deepEqual(await frameworksOf({ 'package.json': JSON.stringify(manifest) }), [
      'Express',
      'Mocha',
      'node:test',
    ]);
  });

  it('reads the manifests of other languages', async () => {
    assert.deepEqual(await frameworksOf({ 'pyproject.toml': 'dependencies = ["fastapi>=0.1", "pytest-cov"]' }), [
      'FastAPI',
      'pytest',
    ]);
    assert.deepEqual(await frameworksOf({ 'go.mod': 'require github.com/spf13/cobra v1' }), ['Cobra']);
    assert.deepEqual(await frameworksOf({ 'Cargo.toml': '[dependencies]\ntokio = "1"' }), ['Tokio']);
    assert.deepEqual(await frameworksOf({ 'src/App.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">' }), [
      'ASP.NET Core',
    ]);
  });

  it('names each once, those of the root first', async () => {
    const nested = { 'packages/a/package.json': '{"dependencies":{"vue":"3","mocha":"1"}}' };
    assert.deepEqual(await frameworksOf({ ...nested, 'package.json': '{"devDependencies":{"mocha":"1"}}' }), [
      'Mocha',
      'Vue',
    ]);
  });

  it('survives a manifest that is none', async () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"dependencies":["react"],"scripts":3}',
      '{"dependencies":{"__proto__":"1"}}',
    ])
      assert.deepEqual(await frameworksOf({ 'package.json': text }), [], text);
  });
});
