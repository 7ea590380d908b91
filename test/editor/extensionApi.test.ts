import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TrellisApi, TrellisExports } from '../../api/trellis.d.ts';

interface ExampleExports {
  readonly trellis: TrellisApi;
  /** The roles that asked the provider. */
  readonly asked: readonly string[];
  /** How the runs ended that the middleware followed. */
  readonly outcomes: readonly string[];
  /** What the middleware counted. */
  tokens(): number;
}

function extensionNamed<T>(id: string): vscode.Extension<T> {
  const extension = vscode.extensions.getExtension<T>(id);
  assert.ok(extension, `${id} is not installed`);
  return extension;
}

describe('the API for other extensions', function () {
  // Whole runs, on a machine that may be busy.
  this.timeout(120_000);
  let example: ExampleExports;
  const changed = new Set<string>();

  const set = async (values: Readonly<Record<string, unknown>>) => {
    for (const [key, value] of Object.entries(values)) {
      changed.add(key);
      await vscode.workspace.getConfiguration('trellis').update(key, value, vscode.ConfigurationTarget.Workspace);
    }
  };
  const useModel = (provider: string, model: string) =>
    set({
      ...Object.fromEntries(
        ['planner', 'executor', 'judge'].flatMap(role => [
          [`${role}.provider`, provider],
          [`${role}.model`, model],
        ]),
      ),
      autoApprove: true,
      'models.reuseAnswers': false,
      // Without tests to pass, no run reaches this, and each ends without a review.
      'quality.threshold': 1,
      'quality.iterations': 0,
    });

  /** Starts a run, and how it ended, which the example's middleware has heard of too. */
  const run = async () => {
    const ended = Promise.withResolvers<string>();
    const registration = example.trellis.registerMiddleware({
      name: 'end of the run',
      onRunEnd: ({ outcome }) => ended.resolve(outcome),
    });
    try {
      await vscode.commands.executeCommand('trellis.planAndImplement', 'Write a greeting');
      const outcome = await ended.promise;
      assert.equal(example.outcomes.at(-1), outcome);
      return outcome;
    } finally {
      registration.dispose();
    }
  };

  before(async () => {
    example = await extensionNamed<ExampleExports>('trellis-test.trellis-example').activate();
  });
  after(async () => {
    for (const key of changed) {
      await vscode.workspace.getConfiguration('trellis').update(key, undefined, vscode.ConfigurationTarget.Workspace);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('has a version, and says so to who asks for another', () => {
    const { exports } = extensionNamed<TrellisExports>('trellis.trellis');
    assert.equal(exports.apiVersion, 1);
    assert.throws(() => exports.getApi(2 as 1), /no API of version 2; it has version 1/);
  });

  it('says what is wrong with what is registered', () => {
    assert.throws(() => example.trellis.registerProvider({ name: 'half' } as never), /createModel: must be a function/);
    assert.throws(
      () => example.trellis.registerProvider({ name: 'vscode', createModel: () => assert.fail() }),
      /there is already one called "vscode"/,
    );
  });

  it('lets a run use the provider, the middleware and the agent of another extension', async () => {
    await useModel('example', 'by-heart');
    assert.equal(await run(), 'qualityNotReached');
    // The item in JavaScript is the agent's, which asks no model.
    assert.deepEqual(example.asked, ['planner', 'coder', 'judge']);
    assert.ok(example.tokens() > 0);
  });

  it('goes on when another extension throws where nobody catches it', async () => {
    const registration = example.trellis.registerMiddleware({
      name: 'careless',
      beforeModelCall: () => {
        void Promise.reject(new Error('dropped by the careless middleware'));
      },
    });
    const asked = example.asked.length;
    assert.equal(await run(), 'qualityNotReached');
    registration.dispose();
    assert.equal(example.asked.length, asked + 3);
  });

  it('fails a run by the name of the plugin that is at fault', async () => {
    const seen: string[] = [];
    const registrations = [
      example.trellis.registerMiddleware({ name: 'witness', onRunEnd: ({ message }) => void seen.push(message) }),
      example.trellis.registerMiddleware({ name: 'broken', beforeModelCall: () => ({ answer: 5 }) as never }),
    ];
    assert.equal(await run(), 'failed');
    for (const registration of registrations) registration.dispose();
    assert.match(seen.join('\n'), /The middleware "broken" returned the wrong thing from its beforeModelCall/);
  });

  it('asks the models of the editor, or says which there are', async () => {
    await useModel('vscode', 'example/parrot');
    const messages: string[] = [];
    const registration = example.trellis.registerMiddleware({
      name: 'witness',
      onRunEnd: ({ message }) => void messages.push(message),
    });
    const models = await vscode.lm.selectChatModels();
    const isThere = models.some(({ vendor, family }) => vendor === 'example' && family === 'parrot');
    const outcome = await run();
    registration.dispose();
    if (isThere) assert.equal(outcome, 'qualityNotReached', messages.join('\n'));
    else assert.match(messages.join('\n'), /The editor has no model "example\/parrot"/);
    // Since 1.104 extensions can bring models to the editor.
    const canBring = 'registerLanguageModelChatProvider' in vscode.lm;
    assert.equal(isThere, canBring, `VS Code ${vscode.version} has ${models.map(({ id }) => id).join(', ')}`);
  });
});
