import assert from 'node:assert/strict';
import { AbortError, ConfigurationError } from '../../../src/base/errors.ts';
import { LanguageModelRegistry } from '../../../src/models/languageModelRegistry.ts';
import { FakeModel } from './fakes.ts';

const { signal } = new AbortController();

function registryOf(model: FakeModel): LanguageModelRegistry {
  const registry = new LanguageModelRegistry();
  registry.register('fake', () => model);
  return registry;
}

describe('LanguageModelRegistry', () => {
  it('initialises a model once, also when the first uses come together', async () => {
    const model = new FakeModel([]);
    let initializations = 0;
    let finish: () => void = () => assert.fail('initialize was not called');
    model.initialize = () => {
      initializations += 1;
      return new Promise(resolve => {
        finish = resolve;
      });
    };
    const registry = registryOf(model);
    const uses = [registry.get('fake', 'm', signal), registry.get('fake', 'm', signal)];
    finish();
    assert.deepEqual(await Promise.all(uses), [model, model]);
    await registry.get('fake', 'm', signal);
    assert.equal(initializations, 1);
  });

  it('tries again after an initialisation that failed', async () => {
    const model = new FakeModel([]);
    const registry = registryOf(model);
    model.initialize = () => Promise.reject(new Error('not yet'));
    await assert.rejects(registry.get('fake', 'm', signal), /not yet/);
    model.initialize = async () => undefined;
    assert.equal(await registry.get('fake', 'm', signal), model);
  });

  it('lets one of those who wait give up without the others', async () => {
    const model = new FakeModel([]);
    let finish: () => void = () => assert.fail('initialize was not called');
    model.initialize = () =>
      new Promise(resolve => {
        finish = resolve;
      });
    const registry = registryOf(model);
    const controller = new AbortController();
    const impatient = registry.get('fake', 'm', controller.signal);
    const patient = registry.get('fake', 'm', signal);
    controller.abort();
    await assert.rejects(impatient, AbortError);
    finish();
    assert.equal(await patient, model);
  });

  it('disposes each model once', async () => {
    const model = new FakeModel([]);
    const registry = registryOf(model);
    await registry.get('fake', 'm', signal);
    await registry.dispose();
    await registry.dispose();
    assert.equal(model.disposals, 1);
  });

  it('serves what another registry has, leaves that open when it closes, and takes none of its names', async () => {
    const shared = new FakeModel([]);
    const parent = registryOf(shared);
    const own = new FakeModel([]);
    const registry = new LanguageModelRegistry(parent);
    registry.register('own', () => own);
    assert.deepEqual(registry.list(), ['fake', 'own']);
    assert.equal(await registry.get('fake', 'm', signal), shared);
    assert.equal(await parent.get('fake', 'm', signal), shared);
    assert.equal(await registry.get('own', 'm', signal), own);
    assert.throws(() => registry.register('fake', () => own), /already a model provider called "fake"/);
    await registry.dispose();
    assert.deepEqual([own.disposals, shared.disposals], [1, 0]);
    await parent.dispose();
    assert.equal(shared.disposals, 1);
  });

  it('hands out no model that was closed while it was being opened', async () => {
    const model = new FakeModel([]);
    const opening = Promise.withResolvers<undefined>();
    model.initialize = () => opening.promise;
    const registry = registryOf(model);
    const use = assert.rejects(registry.get('fake', 'm', signal), AbortError);
    await registry.dispose();
    opening.resolve(undefined);
    await use;
  });

  it('makes and opens no model once it is closed', async () => {
    const registry = registryOf(new FakeModel([]));
    await registry.dispose();
    await assert.rejects(registry.get('fake', 'm', signal), AbortError);
  });

  it('names what is wrong with a registration or a name', async () => {
    const registry = registryOf(new FakeModel([]));
    assert.throws(
      () => registry.register('Fake One', () => new FakeModel([])),
      /must be lower-case letters.*got "Fake One"/,
    );
    assert.throws(
      () => registry.register('lame', undefined as never),
      /"lame" lacks the function that makes its models/,
    );
    assert.throws(() => registry.register('', () => new FakeModel([])), ConfigurationError);
    assert.throws(() => registry.register('fake', () => new FakeModel([])), /already a model provider called "fake"/);
    await assert.rejects(registry.get('other', 'm', signal), /no model provider "other"; there are fake\./);
  });
});
