import assert from 'node:assert/strict';
import { credentialFormats } from '../../../../src/base/credentials/credentialFormats.ts';
import {
  findCredentials,
  maskCredentials,
  searchCredentials,
} from '../../../../src/base/credentials/findCredentials.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';
import { syntheticCredentials } from '../../../support/syntheticCredentials.ts';

const letters = 'q7Xb2LmZ9tRv4KcW1pYd';

describe('maskCredentials', () => {
  it('leaves nothing of the common keys, with a placeholder for each', () => {
    for (const { name, text, secret } of syntheticCredentials(3)) {
      const masked = maskCredentials(text);
      assert.ok(!masked.includes(secret), `${name}: ${text}`);
      assert.match(masked, /\[masked: [a-z0-9-]+\]/, name);
    }
  });

  it('names the kind and leaves what is around it', () => {
    const text = `region = eu-west-1\nkey = "AKIAQ7XB2LMZ3TRV4KCW" # mine\n`;
    assert.equal(maskCredentials(text), `region = eu-west-1\nkey = "[masked: aws-access-key]" # mine\n`);
    assert.equal(
      maskCredentials('postgres://app:horse22battery@db.internal/app'),
      'postgres://app:[masked: connection-password]@db.internal/app',
    );
  });

  it('masks what is known, whatever it looks like, wherever it stands', () => {
    const known = [{ kind: 'environment-value', value: 'correct horse' }];
    assert.equal(
      maskCredentials('a correct horse, correct horse!', known),
      'a [masked: environment-value], [masked: environment-value]!',
    );
  });

  it('changes nothing more when it is done twice', () => {
    for (const { text } of syntheticCredentials(3)) {
      const once = maskCredentials(text);
      assert.equal(maskCredentials(once), once);
    }
  });

  it('leaves names, placeholders and examples as they are', () => {
    const texts = [
      `const password = process.env.DB_PASSWORD;`,
      `const token = request.headers.authorization.slice(7);`,
      `apiKey: 'your-api-key-here-0123456789'`,
      `password: "\${{ secrets.DB_PASSWORD_2 }}"`,
      `AKIAIOSFODNN7EXAMPLE`,
      `secretName: 'FlowPasswordRequiredResultV2'`,
      `const RESET_PWD_START = "/resetpassword/v1.0/start";`,
      `"integrity": "sha512-${letters}${letters}=="`,
      `postgres://user:password@localhost/db`,
      `https://example.com:8080/@scope/name`,
      `class sk-loading-spinner-container {}`,
      `-----BEGIN PUBLIC KEY-----\n${letters}${letters}\n-----END PUBLIC KEY-----`,
      `-----BEGIN RSA PRIVATE KEY-----\\n...\\n-----END RSA PRIVATE KEY-----`,
    ];
    for (const text of texts) assert.equal(maskCredentials(text), text);
  });

  it('finds a key that lies across the border of two windows of a long line', () => {
    const key = `ghp_${letters}${letters.slice(0, 16)}`;
    for (let before = 32_700; before < 32_800; before += 7) {
      const masked = maskCredentials(
        `${'.'.repeat(before)}${key}${'.'.repeat(40_000)}`.replaceAll('.', '; ').slice(0, 200_000),
      );
      assert.ok(!masked.includes(key), String(before));
    }
  });

  it('masks the part of a private key that an excerpt begins or ends with', () => {
    const body = `${letters}${letters}${letters}\n${letters}${letters}${letters}\n`;
    const beginning = maskCredentials(`x = 1\n-----BEGIN RSA PRIVATE KEY-----\n${body}and text`);
    assert.equal(beginning, 'x = 1\n-----BEGIN RSA PRIVATE KEY-----[masked: private-key]\nand text');
    const ending = maskCredentials(`x = 1\n${body}-----END RSA PRIVATE KEY-----\n`);
    assert.equal(ending, 'x = 1\n[masked: private-key]-----END RSA PRIVATE KEY-----\n');
  });
});

