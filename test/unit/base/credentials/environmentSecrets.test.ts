import assert from 'node:assert/strict';
import { environmentSecrets } from '../../../../src/base/credentials/environmentSecrets.ts';

describe('environmentSecrets', () => {
  it('takes the values of secret-like names, random values and the passwords of addresses', () => {
    const text = [
      '# comment',
      'export DB_PASSWORD="horse battery staple"',
      "SESSION_SECRET='short-one1'",
      'ANALYTICS_ID=q7Xb2LmZ9tRv4KcW',
      'DATABASE_URL=postgres://app:horse22battery@db/app',
      'PEM="-----BEGIN\nline"',
    ].join('\n');
    assert.deepEqual(
      new Set(environmentSecrets(text).map(({ value }) => value)),
      new Set(['horse battery staple', 'short-one1', 'q7Xb2LmZ9tRv4KcW', 'horse22battery']),
    );
  });

  it('takes no value that stands in texts for other reasons', () => {
    const text =
      'NODE_ENV=production\nDB_PASSWORD=postgres\nAPI_TOKEN=\nSECRET_PATH=/run/secrets/one\nTOKEN_TTL=36000000\nPORT=8080\nHOST=https://example.org\nPASSWORD=${VAULT_PASSWORD}';
    assert.deepEqual(environmentSecrets(text), []);
  });

  it('takes what any bytes hold, and no more than 500 values', () => {
    assert.deepEqual(environmentSecrets('\u0000\ufffd=\n==\n"'), []);
    const many = Array.from({ length: 700 }, (_, index) => `TOKEN_${index}=secret-value-${index}`).join('\n');
    assert.equal(environmentSecrets(many).length, 500);
  });
});
