import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { defaultConfiguration, listSettings } from '../../../src/config/configuration.ts';
import type { ConfigurationSources } from '../../../src/config/configurationSources.ts';
import { resolveConfiguration } from '../../../src/config/resolveConfiguration.ts';

const fileOf = (content: unknown, isTrusted = false, isNamed = false) => ({
  name: '.trellis/config.yml',
  content,
  isTrusted,
  isNamed,
});

function problemsOf(sources: ConfigurationSources): string {
  try {
    resolveConfiguration(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.message;
  }
  return assert.fail('there were no problems');
}

describe('resolveConfiguration', () => {
  it('has the documented defaults', () => {
    const configuration = resolveConfiguration({});
    assert.deepEqual(configuration, defaultConfiguration);
    assert.deepEqual(configuration.planner, {
      provider: 'ollama',
      model: 'qwen2.5-coder:7b',
      temperature: 0.3,
      maxOutputTokens: 2048,
    });
    assert.deepEqual([configuration.executor.temperature, configuration.executor.maxOutputTokens], [0.1, 4096]);
    assert.deepEqual(configuration.quality, { threshold: 0.75, iterations: 1 });
  });

  it('lets the file win over settings, the environment over the file, and options over all', () => {
    const settings = { workers: 1, planner: { model: 'settings', temperature: 0.5 }, quality: { threshold: 0.5 } };
    const file = fileOf({ workers: 2, planner: { model: 'file' }, executor: { model: 'file' } });
    const environment = { TRELLIS_PLANNER_MODEL: 'environment', TRELLIS_EXECUTOR_MODEL: ' ' };
    const configuration = resolveConfiguration({ settings, file, environment, options: { workers: 4 } });
    assert.equal(configuration.workers, 4);
    assert.equal(configuration.planner.model, 'environment');
    assert.equal(configuration.planner.temperature, 0.5);
    assert.equal(configuration.executor.model, 'file');
    assert.equal(configuration.quality.threshold, 0.5);
    assert.equal(configuration.quality.iterations, 1);
  });

  it('reads every variable that a setting names, as the type of the setting', () => {
    const environment = {
      TRELLIS_PLANNER_PROVIDER: 'openai',
      TRELLIS_JUDGE_TEMPERATURE: '.5',
      TRELLIS_EXECUTOR_MAX_OUTPUT_TOKENS: '8192',
      TRELLIS_OPENAI_BASE_URL: 'http://localhost:8000/v1',
      OLLAMA_HOST: '0.0.0.0',
    };
    const { planner, judge, executor, openai, ollama } = resolveConfiguration({ environment });
    assert.deepEqual([planner.provider, judge.temperature, executor.maxOutputTokens], ['openai', 0.5, 8192]);
    assert.deepEqual([openai.baseUrl, ollama.host], ['http://localhost:8000/v1', '0.0.0.0']);
    const both = resolveConfiguration({ environment: { ...environment, TRELLIS_OLLAMA_HOST: 'gpu:11434' } });
    assert.equal(both.ollama.host, 'gpu:11434');
  });

  it('lets a file of the workspace make the settings of safety stricter, and not laxer', () => {
    const stricter = resolveConfiguration({ file: fileOf({ safety: { credentials: 'stop', personalData: 'mask' } }) });
    assert.deepEqual(stricter.safety, { credentials: 'stop', personalData: 'mask' });
    assert.match(
      problemsOf({ file: fileOf({ safety: { personalData: 'off' } }) }),
      /safety\.personalData \(\.trellis\/config\.yml\) is "off", and a file that lies in the workspace may only make it stricter than "report"/,
    );
    const settings = { safety: { credentials: 'stop' } };
    assert.match(problemsOf({ settings, file: fileOf({ safety: { credentials: 'mask' } }) }), /stricter than "stop"/);
    const own = resolveConfiguration({ settings, file: fileOf({ safety: { personalData: 'off' } }, true) });
    assert.deepEqual(own.safety, { credentials: 'stop', personalData: 'off' });
  });

  it('lets the file of the workspace lower what may be spent, and not raise it, however much the folder is trusted', () => {
    const settings = { budget: { runUsd: 2, dayUsd: 10, dayTokens: 1_000_000 } };
    const environment = { TRELLIS_BUDGET_RUN_TOKENS: '50000', TRELLIS_BUDGET_DAY_USD: '5' };
    const content = { budget: { runUsd: 100, dayUsd: 7, runTokens: 20_000, dayTokens: 900_000 } };
    for (const isTrusted of [false, true]) {
      const { budget } = resolveConfiguration({ settings, environment, file: fileOf(content, isTrusted) });
      assert.deepEqual(budget, { runUsd: 2, dayUsd: 5, runTokens: 20_000, dayTokens: 900_000 });
    }
    const alone = resolveConfiguration({ file: fileOf({ budget: { runUsd: 3 } }) });
    assert.deepEqual(alone.budget, { runUsd: 3 });
    const named = resolveConfiguration({ settings, file: fileOf({ budget: { runUsd: 100 } }, true, true) });
    assert.equal(named.budget.runUsd, 100);
  });

  it("gives the judge the planner's model, and only what is set for itself", () => {
    const planner = { provider: 'openai', model: 'gpt-4.1', temperature: 0.9 };
    const openaiApiKey = 'key';
    const like = resolveConfiguration({ file: fileOf({ planner }), openaiApiKey });
    assert.deepEqual(like.judge, { provider: 'openai', model: 'gpt-4.1', temperature: 0, maxOutputTokens: 1024 });
    const apart = resolveConfiguration({
      file: fileOf({ planner, judge: { provider: 'ollama', model: 'j' } }),
      openaiApiKey,
    });
    assert.deepEqual([apart.judge.provider, apart.judge.model], ['ollama', 'j']);
    assert.equal(apart.executor.provider, 'ollama');
  });

  it('takes headings with nothing under them', () => {
    const content = { planner: null, testCommand: null, quality: undefined };
    assert.deepEqual(resolveConfiguration({ file: fileOf(content) }), defaultConfiguration);
    assert.deepEqual(resolveConfiguration({ file: fileOf(null) }), defaultConfiguration);
  });

  it('names the key, the place, what was got and what is allowed', () => {
    assert.equal(
      problemsOf({ file: fileOf({ planner: { temperature: 3 } }) }),
      'The configuration is not valid: planner.temperature (.trellis/config.yml) is 3; allowed: a number from 0 to 1.',
    );
    assert.equal(
      problemsOf({ environment: { TRELLIS_PLANNER_PROVIDER: 'acme' } }),
      'The configuration is not valid: planner.provider (TRELLIS_PLANNER_PROVIDER) is "acme"; allowed: ollama, openai, anthropic or scripted.',
    );
  });

  it('takes the providers that there are, and says where the models of the editor are', () => {
    const settings = { planner: { provider: 'vscode', model: 'copilot/gpt-4.1' } };
    assert.equal(
      problemsOf({ settings }),
      'The configuration is not valid: planner.provider (settings) is "vscode"; allowed: ollama, openai, anthropic or scripted (the models of VS Code are there in VS Code alone).',
    );
    const inEditor = resolveConfiguration({ settings, providers: ['ollama', 'vscode', 'example'] });
    assert.deepEqual([inEditor.planner.provider, inEditor.judge.provider], ['vscode', 'vscode']);
    assert.match(
      problemsOf({ settings: { planner: { provider: 'My Models' } }, providers: ['ollama'] }),
      /planner\.provider \(settings\) is "My Models"/,
    );
  });

  it('takes prices for any model, and no others', () => {
    const prices = { 'openai/my-model': { input: 2, output: 8, cachedInput: 0.5 } };
    assert.deepEqual(resolveConfiguration({ settings: { models: { prices } } }).models.prices, prices);
    for (const wrong of [{ 'my-model': { input: 2, output: 8 } }, { 'a/b': { input: -1, output: 8 } }, { 'a/b': 3 }]) {
      assert.match(
        problemsOf({ settings: { models: { prices: wrong } } }),
        /models\.prices \(settings\) is .*; allowed: such as/,
      );
    }
  });

  it("takes no prices from the workspace's own file, which could lift a budget with them", () => {
    const content = { models: { prices: { 'openai/gpt-4.1': { input: 0, output: 0 } } } };
    assert.match(problemsOf({ file: { ...fileOf(content), isTrusted: true } }), /may not say what your models cost/);
    const named = { ...fileOf(content), isNamed: true };
    assert.deepEqual(resolveConfiguration({ file: named }).models.prices, content.models.prices);
  });

  it('lists every problem of every source at once', () => {
    const message = problemsOf({
      settings: { workers: 0 },
      file: fileOf({ quality: { threshold: 1.5, iterations: 4 }, executor: { maxOutputTokens: 0 }, wrokers: 2 }),
      environment: { TRELLIS_JUDGE_TEMPERATURE: 'warm', TRELLIS_OLLAMA_HOST: 'ftp://host' },
      options: { workers: 2.5 },
    });
    const expected = [
      'workers (settings) is 0;',
      'quality.threshold (.trellis/config.yml) is 1.5;',
      'quality.iterations (.trellis/config.yml) is 4;',
      'executor.maxOutputTokens (.trellis/config.yml) is 0;',
      'wrokers (.trellis/config.yml) is not a setting; allowed: planner, executor, judge,',
      'judge.temperature (TRELLIS_JUDGE_TEMPERATURE) is "warm";',
      'ollama.host (TRELLIS_OLLAMA_HOST) is "ftp://host";',
      'workers (command line) is 2.5;',
    ];
    assert.match(message, /^The configuration has 8 problems:\n/);
    for (const line of expected) assert.ok(message.includes(`\n  - ${line}`), `${line}\nis not in\n${message}`);
  });

  it('refuses something else than a group, and keys that only an object has', () => {
    assert.match(problemsOf({ file: fileOf('workers: 3') }), /the whole \(.+\) is "workers: 3"; allowed: a group of/);
    assert.match(
      problemsOf({ file: fileOf({ planner: ['openai'] }) }),
      /planner \(.+\) is \["openai"\]; allowed: a group/,
    );
    assert.match(
      problemsOf({ file: fileOf(JSON.parse('{"__proto__":{"workers":9}}')) }),
      /__proto__ .+ is not a setting/,
    );
    assert.match(problemsOf({ file: fileOf({ constructor: 1 }) }), /constructor .+ is not a setting/);
  });

  it('refuses an address with a password in it, and does not repeat that', () => {
    for (const [key, address] of [
      ['TRELLIS_OPENAI_BASE_URL', 'http://me:hunter22@host/v1'],
      ['TRELLIS_ANTHROPIC_BASE_URL', 'ftp://me:hunter22@host'],
      ['TRELLIS_OLLAMA_HOST', 'http://me:hunter22@host'],
      ['OLLAMA_HOST', 'me:hunter22@host'],
    ] as const) {
      const message = problemsOf({ environment: { [key]: address } });
      assert.match(message, /allowed: an .*address without a user name and password/);
      assert.doesNotMatch(message, /hunter22/);
    }
  });

  it('takes an address of Ollama as its own variable has it', () => {
    for (const host of [':11434', '0.0.0.0', 'gpu', 'https://gpu', '[::1]:11434']) {
      assert.equal(resolveConfiguration({ environment: { OLLAMA_HOST: host } }).ollama.host, host);
    }
  });

  it('takes no number of tokens for a key', () => {
    const message = problemsOf({ file: fileOf({ planner: { maxTokens: 100 } }) });
    assert.match(message, /planner\.maxTokens \(.+\) is not a setting; allowed: .*planner\.maxOutputTokens/);
  });

  it('refuses a key in a file without repeating it', () => {
    const message = problemsOf({ file: fileOf({ openai: { apiKey: 'sk-very-secret' } }) });
    assert.match(message, /openai\.apiKey \(.+\) is not a setting: keys are never kept in a file .+ OPENAI_API_KEY/);
    assert.doesNotMatch(message, /very-secret/);
  });

  it('asks for the key of the public OpenAI server before anything is sent, and only when it is used', () => {
    assert.match(problemsOf({ file: fileOf({ judge: { provider: 'openai' } }) }), /OPENAI_API_KEY/);
    resolveConfiguration({ file: fileOf({ judge: { provider: 'openai' } }), openaiApiKey: 'key' });
    const local = { planner: { provider: 'openai' }, openai: { baseUrl: 'http://127.0.0.1:8000/v1' } };
    resolveConfiguration({ file: fileOf(local) });
    resolveConfiguration({ file: fileOf(local), openaiApiKey: 'key' });
  });

  it('does the same for Anthropic, and names both keys when both are missing', () => {
    const both = { planner: { provider: 'anthropic' }, executor: { provider: 'openai' } };
    assert.match(problemsOf({ file: fileOf(both) }), /2 problems.*OPENAI_API_KEY.*ANTHROPIC_API_KEY/s);
    resolveConfiguration({ file: fileOf({ planner: { provider: 'anthropic' } }), anthropicApiKey: 'key' });
    const elsewhere = { planner: { provider: 'anthropic' }, anthropic: { baseUrl: 'https://models.example' } };
    const problems = problemsOf({ file: fileOf(elsewhere), anthropicApiKey: 'key' });
    assert.match(problems, /anthropic\.baseUrl \(.+\) is "https:\/\/models\.example".+ TRELLIS_ANTHROPIC_BASE_URL/);
  });

  it('does not let a file of the workspace direct the key to another server', () => {
    const content = { planner: { provider: 'openai' }, openai: { baseUrl: 'https://models.example/v1' } };
    const openaiApiKey = 'key';
    assert.match(
      problemsOf({ file: fileOf(content), openaiApiKey }),
      /may not send your key there; allowed: .+--config/,
    );
    const environment = { TRELLIS_OPENAI_BASE_URL: 'https://models.example/v1' };
    for (const sources of [
      { file: fileOf(content, true), openaiApiKey },
      { file: fileOf(content), openaiApiKey, environment },
      { file: fileOf(content) },
      { file: fileOf({ ...content, planner: {} }), openaiApiKey },
    ]) {
      assert.equal(resolveConfiguration(sources).openai.baseUrl, 'https://models.example/v1');
    }
  });

  it('needs a script for the provider scripted', () => {
    const content = { planner: { provider: 'scripted' } };
    assert.match(problemsOf({ file: fileOf(content) }), /scripted\.file is not set, which the provider scripted needs/);
    const environment = { TRELLIS_SCRIPTED_FILE: 'demo.yml' };
    assert.equal(resolveConfiguration({ file: fileOf(content), environment }).scripted.file, 'demo.yml');
  });

  it('needs no key for what a cassette answers', () => {
    const options = { planner: { provider: 'openai' }, cassette: { replay: 'c.jsonl' } };
    assert.equal(resolveConfiguration({ options }).cassette.replay, 'c.jsonl');
  });

  it('records to a file that the user names, and to none that a workspace names', () => {
    const content = { cassette: { record: '../notes.txt' } };
    assert.match(
      problemsOf({ file: fileOf(content) }),
      /cassette\.record \(.+\) is set, .+ may not say where to write/,
    );
    assert.equal(resolveConfiguration({ file: fileOf(content, true) }).cassette.record, '../notes.txt');
    const options = { cassette: { record: 'mine.jsonl' } };
    assert.equal(resolveConfiguration({ file: fileOf(content), options }).cassette.record, 'mine.jsonl');
    const both = { cassette: { record: 'a', replay: 'b' } };
    assert.match(problemsOf({ options: both }), /cassette\.record and cassette\.replay are both set/);
  });
});

describe('listSettings', () => {
  it('has words for every setting', () => {
    const settings = listSettings();
    assert.ok(settings.length > 20);
    for (const { key, description, allowed } of settings) assert.ok(description !== '' && allowed !== '', key);
    assert.equal(new Set(settings.map(({ key }) => key)).size, settings.length);
  });
});
