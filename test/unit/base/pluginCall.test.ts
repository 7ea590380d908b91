import assert from 'node:assert/strict';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { AbortError } from '../../../src/base/errors.ts';
import { callPlugin, type PluginCallOptions, PluginFailure } from '../../../src/base/pluginCall.ts';

const never = new Promise<never>(() => undefined);

function options(changes: Partial<PluginCallOptions> = {}): PluginCallOptions {
  return { plugin: 'The tool "x"', step: 'work', limitMs: 10_000, signal: new AbortController().signal, ...changes };
}

function failsWith(message: string) {
  return (error: unknown) => {
    assert.ok(error instanceof PluginFailure, String(error));
    assert.equal(error.message, message);
    return true;
  };
}

describe('callPlugin', () => {
  it('gives back what fits, as a promise or not', async () => {
    assert.equal(await callPlugin(options(), z.number(), () => 4), 4);
    assert.equal(await callPlugin(options(), z.number(), async () => 5), 5);
  });

  it('puts the name on what is thrown, at once or later, and keeps it as the cause', async () => {
    const error = new TypeError('no  such\nthing.');
    const expected = failsWith('The tool "x" failed in its work: no such thing.');
    const throwing = () => {
      throw error;
    };
    await assert.rejects(callPlugin(options(), z.unknown(), throwing), expected);
    const late = callPlugin(options(), z.unknown(), () => Promise.reject(error));
    await assert.rejects(late, (failure: unknown) => expected(failure) && (failure as Error).cause === error);
  });

  for (const [name, thrown, said] of [
    ['nothing', undefined, 'undefined'],
    ['an error without a message', new Error(''), 'an error without a message'],
    ['what cannot be made into text', Object.create(null) as unknown, 'an error that cannot be read'],
    ['a key', new Error('key sk-1234567890abcdef refused'), 'key [redacted] refused'],
  ] as const) {
    it(`survives that ${name} is thrown`, async () => {
      const call = callPlugin(options(), z.unknown(), async () => {
        throw thrown as Error;
      });
      await assert.rejects(call, failsWith(`The tool "x" failed in its work: ${said}.`));
    });
  }

  it('names the place of what is of another shape', async () => {
    const schema = z.object({ usage: z.object({ tokens: z.number() }) });
    const call = callPlugin(options(), schema, () => ({ usage: { tokens: 'many' } }));
    await assert.rejects(
      call,
      failsWith(
        'The tool "x" returned the wrong thing from its work (usage.tokens: Invalid input: expected number, received string).',
      ),
    );
  });

  it('survives a result that throws when it is looked at', async () => {
    const hostile = {
      get text() {
        throw new Error('do not look');
      },
    };
    const call = callPlugin(options(), z.object({ text: z.string() }), () => hostile);
    await assert.rejects(call, failsWith('The tool "x" failed in its work: do not look.'));
  });

  it('leaves behind what takes too long, and tells it', async () => {
    let given: AbortSignal | undefined;
    const call = callPlugin(options({ limitMs: 1 }), z.unknown(), signal => {
      given = signal;
      return never;
    });
    await assert.rejects(call, failsWith('The tool "x" did not end its work within 0.001 s.'));
    assert.equal(given?.aborted, true);
  });

  it('gives as much time again to one that is excused', async () => {
    const excuses = [true, true, false];
    let asked = 0;
    const isExcused = () => excuses[asked++] ?? false;
    await assert.rejects(
      callPlugin(options({ limitMs: 1, isExcused }), z.unknown(), () => never),
      /did not end/,
    );
    assert.equal(asked, 3);
  });

  it('does not wait for one that ignores its signal', async () => {
    const controller = new AbortController();
    const call = callPlugin(options({ signal: controller.signal }), z.unknown(), () => never);
    controller.abort(new AbortError('Enough.'));
    await assert.rejects(call, { name: 'AbortError', message: 'Enough.' });
    const early = callPlugin(options({ signal: controller.signal }), z.unknown(), () => assert.fail('is not called'));
    await assert.rejects(early, { name: 'AbortError' });
  });

  it('leaves no unhandled rejection when it fails after it was left behind', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const late = Promise.withResolvers<never>();
      await assert.rejects(
        callPlugin(options({ limitMs: 1 }), z.unknown(), () => late.promise),
        /did not end/,
      );
      late.reject(new Error('too late'));
      await setImmediate();
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
