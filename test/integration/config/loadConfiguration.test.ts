import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { defaultConfiguration } from '../../../src/config/configuration.ts';
import { loadConfiguration } from '../../../src/config/loadConfiguration.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

describe('loadConfiguration', () => {
  const workspace = useTemporaryDirectory();
  const load = (file?: string, environment = {}) =>
    loadConfiguration({ workspace: workspace(), environment, ...(file === undefined ? {} : { file }) });

  function writeOwn(text: string): void {
    mkdirSync(path.join(workspace(), '.trellis'), { recursive: true });
    writeFileSync(path.join(workspace(), '.trellis/config.yml'), text);
  }

  it('has the defaults where there is no file, and where the file is empty', async () => {
    assert.deepEqual(await load(), { configuration: defaultConfiguration, secrets: {} });
    writeOwn('# nothing yet\n');
    assert.deepEqual((await load()).configuration, defaultConfiguration);
  });

  it("reads the workspace's own file, or the one that is named instead", async () => {
    writeOwn('workers: 2\nplanner:\n  model: own\n');
    assert.equal((await load()).configuration.planner.model, 'own');
    const named = path.join(workspace(), 'named.yml');
    writeFileSync(named, 'planner: { model: named }');
    const { configuration } = await load(named);
    assert.deepEqual([configuration.planner.model, configuration.workers], ['named', 3]);
  });

  it('takes the key from the environment before the one that is stored', async () => {
    const options = { workspace: workspace(), openaiApiKey: 'stored' };
    const fromEnvironment = await loadConfiguration({ ...options, environment: { OPENAI_API_KEY: ' key ' } });
    assert.deepEqual(fromEnvironment.secrets, { openaiApiKey: 'key' });
    const stored = await loadConfiguration({ ...options, environment: { OPENAI_API_KEY: '' } });
    assert.deepEqual(stored.secrets, { openaiApiKey: 'stored' });
    const both = await loadConfiguration({ ...options, environment: { ANTHROPIC_API_KEY: 'other' } });
    assert.deepEqual(both.secrets, { openaiApiKey: 'stored', anthropicApiKey: 'other' });
    const cloud = await load(undefined, { OLLAMA_API_KEY: 'cloud key' });
    assert.deepEqual(cloud.secrets, { ollamaApiKey: 'cloud key' }, 'so that it is masked like the others');
  });

  it('says in one sentence what is wrong with the file', async () => {
    const missing = path.join(workspace(), 'missing.yml');
    await assert.rejects(
      load(missing),
      new ConfigurationError(
        `The configuration file ${missing} does not exist; name one that does, or leave the option out.`,
      ),
    );
    await assert.rejects(load(workspace()), /cannot be read \(EISDIR/);
    writeOwn('workers: [1\n');
    await assert.rejects(
      load(),
      /^ConfigurationError: The configuration file \.trellis\/config\.yml is not YAML: .+ at line \d+, column \d+\.$/,
    );
    writeOwn('workers: 1\nworkers: 2\n');
    await assert.rejects(load(), /is not YAML: Map keys must be unique at line 2/);
    const levels = Array.from('abcdefghij');
    const bomb = levels.map((name, index) => `${name}: &${name} [${`*${levels[index - 1] ?? 'a'},`.repeat(9)}]`);
    bomb[0] = 'a: &a [x]';
    writeOwn(bomb.join('\n'));
    await assert.rejects(load(), /is not YAML: Excessive alias count/);
    writeOwn(`workers: 1 # ${'x'.repeat(300_000)}`);
    await assert.rejects(load(), /larger than 256 KB/);
  });
});
