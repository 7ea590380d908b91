import assert from 'node:assert/strict';
import { editSources, tallyClean, tallyCorrupted } from '../../support/edits/tallyEdits.ts';

// A part of what `npm run bench:edits` measures.
describe('edits of real files', () => {
  const sources = editSources();

  it('are applied when they are clean, in every dialect and every style of file', async () => {
    const report = await tallyClean(sources);
    assert.ok(report.all.total >= 4 * sources.packages.length && report.all.total > 200, 'there is something to judge');
    assert.deepEqual(report.misapplied, []);
    for (const [dialect, tally] of report.byDialect)
      assert.ok(tally.share('applied') >= 0.995, `${dialect}: ${tally.counts.refused} of ${tally.total} are refused`);
  });

  it('are applied right or not at all when they are corrupted, and a refusal says why and where', async () => {
    const report = await tallyCorrupted(sources, 2_000, 1);
    assert.deepEqual(report.misapplied, []);
    assert.deepEqual(report.refusedWithoutReason, []);
    assert.deepEqual(report.refusedWithoutNearest, []);
    assert.ok(report.all.share('applied') > 0.4 && report.all.share('refused') > 0.2, 'some are applied, some refused');
  });
});
