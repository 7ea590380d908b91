import assert from 'node:assert/strict';
import { AbortError, ConfigurationError, errorMessage, ModelError } from '../../../src/base/errors.ts';

describe('TrellisError', () => {
  it('is told by its kind, whatever a bundler makes of the name of its class', () => {
    const Renamed = class a extends ConfigurationError {};
    assert.equal(new Renamed('wrong').name, 'ConfigurationError');
    assert.match(new AbortError().stack ?? '', /^AbortError: The run was cancelled\./);
    assert.equal(String(new ModelError('busy', { provider: 'p', retryable: true })), 'ModelError: busy');
  });

  it('keeps its cause', () => {
    const cause = new Error('root');
    assert.equal(new ConfigurationError('wrong', { cause }).cause, cause);
  });
});

describe('errorMessage', () => {
  it('has a text for anything that is thrown', () => {
    assert.deepEqual([new Error('one'), 'two', 3, undefined].map(errorMessage), ['one', 'two', '3', 'undefined']);
  });
});
