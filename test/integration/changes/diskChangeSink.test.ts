import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { StorageError, ValidationError } from '../../../src/base/errors.ts';
import { diskCalls } from '../../../src/changes/accept/fileCalls.ts';
import { AcceptConflictError } from '../../../src/changes/accept/planOperations.ts';
import {
  openSink,
  projectAfter,
  projectBefore,
  projectChanges,
  projectWrites,
  wanted,
  writeProject,
} from '../../support/acceptFixture.ts';
import { crashingCalls } from '../../support/crashingCalls.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const options = { runId: 'run_1', signal: new AbortController().signal };

function unable(): never {
  throw new Error('no more');
}

describe('DiskChangeSink', () => {
  const temporary = useTemporaryDirectory();
  const project = () => path.join(temporary(), 'project');
  const file = (name: string) => path.join(project(), name);
  const leftovers = () => readdirSync(path.join(temporary(), 'storage'));

  function reset(): void {
    execFileSync('rm', ['-rf', project(), path.join(temporary(), 'storage')]);
    writeTree(project(), projectBefore);
  }
  beforeEach(reset);

  it('writes, makes, moves and deletes, and keeps a checkpoint', async () => {
    const sink = await openSink(temporary());
    const { checkpointId } = await sink.apply(projectChanges, options);
    assert.deepEqual(snapshotTree(project()), projectAfter);
    const [checkpoint] = await sink.checkpoints();
    assert.equal(checkpoint?.id, checkpointId);
    assert.equal(checkpoint?.runId, 'run_1');
    assert.deepEqual(leftovers(), ['checkpoints']);
  });

  it('keeps the permission bits of a file that it changes', async () => {
    chmodSync(file('edited.ts'), 0o640);
    await (await openSink(temporary())).apply(projectChanges, options);
    assert.equal(statSync(file('edited.ts')).mode & 0o777, 0o640);
    assert.equal(statSync(file('new/run.sh')).mode & 0o777, 0o755);
  });

  it('merges with what the user changed meanwhile, also in a file that moves', async () => {
    appendFileSync(file('edited.ts'), 'four\n');
    appendFileSync(file('kept.ts'), 'more\n');
    writeFileSync(file('moved.ts'), 'a first line\nmoved\n');
    await (await openSink(temporary())).apply(projectChanges, options);
    assert.deepEqual(snapshotTree(project()), {
      ...projectAfter,
      'edited.ts': 'one\nTWO\nthree\nfour\n',
      'kept.ts': 'kept\nmore\n',
      'new/folder/moved.ts': 'a first line\nmoved\nand edited\n',
    });
  });

  it('overwrites nothing on a conflict, and shows it', async () => {
    const conflicts: [name: string, content: string | undefined][] = [
      ['edited.ts', 'one\ndeux\nthree\n'],
      ['deleted.ts', 'edited meanwhile\n'],
      ['edited.ts', undefined],
      ['new/run.sh', 'made meanwhile\n'],
      ['new/folder/moved.ts', 'made meanwhile\n'],
    ];
    for (const [name, content] of conflicts) {
      reset();
      if (content === undefined) execFileSync('rm', [file(name)]);
      else writeTree(project(), { [name]: content });
      const before = snapshotTree(project());
      const sink = await openSink(temporary());
      await assert.rejects(sink.apply(projectChanges, options), (error: unknown) => {
        assert.ok(error instanceof AcceptConflictError);
        assert.deepEqual(
          error.conflicts.map(conflict => conflict.path),
          [name],
        );
        return true;
      });
      assert.deepEqual(snapshotTree(project()), before);
    }
  });

  it('has nothing to do where the files are like that already', async () => {
    const sink = await openSink(temporary());
    await sink.apply(projectChanges.slice(0, 2), options);
    assert.deepEqual(await sink.apply(projectChanges.slice(0, 1), options), {});
    assert.equal((await sink.checkpoints()).length, 1);
  });

  it('takes its checkpoint back, with what was edited later kept', async () => {
    const sink = await openSink(temporary());
    await sink.apply(projectChanges, options);
    appendFileSync(file('edited.ts'), 'four\n');
    writeFileSync(file('kept.ts'), 'edited later\n');
    const paths = await sink.revert(projectChanges, options);
    assert.deepEqual(paths, [...paths].sort());
    assert.deepEqual(snapshotTree(project()), {
      ...projectBefore,
      'edited.ts': 'one\ntwo\nthree\nfour\n',
      'kept.ts': 'edited later\n',
    });
    assert.equal((await sink.checkpoints())[0]?.isReverted, true);
    assert.deepEqual(await sink.revert(projectChanges, options), [], 'there is nothing left to take back');
  });

  it('moves a file back with what was edited in it later', async () => {
    const sink = await openSink(temporary());
    await sink.apply(projectChanges, options);
    writeFileSync(file('new/folder/moved.ts'), 'edited later\nmoved\nand edited\n');
    await sink.revert(projectChanges, options);
    assert.deepEqual(snapshotTree(project()), { ...projectBefore, 'moved.ts': 'edited later\nmoved\n' });
  });

  it('overwrites nothing that the user writes while the files are put in place', async () => {
    for (const change of projectChanges) {
      reset();
      const saved = () => {
        writeTree(project(), { [change.path]: 'saved in this moment\n' });
      };
      let isFirst = true;
      const sink = await openSink(temporary(), {
        ...diskCalls,
        async rename(from, to) {
          if (isFirst && to.startsWith(project()) && to !== file(change.path)) {
            saved();
            isFirst = false;
          }
          await diskCalls.rename(from, to);
        },
      });
      const order = projectChanges.toSorted((left, right) => Number(left === change) - Number(right === change));
      await assert.rejects(sink.apply(order, options), /changed while the changes were applied; nothing was changed/);
      const expected: Record<string, string> = { ...projectBefore, [change.path]: 'saved in this moment\n' };
      assert.deepEqual(snapshotTree(project()), expected);
    }
  });

  it('takes the changes back without a checkpoint too, when that is gone or was never there', async () => {
    const other = await openSink(temporary());
    await other.apply(projectChanges, options);
    rmSync(path.join(temporary(), 'storage', 'checkpoints'), { recursive: true });
    appendFileSync(file('edited.ts'), 'four\n');
    const sink = await openSink(temporary());
    const paths = ['deleted.ts', 'edited.ts', 'folder/inner.ts', 'moved.ts', 'new/folder/moved.ts', 'new/run.sh'];
    assert.deepEqual(await sink.revert(projectChanges, options), paths);
    assert.deepEqual(snapshotTree(project()), { ...projectBefore, 'edited.ts': 'one\ntwo\nthree\nfour\n' });
  });

  it('takes nothing back where later edits are in the same places', async () => {
    const sink = await openSink(temporary());
    await sink.apply(projectChanges, options);
    writeFileSync(file('edited.ts'), 'one\nTWO and more\nthree\n');
    const before = snapshotTree(project());
    await assert.rejects(sink.revert(projectChanges, options), AcceptConflictError);
    assert.deepEqual(snapshotTree(project()), before);
  });

  it('keeps as many checkpoints as it may', async () => {
    const sink = await openSink(temporary(), undefined, { maxCount: 2, maxBytes: 1_000_000 });
    for (let index = 0; index < 4; index++)
      await sink.apply([wanted(`n${index}.ts`, undefined, 'x\n')], { ...options, runId: `run_${index}` });
    assert.deepEqual(
      (await sink.checkpoints()).map(checkpoint => checkpoint.runId),
      ['run_2', 'run_3'],
    );
    const small = await openSink(temporary(), undefined, { maxCount: 9, maxBytes: 10 });
    await small.apply([wanted('large.ts', undefined, 'x'.repeat(1000))], { ...options, runId: 'run_5' });
    assert.deepEqual(
      (await small.checkpoints()).map(checkpoint => checkpoint.runId),
      ['run_5'],
    );
  });

  it('refuses paths that lead out, write-protected files and folders', async () => {
    symlinkSync('..', file('out'));
    chmodSync(file('edited.ts'), 0o444);
    const before = snapshotTree(project(), ['out']);
    const sink = await openSink(temporary());
    for (const change of [
      wanted('../x', undefined, 'x\n'),
      wanted('out/x', undefined, 'x\n'),
      wanted('folder', undefined, 'x\n'),
      wanted('kept.ts/x', undefined, 'x\n'),
      wanted('.git/config', undefined, 'x\n'),
      wanted('edited.ts', projectBefore['edited.ts'], 'x\n'),
    ])
      await assert.rejects(sink.apply([...projectChanges.slice(1), change], options), ValidationError, change.path);
    assert.deepEqual(snapshotTree(project(), ['out']), before);
    assert.equal(existsSync(path.join(temporary(), 'x')), false);
  });

  it('does nothing when it is aborted in time', async () => {
    const sink = await openSink(temporary());
    await assert.rejects(
      sink.apply(projectChanges, { ...options, signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
    assert.deepEqual(snapshotTree(project()), projectBefore);
  });

  it('writes for one process at a time', async () => {
    const sink = await openSink(temporary());
    await sink.recover();
    writeFileSync(path.join(temporary(), 'storage', 'accept.lock'), String(process.ppid));
    await assert.rejects(sink.apply(projectChanges, options), /Another Trellis \(process/);
    const { pid: gone } = spawnSync('true');
    writeFileSync(path.join(temporary(), 'storage', 'accept.lock'), String(gone));
    await sink.apply(projectChanges, options);
    assert.deepEqual(snapshotTree(project()), projectAfter);
  });

  it('says where the checkpoints are when they cannot be written or read', async () => {
    writeFileSync(path.join(temporary(), 'storage'), '');
    await assert.rejects((await openSink(temporary())).apply(projectChanges, options), /checkpoints/);
    reset();
    const sink = await openSink(temporary());
    const { checkpointId = '' } = await sink.apply(projectChanges, options);
    writeFileSync(path.join(temporary(), 'storage', 'checkpoints', checkpointId, 'checkpoint.json'), '{');
    await assert.rejects(sink.checkpoints(), /is damaged/);
  });

  async function stepCount(): Promise<number> {
    const counting = crashingCalls(Number.POSITIVE_INFINITY, () => undefined);
    await (await openSink(temporary(), counting)).apply(projectChanges, options);
    reset();
    return counting.count;
  }

  it('leaves the files as they were when the disk fills at any step', async () => {
    const steps = await stepCount();
    assert.ok(steps > 30, `${steps} steps`);
    for (let step = 1; step <= steps; step++) {
      reset();
      let hasFailed = false;
      const calls = crashingCalls(step, name => {
        // A full disk keeps files from being made; removing and renaming goes on.
        if (hasFailed || (name !== 'create' && name !== 'makeFolder')) return;
        hasFailed = true;
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      });
      const sink = await openSink(temporary(), calls);
      const outcome = await sink.apply(projectChanges, options).then(
        () => 'applied',
        (error: unknown) => error,
      );
      if (outcome !== 'applied') assert.ok(outcome instanceof StorageError, `step ${step}: ${String(outcome)}`);
      assert.deepEqual(snapshotTree(project()), outcome === 'applied' ? projectAfter : projectBefore, `step ${step}`);
    }
  });

  it('has all or nothing after a kill -9 at every step, and knows which', async () => {
    const steps = await stepCount();
    const script = path.join(import.meta.dirname, '../../support/acceptAndDie.ts');
    let rolledBack = 0;
    for (let step = 1; step <= steps; step++) {
      reset();
      const { signal } = spawnSync(process.execPath, [script, temporary(), String(step)], { encoding: 'utf8' });
      assert.equal(signal, 'SIGKILL', `step ${step}`);
      const sink = await openSink(temporary());
      rolledBack += (await sink.recover()).length;
      const isApplied = (await sink.checkpoints()).length === 1;
      assert.deepEqual(snapshotTree(project()), isApplied ? projectAfter : projectBefore, `step ${step}`);
      const records = readdirSync(path.join(temporary(), 'storage', 'checkpoints'));
      assert.equal(records.length, isApplied ? 1 : 0, `step ${step}`);
    }
    assert.ok(rolledBack > 10, `${rolledBack} of ${steps} were cut short between intent and checkpoint`);
  }).timeout(300_000);

  it('has all or nothing when somebody else writes the files, and fails or dies at any of them', async () => {
    const script = path.join(import.meta.dirname, '../../support/acceptByAndDie.ts');
    for (let step = 0; step <= projectWrites.length; step++) {
      reset();
      const failing = await openSink(temporary());
      await assert.rejects(
        failing.applyBy(() => writeProject(project(), step, unable), projectChanges, options),
        /^Error: no more$|could not be written \(no more\)/,
      );
      assert.deepEqual(snapshotTree(project()), projectBefore, `failed at ${step}`);
      const { signal, stderr } = spawnSync(process.execPath, [script, temporary(), String(step)], { encoding: 'utf8' });
      assert.equal(signal, 'SIGKILL', stderr);
      const sink = await openSink(temporary());
      assert.equal((await sink.recover()).length, 1);
      assert.deepEqual(snapshotTree(project()), projectBefore, `killed at ${step}`);
      const { checkpointId } = await sink.applyBy(() => writeProject(project()), projectChanges, options);
      assert.deepEqual(snapshotTree(project()), projectAfter);
      assert.deepEqual(
        (await sink.checkpoints()).map(checkpoint => checkpoint.id),
        [checkpointId],
      );
    }
  }).timeout(60_000);

  it('brings files back that an editor had only begun to write when it died', async () => {
    for (const begun of ['', 'o', 'one\nTW', 'one\nTWO\n']) {
      reset();
      const dying = crashingCalls(24, () => {
        throw new Error('the process is gone');
      });
      await (await openSink(temporary(), dying)).apply(projectChanges, options).catch(() => undefined);
      writeFileSync(file('edited.ts'), begun);
      const [recovery] = await (await openSink(temporary())).recover();
      assert.deepEqual([recovery?.leftPaths, snapshotTree(project())], [[], projectBefore], begun);
    }
  });

  it('has all or nothing when somebody else takes the changes out of the files, and fails at any of them', async () => {
    const takeBack = (failAt: number) => {
      const names = Object.keys({ ...projectBefore, ...projectAfter });
      for (const [index, name] of names.entries()) {
        if (index === failAt) unable();
        const text = (projectBefore as Readonly<Record<string, string>>)[name];
        if (text === undefined) rmSync(file(name));
        else writeTree(project(), { [name]: text });
      }
      if (failAt === names.length) unable();
      return Promise.resolve(names);
    };
    const steps = Object.keys({ ...projectBefore, ...projectAfter }).length;
    await (await openSink(temporary())).apply(projectChanges, options);
    for (let step = 0; step <= steps; step++) {
      const sink = await openSink(temporary());
      await assert.rejects(
        sink.revertBy(() => takeBack(step), projectChanges, options),
        /no more/,
      );
      assert.deepEqual(snapshotTree(project()), projectAfter, `failed at ${step}`);
      assert.equal((await sink.lastChange())?.kind, 'accept');
    }
    const sink = await openSink(temporary());
    const paths = await sink.revertBy(() => takeBack(Number.POSITIVE_INFINITY), projectChanges, options);
    assert.equal(paths.length, steps);
    const { 'new/run.sh': _, ...rest } = snapshotTree(project());
    assert.deepEqual(rest, projectBefore);
    assert.deepEqual([(await sink.lastChange())?.kind, (await sink.checkpoints())[0]?.isReverted], ['revert', true]);
  });

  it('undoes again what others still do with a change that was cut short, until nothing comes any more', async () => {
    const dying = crashingCalls(24, () => {
      throw new Error('the process is gone');
    });
    await (await openSink(temporary(), dying)).apply(projectChanges, options).catch(() => undefined);
    const late = [() => writeFileSync(file('folder/inner.ts'), projectAfter['folder/inner.ts']), () => undefined];
    const seen: unknown[] = [];
    const recoveries = await (await openSink(temporary())).recover(change => {
      seen.push(change);
      late.shift()?.();
      return Promise.resolve({ isChanged: false, leftPaths: ['text.ts'] });
    });
    assert.deepEqual(snapshotTree(project()), projectBefore);
    assert.equal(seen.length, 2);
    assert.deepEqual(
      recoveries.map(({ kind, leftPaths }) => ({ kind, leftPaths })),
      [{ kind: 'accept', leftPaths: ['text.ts'] }],
    );
  });

  it('undoes once when two sinks of one process begin at the same time', async () => {
    const dying = crashingCalls(24, () => {
      throw new Error('the process is gone');
    });
    await (await openSink(temporary(), dying)).apply(projectChanges, options).catch(() => undefined);
    let under = 0;
    const elsewhere = async () => {
      assert.equal(++under, 1, 'both are at it');
      await new Promise(resolve => setImmediate(resolve));
      under--;
      return { isChanged: false, leftPaths: [] };
    };
    const sinks = [await openSink(temporary()), await openSink(temporary())];
    const recoveries = await Promise.all(sinks.map(sink => sink.recover(elsewhere)));
    assert.deepEqual(recoveries.map(({ length }) => length).sort(), [0, 1]);
    assert.deepEqual(snapshotTree(project()), projectBefore);
  });

  it('survives a second crash while it recovers from the first', async () => {
    const steps = await stepCount();
    const crash = (step: number) =>
      crashingCalls(step, () => {
        throw new Error('the process is gone');
      });
    for (let first = 12; first <= steps; first += 3) {
      for (let second = 1; second < 30; second += 4) {
        reset();
        await (await openSink(temporary(), crash(first))).apply(projectChanges, options).catch(() => undefined);
        await (await openSink(temporary(), crash(second))).recover().catch(() => undefined);
        const sink = await openSink(temporary());
        await sink.recover();
        const isApplied = (await sink.checkpoints()).length === 1;
        assert.deepEqual(
          snapshotTree(project()),
          isApplied ? projectAfter : projectBefore,
          `steps ${first}, ${second}`,
        );
      }
    }
  });

  it('keeps what the user edited between a crash and the next start, and says so', async () => {
    const dying = crashingCalls(24, () => {
      throw new Error('the process is gone');
    });
    await (await openSink(temporary(), dying)).apply(projectChanges, options).catch(() => undefined);
    assert.equal(
      snapshotTree(project())['edited.ts'],
      projectAfter['edited.ts'],
      'the crash was after the first rename',
    );
    appendFileSync(file('edited.ts'), 'four\n');
    const [recovery] = await (await openSink(temporary())).recover();
    assert.deepEqual(recovery?.leftPaths, []);
    assert.equal(snapshotTree(project())['edited.ts'], 'one\ntwo\nthree\nfour\n');
  });
});
