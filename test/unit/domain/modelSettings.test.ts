import assert from 'node:assert/strict';
import {
  configuredRoleOf,
  modelLimitsSchema,
  modelSettingsSchema,
  ollamaSettingsSchema,
  openaiSettingsSchema,
} from '../../../src/domain/schema/model.ts';

describe('the settings of models', () => {
  it('bound temperature and output tokens', () => {
    const settings = { provider: 'ollama', model: 'm', temperature: 1, maxOutputTokens: 1 };
    assert.deepEqual(modelSettingsSchema.parse(settings), settings);
    for (const wrong of [
      { temperature: 1.01 },
      { temperature: -0.1 },
      { maxOutputTokens: 0 },
      { maxOutputTokens: 1.5 },
      { model: '' },
      { extra: 1 },
    ]) {
      assert.equal(modelSettingsSchema.safeParse({ ...settings, ...wrong }).success, false, JSON.stringify(wrong));
    }
  });

  it('take addresses as users write them', () => {
    for (const host of ['localhost', ':11434', '0.0.0.0:8080', 'https://ollama.example/base', '[::1]:11434']) {
      assert.equal(ollamaSettingsSchema.safeParse({ host }).success, true, host);
    }
    for (const host of ['', 'two words', 'ftp://host', 'http://', 'host:port']) {
      assert.equal(ollamaSettingsSchema.safeParse({ host }).success, false, host);
    }
    assert.equal(openaiSettingsSchema.safeParse({ baseUrl: 'http://localhost:8080/v1' }).success, true);
    for (const baseUrl of ['localhost:8080', 'file:///etc', 'v1']) {
      assert.equal(openaiSettingsSchema.safeParse({ baseUrl }).success, false, baseUrl);
    }
  });

  it('have defaults for everything but the key', () => {
    assert.equal(openaiSettingsSchema.parse({}).baseUrl, 'https://api.openai.com/v1');
    assert.equal(ollamaSettingsSchema.parse({}).host, '127.0.0.1:11434');
    assert.equal(modelLimitsSchema.parse({}).maxRetries, 3);
  });

  it('share the executor between the roles that do the work', () => {
    const roles = ['planner', 'analyzer', 'coder', 'sdet', 'judge'] as const;
    assert.deepEqual(roles.map(configuredRoleOf), ['planner', 'executor', 'executor', 'executor', 'judge']);
  });
});