describe('findCredentials', () => {
  it('gives the places in order, none overlapping, the more certain kind first', () => {
    const text = `token: "ghp_${letters}${letters.slice(0, 16)}", other: "AKIAQ7XB2LMZ3TRV4KCW"`;
    const findings = findCredentials(text);
    assert.deepEqual(
      findings.map(({ kind, start, end }) => [kind, text.slice(start, end)]),
      [
        ['github-token', `ghp_${letters}${letters.slice(0, 16)}`],
        ['aws-access-key', 'AKIAQ7XB2LMZ3TRV4KCW'],
      ],
    );
  });
});

describe('the marks by which most texts are spared a search', () => {
  const credentials = syntheticCredentials(3);
  /** With these in the same window, everything is searched for. */
  const everyMark = ['', ...credentialFormats.flatMap(({ marks }) => marks), 'password'].join('\n');

  it('are tried on every format', () => {
    for (const { kind, pattern } of credentialFormats) {
      assert.ok(
        credentials.some(({ text }) => text.search(pattern) !== -1),
        `no synthetic credential is a ${kind}`,
      );
    }
  });

  it('change nothing of what is found', () => {
    const pieces = [
      ...credentials.flatMap(({ text, secret }) => [text, text, secret, text.toUpperCase(), text.toLowerCase()]),
      ...credentialFormats.flatMap(({ marks }) => marks),
      ...['password', 'PASSWD', 'passPhrase', 'passcode', 'pwd', 'Secret', 'TOKEN', 'api-key', 'CREDENTIAL'].flatMap(
        name => [name, `${name}: "${letters}"`, `${name}=${letters}`],
      ),
      ...['bearer ', 'é…', '\u0141KIA', '😀'],
      ...[' = ', ': "', '"', '\n', '-', '_', '.', 'ſk-', 'Kelvin \u212aey'],
    ];
    let found = 0;
    for (let seed = 1; seed <= 1000; seed += 1) {
      const random = new SeededRandom(seed);
      const drawn = Array.from({ length: 1 + random.below(8) }, () => {
        const piece = random.pick(pieces);
        return random.chance(0.3) ? piece.slice(random.below(piece.length)) : piece;
      });
      const text = drawn.join(random.pick(['', ' ', '\n']));
      const findings = findCredentials(text);
      const plain = findCredentials(text + everyMark).filter(({ start }) => start < text.length);
      assert.deepEqual(findings, plain, `seed ${seed}: ${text}`);
      found += findings.length;
    }
    assert.ok(found > 700, `only ${found} found`);
  });
});

describe('searchCredentials', () => {
  const size = 1_000_000;
  const hostile: Readonly<Record<string, string>> = {
    'one letter': 'a',
    'secret names': 'password=',
    'secret names and quotes': 'password="',
    'secret names without end': 'tokentoken...............',
    'beginnings of keys': 'sk-SG.ghp_eyJAKIA',
    'beginnings of web tokens': 'eyJaaaaaaaaaaaaa.',
    'beginnings of private keys': '-----BEGIN PRIVATE KEY-----\n',
    'ends of private keys': '-----END PRIVATE KEY-----\n',
    'lines of a private key': `${letters}${letters}${letters}\n`,
    addresses: 'a://b:',
    headers: 'bearer basic token ',
    'white space': ' ',
    'connection strings': ';password=aaaa',
  };

  for (const [name, piece] of Object.entries(hostile)) {
    it(`goes through a megabyte of ${name} in small pieces`, () => {
      const text = piece.repeat(Math.ceil(size / piece.length));
      let pieces = 0;
      for (const search = searchCredentials(text); search.next().done !== true; ) pieces += 1;
      assert.ok(pieces >= size / 32_768, `only ${pieces} pieces`);
    }).timeout(20_000);
  }
});
