import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const REPOSITORY = path.resolve(FOLDER, '../../..');
/** `nobody` on every system. */
const USER = '65534';

// Whoever is not root runs all of this unprivileged already.
if (process.getuid?.() === 0) {
  describe('the process sandbox of a user who is not root', () => {
    it('passes all of these tests too', async function () {
      this.timeout(600_000);
      const self = path.basename(import.meta.url);
      const tests = readdirSync(FOLDER).filter(name => name.endsWith('.test.ts') && name !== self);
      assert.ok(tests.length > 5);
      const mocha = [path.join(REPOSITORY, 'node_modules/mocha/bin/mocha.js'), '--no-config', '--timeout', '60000'];
      const child = spawn(
        'setpriv',
        [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', process.execPath, ...mocha, '--forbid-pending'].concat(
          tests.map(name => path.join(FOLDER, name)),
        ),
        {
          cwd: REPOSITORY,
          env: {
            PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
            HOME: '/nonexistent',
            // Node would hand the folder for coverage down, and this user cannot write there.
            NODE_V8_COVERAGE: undefined,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString()));
      child.stderr.on('data', (data: Buffer) => (output += data.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, 0, output);
      const passing = /(\d+) passing/.exec(output)?.[1];
      assert.ok(Number(passing) > 60, output);
      console.log(
        output
          .split('\n')
          .filter(line => /p50|passing/.test(line))
          .join('\n'),
      );
    });
  });
}
