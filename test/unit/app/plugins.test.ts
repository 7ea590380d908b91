import assert from 'node:assert/strict';
import type { AgentPlugin, Middleware, ModelProvider } from '../../../api/trellis.d.ts';
import { Plugins } from '../../../src/app/plugins.ts';
import { ConfigurationError } from '../../../src/base/errors.ts';

const provider: ModelProvider = { name: 'example', createModel: () => assert.fail('is not called') };
const middleware: Middleware = { name: 'audit', beforeModelCall: () => undefined };
const agent: AgentPlugin = { name: 'go', mode: 'coder', run: () => ({ kind: 'done', summary: '' }) };

function build() {
  let changes = 0;
  const plugins = new Plugins(['openai'], error => assert.fail(String(error)));
  plugins.onDidChange(() => {
    changes += 1;
  });
  return { plugins, changes: () => changes };
}

describe('Plugins', () => {
  it('lists what is registered, until it is unregistered', () => {
    const { plugins, changes } = build();
    const registrations = [
      plugins.registerProvider(provider),
      plugins.registerMiddleware(middleware),
      plugins.registerAgent(agent),
    ];
    assert.deepEqual([plugins.providers, plugins.middleware, plugins.agents], [[provider], [middleware], [agent]]);
    assert.equal(plugins.providers[0], provider);
    for (const registration of [...registrations, ...registrations]) registration.dispose();
    assert.deepEqual([plugins.providers, plugins.middleware, plugins.agents], [[], [], []]);
    assert.equal(changes(), 6);
  });

  it('does not unregister the next one of the same name', () => {
    const { plugins } = build();
    const first = plugins.registerProvider(provider);
    first.dispose();
    const next = { ...provider };
    plugins.registerProvider(next);
    first.dispose();
    assert.deepEqual(plugins.providers, [next]);
  });

  for (const [what, register, message] of [
    ['is nothing', plugins => plugins.registerProvider(undefined as never), /^The model provider cannot be registered/],
    [
      'has no function',
      plugins => plugins.registerProvider({ name: 'example' } as never),
      /^The model provider "example" cannot be registered \(createModel: must be a function\)/,
    ],
    [
      'has a name that settings could not hold',
      plugins => plugins.registerProvider({ ...provider, name: 'My Models' }),
      /"My Models" cannot be registered \(name: must be lower-case letters/,
    ],
    [
      'has the name of our own',
      plugins => plugins.registerProvider({ ...provider, name: 'openai' }),
      /"openai"; choose/,
    ],
    ['has no name', plugins => plugins.registerMiddleware({ ...middleware, name: '' }), /\(name: must not be empty\)/],
    ['has no hook', plugins => plugins.registerMiddleware({ name: 'audit' }), /lacks one of onRunStart, onRunEnd/],
    [
      'has a hook that is none',
      plugins => plugins.registerMiddleware({ name: 'audit', onRunEnd: 'later' } as never),
      /\(onRunEnd: must be a function\)/,
    ],
    [
      'has a mode that is none',
      plugins => plugins.registerAgent({ ...agent, mode: 'poet' } as never),
      /The agent "go" cannot be registered \(mode: Invalid option/,
    ],
    [
      'cannot run',
      plugins => plugins.registerAgent({ name: 'go', mode: 'coder' } as never),
      /\(run: must be a function\)/,
    ],
  ] as const satisfies (readonly [string, (plugins: Plugins) => unknown, RegExp])[]) {
    it(`says what is wrong with one that ${what}`, () => {
      const { plugins, changes } = build();
      assert.throws(
        () => register(plugins),
        (error: unknown) => error instanceof ConfigurationError && message.test(error.message),
      );
      assert.equal(changes(), 0);
    });
  }

  it('leaves out one that changes its name, so that it can take no other, or throws when it is asked for it', () => {
    const { plugins } = build();
    let name = () => 'example';
    plugins.registerProvider({
      ...provider,
      get name() {
        return name();
      },
    });
    assert.equal(plugins.providers.length, 1);
    name = () => 'openai';
    assert.deepEqual(plugins.providers, []);
    name = () => assert.fail('no name');
    assert.deepEqual(plugins.providers, []);
  });

  it('refuses a second one of the same name', () => {
    const { plugins } = build();
    plugins.registerAgent(agent);
    assert.throws(() => plugins.registerAgent({ ...agent }), /there is already one called "go"/);
  });
});
