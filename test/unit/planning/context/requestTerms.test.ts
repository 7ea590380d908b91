import assert from 'node:assert/strict';
import { parseRequest, stemOf, wordsOf } from '../../../../src/planning/context/requestTerms.ts';

describe('parseRequest', () => {
  it('finds paths, identifiers and words that matter', () => {
    const terms = parseRequest(
      'Add a retry limit to src/queue/workQueue.ts: `giveBack` and renderPlan() honour max_retries, with tests in queue.test.ts.',
    );
    assert.deepEqual(terms.paths, ['src/queue/workQueue.ts', 'queue.test.ts']);
    assert.deepEqual(terms.identifiers, ['giveBack', 'workQueue', 'renderPlan', 'max_retries']);
    for (const stem of ['retr', 'limit', 'queu', 'plan', 'honour']) assert.ok(terms.stems.includes(stem), stem);
  });

  it('leaves out what stands in any request', () => {
    assert.deepEqual(parseRequest('Please add a new function with tests and make it work').stems, []);
  });

  it('keeps a bounded number of words of a long request, the most frequent first', () => {
    const words = Array.from(
      { length: 500 },
      (_, index) => `w${'abcdefghij'[index % 10]}${'klmnopqrst'[Math.floor(index / 10) % 10]}`,
    );
    const { stems } = parseRequest(`${words.join(' ')} ${'zebra '.repeat(20)}`);
    assert.equal(stems.length, 40);
    assert.equal(stems[0], 'zebra');
  });

  it('brings the forms of a word to one beginning', () => {
    for (const forms of [
      ['plan', 'plans', 'planner', 'planning'],
      ['queue', 'queues', 'queued', 'queuing'],
      ['schedule', 'scheduler', 'scheduling'],
    ]) {
      assert.equal(new Set(forms.map(stemOf)).size, 1, forms.map(stemOf).join());
    }
  });

  it('splits identifiers and paths into words', () => {
    assert.deepEqual(wordsOf('src/parseHTTPRequest_v2.test.ts'), [
      'src',
      'parse',
      'http',
      'request',
      'v',
      '2',
      'test',
      'ts',
    ]);
    assert.deepEqual(wordsOf('Größe 大小'), ['größe', '大小']);
  });
});
