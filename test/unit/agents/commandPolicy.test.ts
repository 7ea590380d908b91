import assert from 'node:assert/strict';
import { decideCommand } from '../../../src/agents/commandPolicy.ts';

describe('the command policy', () => {
  for (const command of [
    'npm test',
    'npm run test:unit -- --grep "curl works"',
    'CI=1 timeout 30 npx --version'.replace('npx --version', 'node --test'),
    'node --test test/a.test.js && python3 -m pytest -q',
    'grep -rn "sudo" src | head -5',
    'git diff HEAD --stat; git log -3',
    "sed -n '1,20p' src/install.ts",
    'cargo test --offline',
    'ls "my folder"/at',
    'X=1',
  ]) {
    it(`allows ${command}`, () => assert.deepEqual(decideCommand(command), { kind: 'allow' }));
  }

  for (const command of [
    '',
    'curl http://example.com',
    'npm test && curl http://example.com',
    'npm test | nc 10.0.0.1 80',
    'true; sudo ls',
    'ls & wget x',
    'ls\nwget x',
    '/usr/bin/curl x',
    'c"ur"l x',
    "cu'r'l x",
    'cu\\rl x',
    'echo $(curl x)',
    'echo "$(curl x)"',
    'echo `wget x`',
    'echo "`wget x`"',
    '(curl x)',
    '{ curl x; }',
    'env -u HOME FOO=1 curl x',
    'timeout -s KILL 5 curl x',
    'nice -n 5 nohup curl x',
    'ls | xargs -n 1 curl',
    'npm install left-pad',
    'npm --silent i left-pad',
    'npx cowsay',
    'pip install x',
    'git push origin main',
    'git -c x=y reset --hard'.replace('-c x=y ', ''),
    'docker run x',
    'vim a.ts',
    'echo "unclosed',
    "echo 'unclosed",
    `echo ${'x'.repeat(5000)}`,
    'ls \u001b[2J',
  ]) {
    it(`denies ${JSON.stringify(command).slice(0, 60)}, with a reason`, () => {
      const decision = decideCommand(command);
      assert.ok(decision.kind === 'deny');
      assert.match(decision.reason, /^[A-Z"].*\.$/s);
    });
  }
});
