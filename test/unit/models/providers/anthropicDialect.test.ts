import assert from 'node:assert/strict';
import { AnthropicDialect } from '../../../../src/models/providers/anthropicDialect.ts';

describe('AnthropicDialect', () => {
  it('sends a temperature only to servers that may know it', () => {
    assert.equal(new AnthropicDialect(true).temperature, false);
    assert.equal(new AnthropicDialect(false).temperature, true);
  });

  it('learns each thing once, so that a server which always refuses is not asked for ever', () => {
    const dialect = new AnthropicDialect(false);
    const message = 'temperature and output_config are not permitted';
    assert.deepEqual(
      [1, 2, 3].map(() => dialect.learnFrom(message, true)),
      [true, true, false],
    );
    assert.deepEqual([dialect.temperature, dialect.structuredOutput, dialect.lessons], [false, false, 2]);
  });

  it('gives up structured output only for a call that had a schema', () => {
    const dialect = new AnthropicDialect(false);
    assert.equal(dialect.learnFrom('output_config: Extra inputs are not permitted', false), false);
    assert.equal(dialect.structuredOutput, true);
  });
});
