// A change of the package `process-warning`: a warning that is spied on does not return what its types promise.
import { agentRule, edit, newFile, planAndJudge, type ScriptedChange } from './scriptedChange.ts';

const plan = {
  summary: 'A spied warning returns whether it was emitted; the spy tells the last call.',
  work_items: [
    { id: 'survey', file_path: 'test/spy-warning.test.js', description: 'See how spies are tested', mode: 'analyzer' },
    {
      id: 'spy',
      file_path: 'index.js',
      description: 'Return the result from a spied warning; add lastCall() to the spy data',
      mode: 'coder',
      dependencies: ['survey'],
      priority: 'high',
    },
    {
      id: 'types',
      file_path: 'types/index.d.ts',
      description: 'Declare lastCall()',
      mode: 'coder',
      dependencies: ['survey'],
    },
    {
      id: 'readme',
      file_path: 'README.md',
      description: 'Describe lastCall()',
      mode: 'coder',
      dependencies: ['survey'],
    },
    {
      id: 'tested',
      file_path: 'test/spy-last-call.test.js',
      description: 'Test both',
      mode: 'sdet',
      dependencies: ['spy'],
    },
  ],
};

const test = `'use strict'

const { test } = require('node:test')
const { createWarning, spyWarning } = require('..')

function spied (options) {
  const warning = createWarning({ name: 'Warning', code: 'WRN', message: 'Hello %s', ...options })
  return { warning, spyData: spyWarning(warning) }
}

test('a spied warning returns whether it was emitted', t => {
  const { warning } = spied()
  t.assert.strictEqual(warning('World'), true)
  t.assert.strictEqual(warning('World'), false)
})

test('the last call is the latest one', t => {
  const { warning, spyData } = spied({ unlimited: true })
  warning('World')
  warning('Moon')
  t.assert.deepStrictEqual(spyData.lastCall(), { arguments: ['Moon'], result: true })
})

test('there is no last call before the first and after a reset', t => {
  const { warning, spyData } = spied()
  t.assert.strictEqual(spyData.lastCall(), undefined)
  warning('World')
  spyData.reset()
  t.assert.strictEqual(spyData.lastCall(), undefined)
})
`;

const callCount = `      callCount () {
        return spyData.calls.length
      },`;
const lastCall = `      lastCall () {
        return spyData.calls.at(-1)
      },`;
const record = `      warning[kWarningSpyData].calls.push({
        arguments: args,
        result: warningFn(a, b, c)
      })`;
const recordAndReturn = `      const result = warningFn(a, b, c)
      warning[kWarningSpyData].calls.push({ arguments: args, result })
      return result`;
const documented = ' * @property {function} callCount - Number of counts called the WarningItem.';
const readmeCount = '  console.log(spyData.callCount()) // 1';

/** Touches four files and adds three tests. The first edit of `index.js` is written with semicolons that are not there. */
export const spiedWarnings: ScriptedChange = {
  request: 'A warning that is spied on should still return whether it was emitted, and a spy should tell its last call',
  rules: [
    ...planAndJudge(plan),
    agentRule('analyzer', 'test/spy-warning.test.js', '<done>Each test makes a warning and spies on it.</done>'),
    agentRule(
      'coder',
      'index.js',
      edit('index.js', [
        'callCount () {\n  return this.calls.length;\n},',
        `callCount () {\n  return this.calls.length;\n},\n${lastCall}`,
      ]),
      edit(
        'index.js',
        [record, recordAndReturn],
        [callCount, `${callCount}\n${lastCall}`],
        [
          documented,
          `${documented}\n * @property {function} lastCall - The latest call, or undefined before the first.`,
        ],
      ),
    ),
    agentRule(
      'coder',
      'types/index.d.ts',
      edit('types/index.d.ts', [
        '    callCount(): number',
        '    callCount(): number\n    lastCall(): WarningCallData | undefined',
      ]),
    ),
    agentRule(
      'coder',
      'README.md',
      edit('README.md', [readmeCount, `  console.log(spyData.lastCall()) // the same call\n${readmeCount}`]),
    ),
    agentRule('sdet', 'test/spy-last-call.test.js', newFile('test/spy-last-call.test.js', test)),
  ],
};
