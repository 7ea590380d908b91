// A project of many texts, and a model that changes, adds, moves and deletes some in one go: what takes long enough to be interrupted.
import type { ModelScript, ScriptRule } from '../support/modelServer/modelScript.ts';

export const request = 'Put a new line into every chapter';

const chapters = Array.from({ length: 16 }, (_, index) => `text/chapter${index}.md`);
const lineOf = (name: string, line: number) => `${name}, line ${line}\n`;
const chapterOf = (name: string, added = '') =>
  Array.from({ length: 200 }, (_, line) => lineOf(name, line) + (line === 100 ? added : '')).join('');

export const addedLine = (name: string) => `New in ${name}.\n`;

/** A chapter that the user has unsaved text in. */
export const openChapter = 'text/chapter0.md';

export const filesBefore: Readonly<Record<string, string>> = {
  ...Object.fromEntries(chapters.map(name => [name, chapterOf(name)])),
  'text/draft.md': 'A draft.\n',
  'old/preface.md': 'A preface.\n',
};

/** With the run accepted; a folder that is empty then ends with a slash. What the user has unsaved text in is not saved. */
export const filesAfter: Readonly<Record<string, string>> = {
  ...Object.fromEntries(chapters.map(name => [name, chapterOf(name, name === openChapter ? '' : addedLine(name))])),
  'old/': '',
  'new/preface.md': 'A preface.\n',
  'new/notes/first.md': 'First.\n',
  'new/notes/second.md': 'Second.\n',
};

const patch = [
  '*** Begin Patch',
  ...chapters.flatMap(name => [
    `*** Update File: ${name}`,
    '@@',
    ...[` ${lineOf(name, 100)}`, `+${addedLine(name)}`, ` ${lineOf(name, 101)}`].map(line => line.trimEnd()),
  ]),
  '*** Add File: new/notes/first.md',
  '+First.',
  '*** Add File: new/notes/second.md',
  '+Second.',
  '*** Delete File: text/draft.md',
  '*** Update File: old/preface.md',
  '*** Move to: new/preface.md',
  '*** End Patch',
].join('\n');

const item = {
  id: 'all',
  file_path: openChapter,
  mode: 'coder',
  description: 'Put the lines in',
  file_status: 'existing',
};
const rule = (system: string, ...replies: ScriptRule['replies']): ScriptRule => ({ when: { system }, replies });

export const script: ModelScript = {
  rules: [
    rule('You plan a change', JSON.stringify({ summary: 'A line each.', work_items: [item] })),
    rule('You are the coder', `I put them in.\n\n${patch}\n`),
    rule('You judge a change', '{"completeness":1,"correctness":1,"feedback":[]}'),
  ],
};
