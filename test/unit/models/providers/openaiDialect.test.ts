import assert from 'node:assert/strict';
import { OpenaiDialect } from '../../../../src/models/providers/openaiDialect.ts';

describe('OpenaiDialect', () => {
  it('names the token limit as the server is likely to', () => {
    assert.equal(new OpenaiDialect(true).tokenLimit, 'max_completion_tokens');
    assert.equal(new OpenaiDialect(false).tokenLimit, 'max_tokens');
  });

  it('learns each thing once, so that a server which always refuses is not asked for ever', () => {
    const dialect = new OpenaiDialect(false);
    const message = "Unsupported: 'max_tokens', 'max_completion_tokens', temperature, stream_options, json_schema";
    let learnt = 0;
    while (dialect.learnFrom(message, true)) {
      learnt += 1;
      assert.ok(learnt <= 4);
    }
    assert.equal(learnt, 4);
  });

  it('does not take a refusal of a value for a refusal of the parameter', () => {
    const dialect = new OpenaiDialect(false);
    assert.equal(dialect.learnFrom('max_tokens is too large: 99999', false), false);
    assert.equal(dialect.tokenLimit, 'max_tokens');
  });

  it('gives up structured output only for a call that had a schema', () => {
    const dialect = new OpenaiDialect(false);
    assert.equal(dialect.learnFrom('response_format is not supported', false), false);
    assert.equal(dialect.structuredOutput, true);
    assert.equal(dialect.learnFrom('response_format is not supported', true), true);
    assert.equal(dialect.structuredOutput, false);
  });
});
